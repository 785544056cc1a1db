import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/core/model/clone-model.ts';
import { addressCall, proxyEpisode, type CallHead } from '../../../src/server/agent/call-address.ts';

const service = (name: string, origin: string, ...paths: string[]): Service => ({
  name,
  origins: [origin],
  principals: [],
  generators: {},
  entities: [],
  routes: paths.map((path) => ({ id: path, method: 'GET', path, cases: [] })),
  errors: [],
  seed: {},
});
const services = [service('api', 'https://api.example', '/v1/items'), service('chat', 'http://chat.example:81')];
const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`;

function address(head: Partial<CallHead>, among = services) {
  const called = addressCall(
    { url: '/', host: '127.0.0.1:7070', episodeHeader: undefined, proxyAuthorization: undefined, ...head },
    among,
  );
  return typeof called === 'string'
    ? called
    : [called.episode, called.service.name, called.target, called.bases.map(({ base }) => base).join(' ')];
}

const bases = 'http://127.0.0.1:7070/~/e1 http://127.0.0.1:7070/~/e1/chat';

describe('the address of a call', () => {
  it.each([
    ['/~/e1/v1/items?a=1', ['e1', 'api', '/v1/items?a=1', bases]],
    ['/~/e1', ['e1', 'api', '/', bases]],
    ['/~/e1?a=1', ['e1', 'api', '/?a=1', bases]],
    ['/%7E/e1/v1', ['e1', 'api', '/v1', bases]],
    ['/~/e1/chat/room', ['e1', 'chat', '/room', bases]],
    ['/~/e1/chat', ['e1', 'chat', '/', bases]],
    ['/~/e1/chat?x', ['e1', 'chat', '/?x', bases]],
    ['/~/e1/api/v1', ['e1', 'api', '/v1', 'http://127.0.0.1:7070/~/e1/api http://127.0.0.1:7070/~/e1/chat']],
    ['/~/e1/../e2/v1', ['e1', 'api', '/../e2/v1', bases]],
    ['/~/e1/%2e%2e/e2', ['e1', 'api', '/%2e%2e/e2', bases]],
    ['/~/e1%2f..%2fe2/v1', 'no-episode'],
    ['/~/%ff/v1', 'no-episode'],
  ])('%s is under a base URL', (url, expected) => {
    expect(address({ url })).toEqual(expected);
  });

  it('under the name of the first service gives way to a route of that name', () => {
    const among = [service('v1', 'https://api.example', '/v1/items'), service('chat', 'http://chat.example:81')];
    expect(address({ url: '/~/e1/v1/items' }, among)).toEqual(['e1', 'v1', '/v1/items', bases]);
  });

  it('is under the base of the page that asks, where its script leaves the base out', () => {
    const page = (path: string) => ({ url: '/v1?a=1', referer: `http://127.0.0.1:7070${path}` });
    expect(address(page('/~/e1/index.html'))).toEqual(['e1', 'api', '/v1?a=1', bases]);
    expect(address(page('/~/e1/chat/'))).toEqual(['e1', 'chat', '/v1?a=1', bases]);
    expect(address({ ...page('/~/e1/'), episodeHeader: 'e2' })).toContain('e2');
    expect(address(page('/index.html'))).toContain('default');
    expect(address({ url: '/v1', referer: 'http://other.example/~/e1/' })).toContain('default');
  });

  it('without a base is told by header, else it is the default episode', () => {
    const root = (episode: string) => `http://127.0.0.1:7070 http://127.0.0.1:7070/~/${episode}/chat`;
    expect(address({ url: '/v1', episodeHeader: 'e1' })).toEqual(['e1', 'api', '/v1', root('e1')]);
    expect(address({ url: '/v1' })).toEqual(['default', 'api', '/v1', root('default')]);
    expect(address({ url: '/room', host: 'chat.example:81', episodeHeader: 'e1' })).toEqual([
      'e1',
      'chat',
      '/room',
      '',
    ]);
  });

  it.each([
    ['https://api.example/v1', ['e1', 'api', '/v1', '']],
    ['https://API.example:443/v1', ['e1', 'api', '/v1', '']],
    ['http://api.example/v1', ['e1', 'api', '/v1', '']],
    ['http://chat.example:81?x', ['e1', 'chat', '/?x', '']],
    ['http://chat.example/', 'unreachable'],
    ['http://other.example/', 'unreachable'],
    [
      'http://127.0.0.1:7070/~/e9/v1',
      ['e9', 'api', '/v1', 'http://127.0.0.1:7070/~/e9 http://127.0.0.1:7070/~/e9/chat'],
    ],
    ['http://127.0.0.1:7071/episodes', 'unreachable'],
    ['ftp://api.example/', 'malformed'],
    ['*', 'malformed'],
  ])('%s is for a proxy', (url, expected) => {
    expect(address({ url, proxyAuthorization: basic('e1:x') })).toEqual(expected);
  });
});

describe('the episode of a proxy request', () => {
  it('is the user name, else the header, else the default', () => {
    const episode = (proxyAuthorization: string | undefined, episodeHeader?: string) =>
      proxyEpisode({ proxyAuthorization, episodeHeader });
    expect(episode(basic('e1:x'), 'e2')).toBe('e1');
    expect(episode(basic('e%201'))).toBe('e 1');
    expect(episode(undefined, 'e2')).toBe('e2');
    expect(episode('Bearer x')).toBe('default');
    expect(episode('Basic ')).toBe('default');
  });
});
