import { describe, expect, it } from 'vitest';
import { IN_MEMORY, openEpisodeStore } from '../../../src/store/episode-log.ts';
import { send, testServer, type TestServer } from '../../support/environment-client.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';

const scored = () =>
  notesEnvironment({
    'probes.yaml':
      'probes: [{ id: made, kind: event, on: { status: 201 }, reward: 0.5 }, { id: said, kind: outcome, when: answer == "ok", reward: 2 }]',
    'tasks.yaml': 'tasks: [{ id: write, goal: Write a note., limits: { steps: 3 } }, { id: read, goal: Read a note. }]',
  });
const create = { method: 'POST', path: '/notes', body: { title: 'x' } };

async function problemOf(answer: ReturnType<TestServer['call']>) {
  const { status, headers, json } = await answer;
  expect(headers['content-type']).toBe('application/problem+json');
  expect(json).toMatchObject({
    status,
    title: expect.any(String) as string,
    type: `urn:mynah:error:${(json as { code: string }).code}`,
  });
  return [status, (json as { code: string }).code, (json as { detail: string }).detail];
}

/** Status and code of a refused call. */
const refusalOf = async (answer: ReturnType<TestServer['call']>) => (await problemOf(answer)).slice(0, 2).join(' ');

describe('POST /episodes', () => {
  it('answers with all that lets an agent at the episode', async () => {
    const server = await testServer(scored());
    const { status, json } = await server.call('POST', '/episodes', { seed: 1, labels: { run: 'r' } });
    const { port } = server.agent;
    expect(status).toBe(201);
    expect(json).toEqual({
      id: 'episode-1',
      url: `http://127.0.0.1:${port}/~/episode-1`,
      services: { notes: `http://127.0.0.1:${port}/~/episode-1` },
      proxy_url: `http://episode-1:x@127.0.0.1:${port}`,
      mcp_url: `http://127.0.0.1:${port}/~/episode-1/mcp`,
      credentials: [{ principal: 'ada', service: 'notes', headers: { authorization: 'Bearer pseudonym-1' } }],
      observation: { status: 0, headers: {}, body: { goal: 'Read a note.' } },
      info: {
        model: server.registry.environment.loaded.digest,
        runtime: '1',
        seed: 1,
        task: 'read',
        probes: server.registry.environment.probes?.digest,
        steps_max: null,
        time: 1_700_000_000_000,
        world: expect.any(String) as string,
      },
    });
  });

  it('needs no body, and takes any id that fits a URL, once', async () => {
    const server = await testServer();
    expect((await server.call('POST', '/episodes')).json).toMatchObject({ info: { seed: 0, task: null } });
    expect((await server.call('POST', '/episodes', { id: 'my.ep-1_x' })).status).toBe(201);
    expect(await refusalOf(server.call('POST', '/episodes', { id: 'my.ep-1_x' }))).toBe('409 ERR_EPISODE_EXISTS');
    await server.call('POST', '/episodes/my.ep-1_x/finish');
    expect((await server.call('POST', '/episodes', { id: 'my.ep-1_x' })).status).toBe(201);
  });

  it.each([
    [{ seed: -1 }, 'seed'],
    [{ seed: 1.5 }, 'seed'],
    [{ seed: '7' }, 'seed'],
    [{ task: 3 }, 'task'],
    [{ id: '../x' }, 'id'],
    [{ id: '' }, 'id'],
    [{ labels: { run: 3 } }, 'label'],
    [{ labels: [] }, 'labels'],
    [{ sead: 1 }, 'no member sead'],
    [[], 'JSON object'],
  ])('refuses %j', async (body, why) => {
    const server = await testServer();
    const [status, code, detail] = await problemOf(server.call('POST', '/episodes', body));
    expect([status, code]).toEqual([400, 'ERR_CALL_INVALID']);
    expect(detail).toContain(why);
  });

  it('knows which tasks there are', async () => {
    const server = await testServer(scored());
    expect(await problemOf(server.call('POST', '/episodes', { task: 'fly' }))).toEqual([
      404,
      'ERR_TASK_NOT_FOUND',
      'there is no task fly; it has write, read',
    ]);
    expect((await server.call('GET', '/tasks')).json).toMatchObject({
      tasks: [{ id: 'write', goal: 'Write a note.', stepsMax: 3 }, { id: 'read' }],
    });
  });
});

