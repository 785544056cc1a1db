// The example in docs/guide/record.md works as it stands there, and its tables name what there is.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { readRedactionRules } from '../../src/cli/redaction-rules-file.ts';
import { registerRecord } from '../../src/cli/record.ts';
import { DEFAULT_REDACTION_RULES } from '../../src/core/recording/redaction-rules.ts';
import { codeBlocks } from '../support/markdown.ts';
import { temporaryFolder } from '../support/recorder.ts';

const page = readFileSync(new URL('../../docs/guide/record.md', import.meta.url), 'utf8');

describe('the guide to recording', () => {
  it('shows rules that can be read, one of each kind', () => {
    const path = join(temporaryFolder(), 'rules.yaml');
    const [example] = codeBlocks(page).filter(({ language }) => language === 'yaml');
    writeFileSync(path, example?.text ?? '');
    const rules = readRedactionRules(path);
    expect(rules).toMatchObject({
      ...DEFAULT_REDACTION_RULES,
      patterns: ['EMP-\\d{4}'],
      secretNames: ['badge'],
      plainNames: ['page_token'],
      textNames: ['full_name', 'comment'],
      texts: ['Ada King', 'Project Falcon'],
      claims: ['tenant'],
      plainClaims: ['email'],
    });
  });

  it('names every option of the command', () => {
    const program = new Command().enablePositionalOptions();
    registerRecord(program);
    const options = program.commands[0]?.options.map(({ long }) => long ?? '') ?? [];
    expect(options.filter((option) => !page.includes(option))).toEqual([]);
  });
});
