import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/core/model/clone-model.ts';
import { episodeHandle } from '../../../src/server/control/episode-handle.ts';

const service = (name: string, credential?: { header: string; value: string }): Service => ({
  name,
  origins: [`https://${name}.example`],
  principals: [{ id: 'p', ...(credential ? { credential } : {}), attributes: {} }],
  generators: {},
  entities: [],
  routes: [],
  errors: [],
  seed: {},
});

describe('the handle of an episode', () => {
  it('has the first service at the bare base and every service by name, with the credentials of all', () => {
    const services = [service('api'), service('chat', { header: 'x-key', value: 'k1' })];
    expect(episodeHandle('e1', 'http://host:1', services)).toEqual({
      id: 'e1',
      url: 'http://host:1/~/e1',
      services: { api: 'http://host:1/~/e1', chat: 'http://host:1/~/e1/chat' },
      proxy_url: 'http://e1:x@host:1',
      mcp_url: 'http://host:1/~/e1/mcp',
      credentials: [{ principal: 'p', service: 'chat', headers: { 'x-key': 'k1' } }],
    });
  });

  it('says what to sign in with where a service issues its credentials itself', () => {
    const issuing: Service = {
      ...service('api', { header: 'authorization', value: 'Bearer ada' }),
      issued: {
        header: 'authorization',
        prefix: 'Bearer ',
        type: 'Token',
        subject: 'subject',
        accounts: { type: 'Account', fields: ['user', 'password'] },
      },
      seed: { Account: [{ user: 'ada', password: 'pseudonym' }] },
    };
    expect(episodeHandle('e1', 'http://host:1', [issuing])['credentials']).toEqual([
      { principal: 'ada', service: 'api', sign_in: { user: 'ada', password: 'pseudonym' } },
    ]);
  });
});