describe('an episode on the control plane', () => {
  it('steps until it ends, and is judged when it is finished', async () => {
    const server = await testServer(scored());
    await server.begin({ id: 'a', task: 'write' });
    const step = () => server.call('POST', '/episodes/a/step', create);
    expect((await step()).json).toMatchObject({
      observation: { status: 201, headers: { location: 'https://notes.example/notes/3' }, body: { id: 3 } },
      reward: 0.5,
      terminated: false,
      truncated: false,
      info: {
        step: 1,
        route: 'notes.create',
        rules: ['notes.create/ok'],
        provenance: 'synthesised',
        rewards: { made: 0.5 },
        changes: [{ type: 'Note', key: '3' }],
      },
    });
    await step();
    expect((await step()).json).toMatchObject({
      truncated: true,
      terminated: false,
      info: { truncation: 'step-limit' },
    });
    expect(await refusalOf(step())).toBe('409 ERR_EPISODE_ENDED');
    const finish = () => server.call('POST', '/episodes/a/finish', { answer: 'ok' });
    expect((await finish()).json).toEqual({
      reward: 2,
      rewards: { said: 2 },
      terminated: false,
      truncated: true,
      info: {
        task: 'write',
        step_count: 3,
        reward_total: 3.5,
        rewards_total: { made: 1.5, said: 2 },
        truncation: 'step-limit',
      },
    });
    expect(await refusalOf(finish())).toBe('409 ERR_EPISODE_ENDED');
    expect((await server.call('GET', '/episodes/a')).json).toEqual({
      id: 'a',
      labels: {},
      seed: 0,
      task: 'write',
      step_count: 3,
      reward_total: 3.5,
      rewards: { made: 1.5, said: 2 },
      terminated: false,
      truncated: true,
      truncation: 'step-limit',
      finished: true,
    });
  });

  it('begins anew when it is reset', async () => {
    const server = await testServer(scored());
    await server.begin({ id: 'a', labels: { run: 'r' } });
    await server.call('POST', '/episodes/a/step', create);
    await server.call('POST', '/episodes/a/finish');
    const { status, json } = await server.call('POST', '/episodes/a/reset', { seed: 9, task: null });
    expect([status, json]).toMatchObject([200, { id: 'a', info: { seed: 9, task: null } }]);
    expect((await server.call('GET', '/episodes/a')).json).toMatchObject({
      step_count: 0,
      reward_total: 0,
      finished: false,
      labels: { run: 'r' },
    });
    expect((await server.call('POST', '/episodes/a/step', create)).json).toMatchObject({
      observation: { body: { id: 3 } },
    });
  });

  it('is forked in the present and in the past, and each fork goes its own way', async () => {
    const server = await testServer(scored());
    await server.begin({ id: 'a', seed: 2 });
    for (let i = 0; i < 2; i++) await server.call('POST', '/episodes/a/step', create);
    const { status, json } = await server.call('POST', '/episodes/a/fork', { count: 2 });
    const [first, second] = (json as { episodes: { id: string; url: string }[] }).episodes as [
      { id: string; url: string },
      { id: string },
    ];
    expect(status).toBe(201);
    await send(`${first.url}/notes`, { method: 'POST', body: { title: 'y' } });
    expect((await server.call('GET', `/episodes/${first.id}`)).json).toMatchObject({
      step_count: 3,
      reward_total: 1.5,
    });
    expect((await server.call('GET', `/episodes/${second.id}`)).json).toMatchObject({ step_count: 2, reward_total: 1 });
    const past = (await server.call('POST', '/episodes/a/fork', { at: 1 })).json as { episodes: { id: string }[] };
    const log = async (id: string) => (await server.call('GET', `/episodes/${id}/log`)).text.trimEnd().split('\n');
    expect(await log(past.episodes[0]?.id ?? '')).toEqual((await log('a')).slice(0, 2));
    expect((await server.call('POST', `/episodes/${past.episodes[0]?.id ?? ''}/step`, create)).json).toMatchObject({
      observation: { body: { id: 4 } },
      info: { step: 2 },
    });
    expect(await refusalOf(server.call('POST', '/episodes/a/fork', { at: 3 }))).toBe('400 ERR_CALL_INVALID');
    expect(await refusalOf(server.call('POST', '/episodes/a/fork', { count: 0 }))).toBe('400 ERR_CALL_INVALID');
  });

  it('shows its world', async () => {
    const server = await testServer();
    await server.begin({ id: 'a' });
    await server.call('POST', '/episodes/a/step', create);
    const { Note } = (await server.call('GET', '/episodes/a/world')).json as { Note: { id: number; url: string }[] };
    expect(Note.map(({ id, url }) => [id, url])).toEqual(
      [1, 2, 3].map((id) => [id, `https://notes.example/notes/${id}`]),
    );
  });

  it('is gone when it is deleted, for trainers and for agents', async () => {
    const server = await testServer();
    const base = await server.begin({ id: 'a' });
    const { status, text } = await server.call('DELETE', '/episodes/a');
    expect([status, text]).toEqual([204, '']);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/log'],
      ['GET', '/world'],
      ['POST', '/step'],
      ['POST', '/finish'],
      ['POST', '/reset'],
      ['POST', '/fork'],
      ['DELETE', ''],
    ] as const) {
      expect(await refusalOf(server.call(method, `/episodes/a${path}`, path === '/step' ? create : undefined))).toBe(
        '404 ERR_EPISODE_NOT_FOUND',
      );
    }
    expect((await send(`${base}/notes/1`)).status).toBe(404);
  });

  it('is listed, newest first, by its labels', async () => {
    const server = await testServer();
    await server.begin({ id: 'a', labels: { run: 'r1' } });
    await server.begin({ id: 'b', labels: { run: 'r2' } });
    await server.begin({ id: 'c', labels: { run: 'r1', group: 'g:1' } });
    const ids = async (query: string) =>
      ((await server.call('GET', `/episodes${query}`)).json as { episodes: { id: string }[] }).episodes.map(
        ({ id }) => id,
      );
    expect(await ids('')).toEqual(['c', 'b', 'a']);
    expect(await ids('?label=run:r1')).toEqual(['c', 'a']);
    expect(await ids('?label=run:r1&label=group:g:1')).toEqual(['c']);
    expect(await ids('?limit=1')).toEqual(['c']);
    expect(await refusalOf(server.call('GET', '/episodes?limit=x'))).toBe('400 ERR_CALL_INVALID');
    expect(await refusalOf(server.call('GET', '/episodes?label=x'))).toBe('400 ERR_CALL_INVALID');
  });
});

