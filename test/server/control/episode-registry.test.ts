import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/core/episode/environment.ts';
import { EpisodeRegistry } from '../../../src/server/control/episode-registry.ts';
import type { EpisodeStore } from '../../../src/server/control/episode-store.ts';
import { MynahError } from '../../../src/core/std/errors.ts';
import { IN_MEMORY, openEpisodeStore } from '../../../src/store/episode-log.ts';
import { rejectionOf } from '../../support/failure.ts';
import { notesEnvironment, notesFiles, notesRequest } from '../../support/notes-clone.ts';

const hash = (text: string) => createHmac('sha256', 'key').update(text).digest('hex');

function registryOn(store: EpisodeStore, environment: Environment = notesEnvironment()) {
  let made = 0;
  return new EpisodeRegistry({ environment, store, hash, newId: () => `e${++made}`, now: () => 0 });
}

/** A store that can be told to fail. */
function fragileStore() {
  const store = openEpisodeStore(IN_MEMORY);
  const broken = { value: false };
  const fragile: EpisodeStore = {
    ...store,
    append: async (...args) => {
      if (broken.value) throw new MynahError('ERR_EPISODE_STORE', 'the disk is full');
      return store.append(...args);
    },
  };
  return { store: fragile, broken };
}

const create = (title: string, headers: readonly (readonly [string, string])[] = []) => {
  const request = notesRequest('POST', '/notes', { title });
  return { ...request, headers: [...request.headers, ...headers] };
};

