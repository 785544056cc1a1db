// `npm run demo`, and what else is promised of the clone that it leaves: the SDK passes through the serving proxy, rewards
// appear where they should, and serving needs no connection to anywhere.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { childEnvironment, type ProcessEnvironment } from '../../src/proxy/child-environment.ts';
import { send } from '../support/environment-client.ts';
import { printedLine, startMynah } from '../support/mynah-command.ts';
import { ROOT } from '../support/source-tree.ts';

const DEMO_TIMEOUT_MS = 180_000;
const TASK = 'fix-the-roof';
const AGENT = join(ROOT, 'examples/quickstart/agent.mjs');

const temporary = () => mkdtempSync(join(tmpdir(), 'mynah-quickstart-'));
const folder = temporary();
const [clone, keys] = [join(folder, 'clone'), join(folder, 'keys')];

const startNode = (args: readonly string[], environment: ProcessEnvironment = process.env): ChildProcess =>
  spawn(process.execPath, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });

async function end(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

/** Command lines that name the folder: what a demo in it has left running. */
const processesOf = (path: string) =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(path));

describe('npm run demo', () => {
  let demo: { code: number | null; text: string };
  beforeAll(async () => {
    demo = await end(startNode(['examples/quickstart/demo.mjs', folder]));
  }, DEMO_TIMEOUT_MS);

  it('does the whole main job, and says so', () => {
    expect(demo.text).not.toContain('The demo failed');
    expect(demo.code).toBe(0);
    for (const line of [
      /the original here is "emulate", an emulator of GitHub's REST API/,
      /recorded \d+ exchanges into .*github\.mynah/,
      /\d+ exchanges of 6 sessions, \d+ routes: [\d.]+ % reproduced/,
      /nothing listens on http:\/\/127\.0\.0\.1:\d+ any more/,
      /\d+ checks passed/,
      /score 1\.\d+ \(.*label-created 0\.2.*told 1\)/,
      /how the answers were found: \d+ synthesised/,
      /\d+ steps, every one as logged/,
      /^clean: \d+ of \d+ routes/m,
      /field\.renamed .*state_reason -> .*close_reason/,
      /status\.changed 201 -> 202/,
    ])
      expect(demo.text).toMatch(line);
  });

  it('leaves recording, clone and episode log in its folder, and no process', () => {
    for (const name of ['github.mynah', 'clone/REPORT.md', 'clone/clone.yaml', 'episode.jsonl'])
      expect(existsSync(join(folder, name)), name).toBe(true);
    expect(processesOf(folder)).toEqual([]);
  });

  it('ends with 130 and leaves no process when it is interrupted', async () => {
    const other = temporary();
    const child = startNode(['examples/quickstart/demo.mjs', other]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = end(child);
    await printedLine(child, /recording forward proxy on/);
    child.kill('SIGINT');
    const { code, text } = await ended;
    expect(code).toBe(130);
    expect(text).not.toContain('failed');
    expect(processesOf(other)).toEqual([]);
  });

  it('says what went wrong and ends with 1', async () => {
    const file = join(temporary(), 'no-folder');
    writeFileSync(file, '');
    const { code, text } = await end(startNode(['examples/quickstart/demo.mjs', file]));
    expect(text).toMatch(/The demo failed: .*no-folder/);
    expect(code).toBe(1);
  });

  it('lets the agent check only what holds on the original too', async () => {
    const original = startNode(['examples/quickstart/github-emulator.mjs']);
    onTestFinished(() => void original.kill('SIGKILL'));
    const [, address = ''] = await printedLine(original, /listening on (\S+)\n/);
    const recorder = startMynah([
      'record',
      '--upstream',
      `api.github.com=${address}`,
      '--out',
      join(temporary(), 'r.mynah'),
      '--',
      process.execPath,
      AGENT,
    ]);
    expect(await end(recorder)).toMatchObject({ code: 0, text: expect.stringMatching(/\d+ checks passed/) as string });
  });
});

interface Served {
  readonly agent: string;
  readonly control: string;
}

async function serve(environment: Readonly<Record<string, string>> = {}): Promise<Served> {
  const args = ['serve', clone, '--listen', '127.0.0.1:0', '--control', '127.0.0.1:0', '--data', temporary()];
  const child = startMynah(args, { MYNAH_DATA: keys, ...environment });
  const [, agent = '', control = ''] = await printedLine(child, /agents on (\S+), control on (\S+)\n/);
  return { agent, control };
}

/** Environment of a process that cannot connect to anything; attempts are written into the file. */
const refusingConnects = () => ({
  NODE_OPTIONS: `--import=${new URL('../support/refuse-connects.mjs', import.meta.url).href}`,
  REFUSED_CONNECTS: join(temporary(), 'attempts'),
});

const post = async (url: string, body: object) => (await send(url, { method: 'POST', body })).json;

/** An episode of the task, driven from the control plane with the first credential that it hands out. */
async function begin({ control }: Served) {
  const { id, credentials } = await post(`${control}/episodes`, { task: TASK });
  const episode = `${control}/episodes/${id}`;
  const { headers } = credentials[0];
  return {
    step: (method: string, path: string, body?: object) =>
      post(`${episode}/step`, { method, path, headers, ...(body ? { body } : {}) }),
    finish: (answer: string) => post(`${episode}/finish`, { answer }),
  };
}

/** The agent's whole run through the serving proxy: how it ended, what `finish` gave, and the log. */
async function runAgent({ control }: Served) {
  const { id, proxy_url: proxyUrl } = await post(`${control}/episodes`, { task: TASK });
  const authority = readFileSync(join(keys, 'ca.pem'), 'utf8');
  const environment = childEnvironment({ proxyUrl, authority, folder: temporary(), base: process.env });
  const agent = await end(startNode([AGENT], environment));
  const finished = await post(`${control}/episodes/${id}/finish`, { answer: 'The roof is tight.' });
  return { agent, finished, log: (await send(`${control}/episodes/${id}/log`)).text };
}

describe('the clone of the demo, served', () => {
  it('passes the unmodified SDK through its proxy, and is the same with every outgoing connection refused', async () => {
    const plain = await runAgent(await serve());
    expect(plain.agent).toMatchObject({ code: 0, text: expect.stringMatching(/\d+ checks passed/) as string });
    expect(plain.finished).toMatchObject({ reward: 1, rewards: { told: 1 }, terminated: true });

    const refusing = refusingConnects();
    const alone = await runAgent(await serve(refusing));
    expect(alone.agent.text).toBe(plain.agent.text);
    expect(alone.log).toBe(plain.log);
    expect(existsSync(refusing.REFUSED_CONNECTS)).toBe(false);

    const caller = startNode(['-e', 'fetch("http://127.0.0.1:65535")'], { ...process.env, ...refusing });
    expect((await end(caller)).code).toBe(1);
    expect(existsSync(refusing.REFUSED_CONNECTS)).toBe(true);
  });

  it('rewards in step and in finish', async () => {
    const { step, finish } = await begin(await serve());
    const repo = '/repos/octocat/attic';
    expect((await step('POST', '/user/repos', { name: 'attic' })).observation.status).toBe(201);
    expect((await step('POST', `${repo}/labels`, { name: 'dust', color: 'cfd3d7' })).reward).toBe(0.2);
    expect((await step('GET', `${repo}/issues/9`)).reward).toBe(-0.02);
    await step('POST', `${repo}/issues`, { title: 'The roof leaks' });
    await step('POST', `${repo}/issues/1/comments`, { body: 'I see.' });
    expect((await step('PATCH', `${repo}/issues/1`, { state: 'closed' })).reward).toBe(0.5);
    expect(await finish('The roof is tight.')).toMatchObject({
      reward: 1,
      rewards: { told: 1 },
    });
  });

  it('takes everything back when the agent steps on the mine', async () => {
    const { step } = await begin(await serve());
    await step('POST', '/user/repos', { name: 'attic' });
    expect((await step('POST', '/repos/octocat/attic/labels', { name: 'dust', color: 'cfd3d7' })).reward).toBe(0.2);
    expect(await step('DELETE', '/repos/octocat/attic')).toMatchObject({ reward: -0.2, terminated: true });
  });
});