describe('the server itself', () => {
  it('describes the model, its health and its counts', async () => {
    const server = await testServer(scored());
    await server.begin({ id: 'a' });
    await server.call('POST', '/episodes/a/step', create);
    expect((await server.call('GET', '/model')).json).toMatchObject({
      digest: server.registry.environment.loaded.digest,
      services: [{ name: 'notes', entities: ['Note'], principals: ['ada', 'anonymous'] }],
    });
    expect((await server.call('GET', '/healthz')).json).toEqual({ status: 'ok' });
    const { headers, text } = await server.call('GET', '/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(text).toContain('\nmynah_episodes_live 1\n');
    expect(text).toContain('\nmynah_steps_total{provenance="synthesised"} 1\n');
  });
});

describe('calls for many', () => {
  it('make episodes and step them in one request each, with a problem in the place of what failed', async () => {
    const server = await testServer();
    const made = await server.call('POST', '/episodes:batch', {
      episodes: [{ id: 'a', seed: 1 }, { id: '../x' }, { id: 'b', labels: { run: 'r' } }],
    });
    expect(made.status).toBe(200);
    expect(made.json.episodes).toMatchObject([
      { id: 'a', info: { seed: 1 } },
      { error: { code: 'ERR_CALL_INVALID', status: 400 } },
      { id: 'b' },
    ]);
    const stepped = await server.call('POST', '/step:batch', {
      steps: [
        { id: 'a', ...create },
        { id: 'nobody', ...create },
        { id: 'b', ...create },
        { id: 'a', ...create },
      ],
    });
    expect(stepped.json.steps).toMatchObject([
      { id: 'a', observation: { status: 201 }, info: { step: 1 } },
      { error: { code: 'ERR_EPISODE_NOT_FOUND' } },
      { id: 'b', info: { step: 1 } },
      { id: 'a', info: { step: 2 } },
    ]);
  });

  it.each([
    ['/episodes:batch', { steps: [] }, 'no member steps'],
    ['/episodes:batch', { episodes: {} }, 'must be a list'],
    ['/step:batch', {}, 'must be a list'],
  ])('refuse %s %j', async (path, body, why) => {
    const server = await testServer();
    const [status, code, detail] = await problemOf(server.call('POST', path, body));
    expect([status, code]).toEqual([400, 'ERR_CALL_INVALID']);
    expect(detail).toContain(why);
  });
});

describe('an episode that goes on from a moment of another', () => {
  it('has its world and log up to there, and its labels unless others are given', async () => {
    const server = await testServer();
    await server.call('POST', '/episodes', { id: 'a', seed: 5, labels: { run: 'r' } });
    for (let count = 0; count < 3; count++) await server.call('POST', '/episodes/a/step', create);
    await server.call('POST', '/episodes/a/finish');
    const { status, json } = await server.call('POST', '/episodes', { id: 'b', from: { episode: 'a', step: 2 } });
    expect([status, json]).toMatchObject([201, { id: 'b', info: { seed: 5 } }]);
    expect((await server.call('GET', '/episodes/b')).json).toMatchObject({ step_count: 2, labels: { run: 'r' } });
    const [logA, logB] = await Promise.all(['a', 'b'].map(async (id) => server.call('GET', `/episodes/${id}/log`)));
    expect(logA?.text.startsWith(logB?.text ?? 'none')).toBe(true);
  });

  it.each([
    [{ from: { episode: 'a', step: 7 } }, 'nothing can go on from step 7'],
    [{ from: { episode: 'a' }, seed: 1 }, 'has its seed, task, faults and latency'],
    [{ from: { step: 1 } }, 'id must be'],
  ])('is refused where there is no such moment: %j', async (body, why) => {
    const server = await testServer();
    await server.call('POST', '/episodes', { id: 'a' });
    expect((await problemOf(server.call('POST', '/episodes', body)))[2]).toContain(why);
  });
});

describe('limits', () => {
  it('refuse one episode more than is allowed, until one has ended', async () => {
    const server = await testServer(notesEnvironment(), { limits: { episodesMax: 2 } });
    await server.call('POST', '/episodes', { id: 'a' });
    expect(await refusalOf(server.call('POST', '/episodes/a/fork', { count: 2 }))).toBe('429 ERR_LIMIT_EPISODES');
    await server.call('POST', '/episodes', { id: 'b' });
    expect(await refusalOf(server.call('POST', '/episodes', {}))).toBe('429 ERR_LIMIT_EPISODES');
    await server.call('POST', '/episodes/a/finish');
    expect((await server.call('POST', '/episodes', {})).status).toBe(201);
    expect(await refusalOf(server.call('POST', '/episodes/a/reset'))).toBe('429 ERR_LIMIT_EPISODES');
    expect((await server.call('POST', '/episodes/b/reset')).status).toBe(200);
  });

  it('end an episode that nobody used for too long, which keeps its log', async () => {
    let now = 0;
    const server = await testServer(notesEnvironment(), { limits: { idleMs: 1000 }, now: () => now });
    const url = await server.begin({ id: 'a' });
    now = 900;
    expect((await send(`${url}/notes`)).status).toBe(200);
    now = 1901;
    expect((await send(`${url}/notes`)).status).toBe(410);
    expect(await refusalOf(server.call('POST', '/episodes/a/step', create))).toBe('409 ERR_EPISODE_ENDED');
    expect((await server.call('GET', '/episodes/a/log')).text.split('\n')).toHaveLength(3);
  });

  it('truncate episodes whose task has no limit of its own after as many steps', async () => {
    const server = await testServer({ ...notesEnvironment(), stepsMax: 1 });
    await server.call('POST', '/episodes', { id: 'a' });
    expect((await server.call('POST', '/episodes/a/step', create)).json).toMatchObject({ truncated: true });
    expect(await refusalOf(server.call('POST', '/episodes/a/step', create))).toBe('409 ERR_EPISODE_ENDED');
  });

  it('refuse longer bodies on the agent plane', async () => {
    const server = await testServer(notesEnvironment(), { bodyBytesMax: 20 });
    const url = await server.begin();
    expect((await send(`${url}/notes`, { method: 'POST', body: { title: 'x'.repeat(20) } })).status).toBe(413);
  });

  it('forget logs, but for the newest and those of live episodes', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const before = await testServer(notesEnvironment(), { store: { ...store, end: () => undefined } });
    for (const id of ['a', 'b', 'c']) await before.call('POST', '/episodes', { id });
    const after = await testServer(notesEnvironment(), { store, limits: { logsMax: 2 } });
    expect((await after.call('GET', '/episodes')).json.episodes).toMatchObject([{ id: 'c' }, { id: 'b' }]);
  });
});

