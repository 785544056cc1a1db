import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecordingForAppend, readRecordedRuns, readRecording } from '../../src/store/recording-store.ts';
import { callMynah } from '../support/mynah-command.ts';
import { temporaryFolder } from '../support/recorder.ts';

const RULES = `
secret_names: [badge]
text_names: [full_name]
texts: [Grace Hopper]
patterns: ['EMP-\\d{4}']
`;
const json = [['content-type', 'application/json']] as const;

async function recorded() {
  const folder = temporaryFolder();
  const [path, out, rules] = ['r.mynah', 'out.mynah', 'rules.yaml'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const writer = openRecordingForAppend(path, { toolVersion: '1', startedAt: 0, target: 'x' });
  writer.useSession({ name: 's', start: 'continues' });
  const body =
    '{"badge":"B-2234-xyz9","full_name":"Ada King","note":"Grace Hopper met EMP-1234","token":"pseudonym-0123456789"}';
  await writer.append({
    id: '1.1',
    session: 's',
    origin: 'http://a',
    startedAt: 0,
    endedAt: 1,
    request: {
      method: 'GET',
      target: '/badges/B-2234-xyz9?by=Grace%20Hopper',
      headers: [['authorization', 'Bearer pseudonym-0123456789']],
    },
    response: { status: 200, headers: json, body: { text: body } },
  });
  writer.close(1);
  writeFileSync(rules, RULES);
  return { path, out, rules };
}

describe('mynah redact', () => {
  it('replaces what the rules name, wherever it stands, and leaves pseudonyms as they are', async () => {
    const { path, out, rules } = await recorded();
    const { code, stdout } = await callMynah(['redact', path, '--rules', rules, '--out', out, '--json']);
    expect([code, Object.keys((JSON.parse(stdout) as { replaced: object }).replaced).sort()]).toEqual([
      0,
      ['field', 'rule', 'seen-before'],
    ]);
    const [exchange] = readRecording(out).exchanges;
    const text = JSON.stringify(exchange);
    for (const secret of ['2234', 'Ada', 'King', 'Grace', 'Hopper', 'EMP-1234']) expect(text).not.toContain(secret);
    expect(text.split('pseudonym-0123456789')).toHaveLength(3);
    expect(readFileSync(out, 'latin1')).not.toMatch(/2234-xyz9|Grace|EMP-1234/);
    expect(JSON.stringify(readRecordedRuns(out))).not.toMatch(/Grace|EMP/);
  });

  it('says that there was nothing to replace', async () => {
    const { path, out, rules } = await recorded();
    writeFileSync(rules, 'texts: [nowhere to be found]\n');
    const { stdout } = await callMynah(['redact', path, '--rules', rules, '--out', out]);
    expect(stdout).toBe(`nothing in ${path} is what the rules name; ${out} is a copy\n`);
    expect(readRecording(out)).toEqual(readRecording(path));
  });
});