describe('the registry of episodes', () => {
  it('goes on with an episode out of its log when it is not in memory', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const before = registryOn(store);
    await before.create({ id: 'a', seed: 1, labels: { run: 'r' } });
    await before.step('a', create('x'));
    const after = registryOn(store);
    expect(after.summary('a')).toMatchObject({ step_count: 1, labels: { run: 'r' } });
    expect((await after.step('a', create('y'))).line).toMatchObject({ index: 2, changes: [{ key: '4' }] });
    expect(after.log('a')).toHaveLength(3);
  });

  it('keeps the clock that was set: over restarts, and in what goes on from a moment', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const before = registryOn(store);
    await before.create({ id: 'a', seed: 1 });
    await before.step('a', create('x'));
    await before.setClock('a', { timeMs: 5000, isFrozen: true });
    await before.setClock('a', { advanceMs: 1 });
    await before.step('a', create('y'));
    await before.setClock('a', { timeMs: 9000 });
    const after = registryOn(store);
    expect(after.clock('a')).toEqual({ timeMs: 9000, isFrozen: true });
    const [first] = await after.fork('a', 1, 1);
    const [second] = await after.fork('a', undefined, 1);
    await Promise.all([before.step('a', create('z')), after.step(second?.id ?? '', create('z'))]);
    expect(after.log(second?.id ?? '').join('\n')).toBe(before.log('a').join('\n'));
    expect(after.clock(first?.id ?? '')).toEqual({ timeMs: 5001, isFrozen: true });
    expect(registryOn(store).clock(second?.id ?? '')).toEqual({ timeMs: 9000, isFrozen: true });
    await before.finish('a', null);
    expect((await rejectionOf(before.setClock('a', {}))).code).toBe('ERR_EPISODE_ENDED');
  });

  it('keeps the faults of an episode: over restarts, and in what goes on from a moment', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const before = registryOn(store);
    await before.create({ id: 'a', seed: 1, faults: { rate: 0.5 } });
    for (const title of ['u', 'v', 'w', 'x']) await before.step('a', create(title));
    const after = registryOn(store);
    const [fork] = await after.fork('a', 2, 1);
    const id = fork?.id ?? '';
    for (const title of ['w', 'x', 'y', 'z']) await after.step(id, create(title));
    for (const title of ['y', 'z']) await before.step('a', create(title));
    expect(after.log(id).join('\n')).toBe(before.log('a').join('\n'));
    expect(after.log(id).join('\n')).toContain('"provenance":"injected"');
  });

  it('lets an id be given again after a restart; then the log is the new one', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const before = registryOn(store);
    await before.create({ id: 'a' });
    await before.step('a', create('x'));
    const after = registryOn(store);
    await after.create({ id: 'a' });
    expect(after.log('a')).toHaveLength(1);
  });

  it('does not go on with what another model began, but still shows it', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const before = registryOn(store);
    await before.create({ id: 'a' });
    await before.step('a', create('x'));
    await before.answer('default', create('x'));
    const after = registryOn(
      store,
      notesEnvironment({ 'clone.yaml': 'formatVersion: 1\nclock: { startMs: 0, stepMs: 1 }\nservices: [ notes ]\n' }),
    );
    expect((await rejectionOf(after.step('a', create('y')))).code).toBe('ERR_MODEL_MISMATCH');
    expect(await after.answer('a', create('y'))).toEqual({ kind: 'unavailable' });
    expect(after.summary('a')).toMatchObject({ step_count: 1 });
    expect(await after.answer('default', create('y'))).toMatchObject({ kind: 'answer' });
    expect(after.summary('default')).toMatchObject({ step_count: 1 });
  });

  it('answers nothing that it could not store, and is as the log says afterwards', async () => {
    const { store, broken } = fragileStore();
    const registry = registryOn(store);
    await registry.create({ id: 'a' });
    await registry.step('a', create('x'));
    broken.value = true;
    expect(await registry.answer('a', create('lost'))).toEqual({ kind: 'unavailable' });
    broken.value = false;
    const { line } = await registry.step('a', create('y'));
    expect(line).toMatchObject({ index: 2, changes: [{ key: '4', after: { title: 'y' } }] });
  });

  it('answers an agent until its episode is finished, and steps for a trainer until it has ended', async () => {
    const registry = registryOn(
      openEpisodeStore(IN_MEMORY),
      notesEnvironment({ 'probes.yaml': 'probes: [{ id: m, kind: minefield, on: { status: 201 } }]' }),
    );
    await registry.create({ id: 'a' });
    expect((await registry.step('a', create('x'))).line.terminated).toBe(true);
    expect((await rejectionOf(registry.step('a', create('y')))).code).toBe('ERR_EPISODE_ENDED');
    expect(await registry.answer('a', create('y'))).toMatchObject({ kind: 'answer', response: { status: 201 } });
    await registry.finish('a', null);
    expect(await registry.answer('a', create('z'))).toEqual({ kind: 'finished' });
    expect(registry.counts).toMatchObject({ live: 1, created: 1, finished: 1, steps: { synthesised: 2 } });
  });

  it('keeps what an agent sends as a secret out of the log, and gives it back in the answer', async () => {
    const registry = registryOn(openEpisodeStore(IN_MEMORY));
    await registry.create({ id: 'a' });
    const secret = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a';
    const { response } = await registry.step('a', create(secret, [['authorization', `Bearer ${secret}`]]));
    expect(response.body).toMatchObject({ text: expect.stringContaining(secret) as string });
    expect(registry.log('a').join('')).not.toContain(secret);
  });

  it('takes the credentials of the model, and what the clone itself handed out, as they are', async () => {
    const registry = registryOn(openEpisodeStore(IN_MEMORY));
    await registry.create({ id: 'a' });
    const made = await registry.step('a', create('x'));
    const { token } = JSON.parse((made.response.body as { text: string }).text) as { token: string };
    for (const credential of ['Bearer pseudonym-1', `Bearer ${token}`, 'Bearer of-my-own-1234'])
      await registry.step('a', create('y', [['authorization', credential]]));
    const sent = registry
      .log('a')
      .slice(2)
      .map((line) => /"authorization","([^"]*)"/.exec(line)?.[1]);
    expect(sent.slice(0, 2)).toEqual(['Bearer pseudonym-1', `Bearer ${token}`]);
    expect(sent[2]).toMatch(/^Bearer (?!of-my-own-1234)/);
  });

  it('takes a cookie that the clone set as it is, however it is encoded', async () => {
    const cookie =
      '- id: notes.get/ok\n      reply:\n        status: 200\n        headers: [ { name: set-cookie, value: "\'session=4f7a9c%3D%2B81e2; Path=/\'" } ]\n';
    const routes = notesFiles().get('notes/routes/notes.yaml') ?? '';
    const at = routes.indexOf('- id: notes.get/ok');
    const environment = notesEnvironment({ 'notes/routes/notes.yaml': routes.slice(0, at) + cookie });
    const registry = registryOn(openEpisodeStore(IN_MEMORY), environment);
    await registry.create({ id: 'a' });
    const { response } = await registry.step('a', notesRequest('GET', '/notes/1'));
    const [pair = ''] = (response.headers.find(([name]) => name === 'set-cookie')?.[1] ?? '').split(';');
    await registry.step('a', create('y', [['cookie', pair]]));
    expect(registry.log('a')[2]).toContain('"cookie","session=4f7a9c%3D%2B81e2"');
  });

  it('ends the default episode with itself, and no other', async () => {
    const store = openEpisodeStore(IN_MEMORY);
    const registry = registryOn({ ...store, end: () => undefined });
    await registry.create({ id: 'a' });
    await registry.answer('default', create('x'));
    await registry.end();
    expect([store.find('default')?.closed, store.find('a')?.closed]).toEqual([true, false]);
  });
});
