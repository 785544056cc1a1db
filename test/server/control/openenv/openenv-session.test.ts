import { describe, expect, it } from 'vitest';
import { OpenEnvSession } from '../../../../src/server/control/openenv/openenv-session.ts';
import { testServer } from '../../../support/environment-client.ts';
import { failureOf } from '../../../support/failure.ts';
import { notesEnvironment } from '../../../support/notes-clone.ts';

const create = { method: 'POST', path: '/notes', body: { title: 'x' } };

describe('an OpenEnv session', () => {
  it('begins an episode by itself when it is stepped before a reset', async () => {
    const { registry } = await testServer();
    const session = new OpenEnvSession(registry, 'http://host:1');
    expect(session.state()).toEqual({ episode_id: null, step_count: 0 });
    expect(await session.step(create)).toMatchObject({ observation: { status: 201 }, reward: 0, done: false });
    expect(session.state()).toMatchObject({ episode_id: 'episode-1', step_count: 1, url: 'http://host:1/~/episode-1' });
  });

  it('takes a task that there is, and passes over one that there is not', async () => {
    const { registry } = await testServer(
      notesEnvironment({ 'tasks.yaml': 'tasks: [{ id: a, goal: A }, { id: b, goal: B }]' }),
    );
    const session = new OpenEnvSession(registry, '');
    const goal = async (data: object) =>
      ((await session.reset(data as never)).observation['body'] as { goal: string }).goal;
    expect(await goal({ task: 'b' })).toBe('B');
    expect(await goal({ task: 'of another data set', seed: 3 })).toBe('B');
  });

  it('leaves its episode to the log when it is over, and takes it along when it is to be forgotten', async () => {
    const { registry } = await testServer();
    const session = new OpenEnvSession(registry, '');
    await session.step(create);
    session.leave();
    expect([registry.counts.live, registry.summary('episode-1')['step_count']]).toEqual([0, 1]);
    session.join('episode-1');
    expect(await session.step(create)).toMatchObject({ observation: { body: { id: 4 } } });
    session.forget();
    expect(failureOf(() => session.join('episode-1')).code).toBe('ERR_EPISODE_NOT_FOUND');
  });

  it('goes on where its episode has left memory meanwhile', async () => {
    const { registry } = await testServer();
    const session = new OpenEnvSession(registry, '');
    await session.step(create);
    registry.release('episode-1');
    expect((await session.step(create)).observation['metadata']).toMatchObject({ step: 2 });
  });

  it('has the faults of the server, or those that a reset asks for', async () => {
    const { registry } = await testServer({ ...notesEnvironment(), faults: { rate: 1, kinds: ['503'] } });
    const session = new OpenEnvSession(registry, '');
    const statusAfter = async (data: object) => {
      await session.reset(data as never);
      return (await session.step(create)).observation['status'];
    };
    expect(await statusAfter({})).toBe(503);
    expect(await statusAfter({ faults: 'a column of another data set' })).toBe(503);
    expect(await statusAfter({ faults: { rate: 1, kinds: ['429'] } })).toBe(429);
    expect(await statusAfter({ faults: { rate: 0 } })).toBe(201);
    await expect(session.reset({ faults: { rate: 2 } })).rejects.toThrow('faults must have a rate from 0 to 1');
  });
});