describe('/episodes/{id}/clock', () => {
  it('reads and sets the virtual clock', async () => {
    const server = await testServer();
    const url = await server.begin({ id: 'a' });
    const start = { time: 1_700_000_000_000, iso: '2023-11-14T22:13:20.000Z', frozen: false };
    expect(await server.call('GET', '/episodes/a/clock')).toMatchObject({ status: 200, json: start });
    const set = { set: '2030-01-02T03:04:05+01:00', advance: 5, frozen: true };
    const stopped = { time: 1_893_549_845_005, iso: '2030-01-02T02:04:05.005Z', frozen: true };
    expect((await server.call('POST', '/episodes/a/clock', set)).json).toEqual(stopped);
    const { json } = await send(`${url}/notes`, { method: 'POST', body: { title: 'x' } });
    expect(json).toMatchObject({ created_at: stopped.iso });
    expect((await server.call('POST', '/episodes/a/clock', { set: 0, frozen: false })).json).toMatchObject({ time: 0 });
    expect((await server.call('GET', '/episodes/a/log')).text.match(/"kind":"clock"/g)).toHaveLength(2);
  });

  it.each([
    [{ set: 'tomorrow' }, 'set must be a time'],
    [{ set: '2030-02-31T99:00:00Z' }, 'set must be a time'],
    [{ set: -1 }, 'the clock can show times from 1970 to 9999'],
    [{ advance: 'a' }, 'advance must be a whole number of milliseconds'],
    [{ frozen: 1 }, 'frozen must be true or false'],
    [{ speed: 2 }, 'this call has no member speed'],
  ])('refuses %j', async (body, why) => {
    const server = await testServer();
    await server.begin({ id: 'a' });
    const { status, json } = await server.call('POST', '/episodes/a/clock', body);
    expect([status, json]).toMatchObject([
      400,
      { code: 'ERR_CALL_INVALID', detail: expect.stringContaining(why) as string },
    ]);
  });
});

