import { describe, expect, it } from 'vitest';
import { OpenEnvSessions } from '../../../../src/server/control/openenv/openenv-sessions.ts';
import { testServer } from '../../../support/environment-client.ts';

describe('the sessions of OpenEnv clients', () => {
  it('are counted, sockets and named ones alike', async () => {
    const { registry } = await testServer();
    const sessions = new OpenEnvSessions(2);
    const leave = sessions.enter();
    const id = await sessions.open(registry);
    expect([sessions.count, sessions.isFull]).toEqual([2, true]);
    expect(sessions.fullText).toBe('Server at capacity: 2/2 sessions active. Cannot accept new connections.');
    leave();
    await sessions.close(id, registry);
    expect([sessions.count, sessions.isFull]).toEqual([0, false]);
  });

  it('are known by the id of an episode that is not finished', async () => {
    const { registry } = await testServer();
    const sessions = new OpenEnvSessions(2);
    const { id } = await registry.create();
    expect([sessions.knows(id, registry), sessions.knows('nobody', registry)]).toEqual([true, false]);
    await registry.finish(id, null);
    expect(sessions.knows(id, registry)).toBe(false);
  });
});
