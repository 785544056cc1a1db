import { Server, Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openClone, parseEpisodeLog, replayLog } from '../../src/index.ts';
import { testServer } from '../support/environment-client.ts';
import { failureOf } from '../support/failure.ts';
import { notesEnvironment, notesFolder } from '../support/notes-clone.ts';

const FILES = {
  'probes.yaml':
    'probes: [{ id: made, kind: event, on: { status: 201 }, reward: 1 }, { id: said, kind: outcome, when: answer == 1, reward: 2 }]',
  'tasks.yaml': 'tasks: [{ id: write, goal: Write two notes., limits: { steps: 2 } }]',
};
const create = { method: 'POST', path: '/notes', body: { title: 'x' } };

describe('a clone in this process', () => {
  it('steps, is judged, and ends as on the control plane', async () => {
    const clone = await openClone(notesFolder(FILES));
    const episode = clone.reset({ seed: 3 });
    expect(episode.observation).toMatchObject({ body: { goal: 'Write two notes.' } });
    expect(episode.step(create)).toMatchObject({
      observation: { status: 201, body: { id: 3 } },
      reward: 1,
      terminated: false,
      truncated: false,
      info: { provenance: 'synthesised' },
    });
    expect(episode.step(create)).toMatchObject({ truncated: true });
    expect(failureOf(() => episode.step(create)).code).toBe('ERR_EPISODE_ENDED');
    expect(episode.finish(1)).toMatchObject({
      reward: 2,
      terminated: false,
      truncated: true,
      info: { reward_total: 4 },
    });
    expect(episode.world()['Note']).toHaveLength(4);
  });

  it('writes the log that a server writes', async () => {
    const episode = (await openClone(notesFolder(FILES))).reset({ seed: 3 });
    episode.step(create);
    episode.finish(1);
    const server = await testServer(notesEnvironment(FILES));
    await server.begin({ id: 'a', seed: 3 });
    await server.call('POST', '/episodes/a/step', create);
    await server.call('POST', '/episodes/a/finish', { answer: 1 });
    expect(episode.log().join('\n')).toBe((await server.call('GET', '/episodes/a/log')).text.trimEnd());
    expect(replayLog(notesEnvironment(FILES), parseEpisodeLog(episode.log().join('\n'))).difference).toBeUndefined();
  });

  it('opens no connection and listens nowhere', async () => {
    const sockets = [vi.spyOn(Socket.prototype, 'connect'), vi.spyOn(Server.prototype, 'listen')];
    onTestFinished(() => void vi.restoreAllMocks());
    const episode = (await openClone(notesFolder(FILES))).reset();
    episode.step(create);
    episode.finish(1);
    expect(sockets.map(({ mock }) => mock.calls)).toEqual([[], []]);
  });

  it('is forked into episodes that do not meet', async () => {
    const episode = (await openClone(notesFolder())).reset();
    episode.step(create);
    const fork = episode.fork();
    fork.step({ method: 'DELETE', path: '/notes/3' });
    expect([episode.world()['Note'], fork.world()['Note']]).toMatchObject([{ length: 3 }, { length: 2 }]);
    expect([episode.log().length, fork.log().length]).toEqual([2, 3]);
  });
});
