// clients/python under Debian's Python: its own tests against a server, and the package as pip installs it from the folder.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { testServer } from '../support/environment-client.ts';
import { notesEnvironment } from '../support/notes-clone.ts';

const PYTHON = '/usr/bin/python3';
const client = fileURLToPath(new URL('../../clients/python', import.meta.url));
const inCi = process.env['CI'] !== undefined;

const FILES = {
  'probes.yaml': `probes:
  - { id: made, kind: event, on: { status: 201 }, reward: 1 }
  - { id: lost, kind: minefield, on: { method: DELETE } }
  - { id: said, kind: outcome, when: answer == 'done', reward: 2 }`,
  'tasks.yaml': 'tasks: [{ id: write, goal: Write two notes., limits: { steps: 2 } }, { id: read, goal: Read them. }]',
};

/** Runs Python; gives its exit code and what it said. */
function python(args: readonly string[], env: Record<string, string>): Promise<readonly [code: number, said: string]> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += String(bytes)));
    child.once('error', reject);
    child.once('close', (code) => resolve([code ?? -1, said]));
  });
}

/** A developer may lack Python; in CI its absence is a failure. */
describe.runIf(inCi || existsSync(PYTHON))('the Python client', () => {
  it('is installed from its folder, and passes its tests as it was installed', { timeout: 120_000 }, async () => {
    const server = await testServer(notesEnvironment(FILES));
    const folder = mkdtempSync(join(tmpdir(), 'mynah-python-'));
    // The build writes beside the sources.
    const [source, site] = [join(folder, 'source'), join(folder, 'site')];
    cpSync(client, source, { recursive: true });
    const offline = ['--no-index', '--no-deps', '--no-build-isolation', '--disable-pip-version-check', '--quiet'];
    const [installed, complaint] = await python(['-m', 'pip', 'install', ...offline, '--target', site, source], {});
    expect([installed, complaint]).toMatchObject([0, expect.any(String)]);
    expect(readdirSync(join(site, 'mynah'))).toContain('py.typed');
    const env = { MYNAH_CONTROL_URL: server.controlUrl, PYTHONPATH: site };
    const [code, said] = await python(['-m', 'unittest', 'discover', '-s', join(source, 'tests')], env);
    expect(said).toMatch(/Ran \d\d tests[^]*\nOK\n/);
    expect(code).toBe(0);
  });

  it('runs its plain loop as a program', async () => {
    const server = await testServer(notesEnvironment(FILES));
    const env = { PYTHONPATH: join(client, 'src') };
    const [code, said] = await python([join(client, 'examples/rollout.py'), server.controlUrl, '2'], env);
    expect([code, said]).toEqual([0, 'seed 0: 2.0\nseed 1: 2.0\n']);
  });
});
