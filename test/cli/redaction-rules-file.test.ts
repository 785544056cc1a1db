import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepableRules, readRedactionRules } from '../../src/cli/redaction-rules-file.ts';
import { DEFAULT_REDACTION_RULES } from '../../src/core/recording/redaction-rules.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/recorder.ts';

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'rules.yaml');
  writeFileSync(path, text);
  return path;
}

describe('a file of rules', () => {
  it('adds to what holds without it', () => {
    const base = { ...DEFAULT_REDACTION_RULES, secretNames: ['pin'] };
    const path = fileOf('email: false\nsecret_names: [badge]\ntexts: [Ada King]\nplain_claims: [sub]\n');
    const rules = readRedactionRules(path, base);
    expect(rules).toEqual({
      ...base,
      email: false,
      secretNames: ['pin', 'badge'],
      texts: ['Ada King'],
      plainClaims: ['sub'],
    });
    expect(keepableRules(rules)).toMatchObject({ texts: 1, patterns: 0 });
  });

  it.each([
    ['secrets: [a]', /rules\.yaml:1:1: .*secrets/],
    ['texts:\n  - a', /rules\.yaml:2:5: .*at least two characters/],
    ["patterns: ['(']", /rules\.yaml:1:12: .*regular expression/],
    ['email: 7', /rules\.yaml:1:8/],
    ['- a', /rules\.yaml:1:/],
  ])('%j is refused with its place', (text, message) => {
    const failure = failureOf(() => readRedactionRules(fileOf(text)));
    expect([failure.code, failure.message]).toEqual(['ERR_REDACTION_RULES', expect.stringMatching(message)]);
  });

  it('must be there', () => {
    expect(failureOf(() => readRedactionRules('/nowhere.yaml')).code).toBe('ERR_FILE_NOT_FOUND');
  });
});
