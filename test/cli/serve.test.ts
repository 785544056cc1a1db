import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { send } from '../support/environment-client.ts';
import { callMynah, printedLine, startMynah } from '../support/mynah-command.ts';
import { notesFolder } from '../support/notes-clone.ts';

interface Served {
  readonly child: ChildProcess;
  readonly agent: string;
  readonly control: string;
}

async function serve(clone: string, ...options: string[]): Promise<Served> {
  const child = startMynah(['serve', clone, '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', ...options]);
  const [, agent = '', control = ''] = await printedLine(child, /agents on (\S+), control on (\S+)\n/);
  return { child, agent, control };
}

async function end({ child }: Served, signal: NodeJS.Signals): Promise<number | null> {
  const exited = once(child, 'exit');
  child.kill(signal);
  return ((await exited) as [number | null])[0];
}

const begin = async ({ control }: Served, start: object) =>
  (await send(`${control}/episodes`, { method: 'POST', body: start })).json as { id: string; url: string };
const logOf = async ({ control }: Served, id: string) => (await send(`${control}/episodes/${id}/log`)).text;
const create = (base: string, title: string) => send(`${base}/notes`, { method: 'POST', body: { title } });

describe('mynah serve', () => {
  it('gives byte-equal logs for one seed in two processes on one clone, on other ports', async () => {
    const clone = notesFolder();
    const servers = [await serve(clone), await serve(clone)];
    const logs = [];
    for (const server of servers) {
      const { id, url } = await begin(server, { seed: 3 });
      for (const title of ['a', 'b']) await create(url, title);
      await send(`${url}/notes/3`, { method: 'DELETE' });
      logs.push(await logOf(server, id));
    }
    expect(logs[0]?.split('\n')).toHaveLength(5);
    expect(logs[1]).toBe(logs[0]);
  });

  it('starts the virtual clock where it is told', async () => {
    const served = await serve(notesFolder(), '--clock', '2031-02-03T04:05:06Z');
    const { url } = await begin(served, {});
    expect((await create(url, 'x')).json).toMatchObject({ created_at: '2031-02-03T04:05:06.000Z' });
    await end(served, 'SIGTERM');
    const wrong = await callMynah(['serve', notesFolder(), '--clock', 'noon']);
    expect([wrong.code, wrong.stderr]).toMatchObject([
      2,
      expect.stringContaining('--clock is recorded, host or a time'),
    ]);
  });

  it('keeps every answered step when it is killed, and goes on with the episode when it comes back', async () => {
    const clone = notesFolder();
    const first = await serve(clone);
    const { id, url } = await begin(first, { seed: 3, id: 'going' });
    let answered = 0;
    const load = (async () => {
      for (;;) {
        const answer = await create(url, `note ${answered + 1}`).catch(() => undefined);
        if (answer === undefined) return;
        answered += 1;
        if (answered === 25) first.child.kill('SIGKILL');
      }
    })();
    await Promise.all([once(first.child, 'exit'), load]);
    const second = await serve(clone);
    const lines = (await logOf(second, id)).trimEnd().split('\n');
    // The last step may have been stored and not answered.
    expect([answered + 1, answered + 2]).toContain(lines.length);
    const next = await create(`${second.agent}/~/going`, 'after');
    expect(next.json).toMatchObject({ id: lines.length + 2, title: 'after' });
    const unbroken = await begin(second, { seed: 3 });
    for (let count = 1; count < lines.length; count++) await create(unbroken.url, `note ${count}`);
    await create(unbroken.url, 'after');
    expect(await logOf(second, unbroken.id)).toBe(await logOf(second, id));
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends on %s within ten seconds, whatever its clients do, with exit code 0',
    async (signal) => {
      const server = await serve(notesFolder());
      const { hostname, port } = new URL(server.agent);
      const idle = connect(Number(port), hostname);
      idle.on('error', () => undefined);
      onTestFinished(() => void idle.destroy());
      await once(idle, 'connect');
      const began = performance.now();
      expect(await end(server, signal)).toBe(0);
      expect(performance.now() - began).toBeLessThan(10_000);
    },
  );

  it('begins the default episode anew after it was ended, and reads its old log until then', async () => {
    const clone = notesFolder();
    const first = await serve(clone);
    expect((await create(first.agent, 'a')).json).toMatchObject({ id: 3 });
    await end(first, 'SIGTERM');
    const second = await serve(clone);
    expect((await logOf(second, 'default')).split('\n')).toHaveLength(3);
    expect((await create(second.agent, 'b')).json).toMatchObject({ id: 3 });
  });

  it('keeps nothing where it is told so, and has faults where it is told to have them', async () => {
    const clone = notesFolder();
    const server = await serve(clone, '--data', 'none', '--faults', '1:502');
    expect((await create(server.agent, 'a')).status).toBe(502);
    expect(existsSync(`${clone}.episodes`)).toBe(false);
  });

  it('keeps its token out of the arguments of its workers, which everybody can read', async () => {
    const options = ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--data', 'none', '--workers', '2'];
    const child = startMynah(['serve', notesFolder(), ...options], { MYNAH_TOKEN: 'sesame' });
    const [, , control = ''] = await printedLine(child, /agents on (\S+), control on (\S+)\n/);
    const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    const lines = workers.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    expect(lines.filter((line) => line.includes('serve-worker'))).toHaveLength(2);
    expect(lines.join()).not.toContain('sesame');
    const status = async (headers: Record<string, string>) => (await send(`${control}/episodes/a`, { headers })).status;
    expect([await status({}), await status({ authorization: 'Bearer sesame' })]).toEqual([401, 404]);
  });

  it.each(['0', '257', 'many', ''])('refuses to start "%s" workers, and says which option is wrong', async (count) => {
    const { code, stderr } = await callMynah(['serve', notesFolder(), '--workers', count]);
    expect([code, stderr]).toMatchObject([2, expect.stringMatching(/'--workers <number>' .+ invalid. Give a /)]);
  });

  it('says what it cannot start with, in one line and with exit code 2', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const bad = notesFolder({ 'probes.yaml': 'probes:\n  - id: a\n    reward: 1\n    when: 1 +\n' });
    const file = join(notesFolder(), 'file');
    writeFileSync(file, '');
    const free = ['--listen', '127.0.0.1:0', '--control', '127.0.0.1:0'];
    const cases: [string[], RegExp][] = [
      [[notesFolder(), '--listen', `127.0.0.1:${port}`, '--control', '127.0.0.1:0'], /ERR_PORT_IN_USE: .*--listen/],
      [['nowhere', ...free], /ERR_CLONE_NOT_FOUND/],
      [[bad, ...free], /ERR_PROBE_FILE: probes\.yaml:4:11: probes\.0\.when/],
      [
        [notesFolder({ 'clone.yaml': 'formatVersion: 1\nservices: [' }), ...free],
        /ERR_CLONE_FILE: clone\.yaml:\d+:\d+/,
      ],
      [[notesFolder(), ...free, '--data', join(file, 'below')], /ERR_FILE_UNWRITABLE/],
      [[notesFolder(), '--listen', '127.0.0.1:0', '--control', '0.0.0.0:0'], /ERR_TOKEN_REQUIRED/],
      [[notesFolder(), '--listen', 'nonsense'], /ERR_USAGE/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr, stdout } = await callMynah(['serve', ...args]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(message);
    }
  });
});