describe('GET /episodes/{id}/export', () => {
  it('gives the episode in formats of others, finished or not', async () => {
    const server = await testServer();
    await server.begin({ id: 'a', labels: { run: '7' } });
    await server.call('POST', '/episodes/a/step', { method: 'GET', path: '/notes' });
    expect((await server.call('GET', '/episodes/a/export')).json).toMatchObject({
      schema_version: 'ATIF-v1.7',
      session_id: 'a',
      steps: [{ tool_calls: [{}] }],
      extra: { labels: { run: '7' } },
    });
    expect((await server.call('GET', '/episodes/a/export?format=results')).json).toMatchObject({
      episode_id: 'a',
      done: false,
    });
    expect(await server.call('GET', '/episodes/a/export?format=x')).toMatchObject({ status: 400 });
    expect(await server.call('GET', '/episodes/b/export')).toMatchObject({ status: 404 });
  });
});

describe('faults', () => {
  it('are met by the agent of an episode that asked for them, and by no other', async () => {
    const server = await testServer();
    const [faulty, whole] = [
      await server.begin({ id: 'a', faults: { rate: 1, kinds: ['429'] } }),
      await server.begin({ id: 'b' }),
    ];
    const { status, headers } = await send(`${faulty}/notes`);
    expect([status, headers['retry-after']]).toEqual([429, '1']);
    expect((await send(`${whole}/notes`)).status).toBe(200);
    expect((await server.call('GET', '/episodes/a/log')).text).toContain('"provenance":"injected"');
    expect((await server.call('GET', '/metrics')).text).toContain('mynah_steps_total{provenance="injected"} 1\n');
    await server.call('POST', '/episodes/a/reset', {});
    expect((await send(`${faulty}/notes`)).status).toBe(200);
  });

  it.each([
    [{ faults: 1 }, 'faults must be an object'],
    [{ faults: {} }, 'faults must have a rate from 0 to 1'],
    [{ faults: { rate: 2 } }, 'faults must have a rate from 0 to 1'],
    [{ faults: { rate: 1, kinds: ['418'] } }, '"429", "500"'],
    [{ faults: { rate: 1, kinds: '503' } }, '"429", "500"'],
    [{ faults: { rate: 1, often: true } }, 'this call has no member often'],
    [{ from: { episode: 'a' }, faults: { rate: 1 } }, 'has its seed, task, faults and latency'],
  ])('are refused as %j', async (body, why) => {
    const server = await testServer();
    const { status, json } = await server.call('POST', '/episodes', body);
    expect([status, json]).toMatchObject([
      400,
      { code: 'ERR_CALL_INVALID', detail: expect.stringContaining(why) as string },
    ]);
  });
});
