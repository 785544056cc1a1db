// docs/guide/trust.md names every variable that a command is given, and every client that is tested.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/proxy/child-environment.ts';
import { tables } from '../support/markdown.ts';
import { callMynah } from '../support/mynah-command.ts';
import { temporaryFolder } from '../support/recorder.ts';

const page = readFileSync(new URL('../../docs/guide/trust.md', import.meta.url), 'utf8');

describe('the guide to trust', () => {
  it('names every variable that a command is given, in one of its spellings', () => {
    const environment = childEnvironment({
      proxyUrl: 'http://127.0.0.1:1',
      authority: '',
      folder: temporaryFolder(),
      base: { PATH: '' },
    });
    const set = Object.keys(environment).filter((name) => name !== 'PATH');
    expect(set.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`\`${name.toLowerCase()}\``))).toEqual(
      [],
    );
  });

  it('names every command of `mynah ca`', async () => {
    const named = tables(page)
      .find(({ header }) => header[0] === 'command')
      ?.rows.map(([cell = '']) => cell.replace('mynah ca ', '').replaceAll('`', ''));
    const { stdout } = await callMynah(['ca', '--help']);
    const commands = [...stdout.matchAll(/^ {2}(\w+)(?= )/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(named?.sort()).toEqual(commands.sort());
  });
});
