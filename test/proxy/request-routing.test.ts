import { describe, expect, it } from 'vitest';
import { CAPTURE_ALL, NO_WRITE_GUARD } from '../../src/core/recording/capture-rules.ts';
import { createSessionBook } from '../../src/core/recording/session-book.ts';
import { createRouter, proxyUser, type ArrivedRequest, type RoutingOptions } from '../../src/proxy/request-routing.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

function route(options: Partial<RoutingOptions>, request: Partial<ArrivedRequest>) {
  const router = createRouter({
    rewriteLinks: true,
    upstreams: new Map(),
    capture: CAPTURE_ALL,
    guard: NO_WRITE_GUARD,
    sessions: createSessionBook({ earlier: [], defaultName: 'default', fresh: false, onNew: () => undefined }),
    isSelf: (host, port) => host === 'self' && port === 1,
    ownOrigin: 'http://127.0.0.1:1',
    ...options,
  });
  return router({ method: 'GET', url: '/', headers: {}, tunnel: undefined, ...request });
}

describe('a request to a reverse proxy', () => {
  const reverse = 'http://api.test:3000';

  it('goes to the upstream under its own host, and links lead back to where the client asked', () => {
    expect(route({ reverse }, { url: '/a?b=%20', headers: { host: 'localhost:8080' } })).toEqual({
      upstream: reverse,
      origin: reverse,
      target: '/a?b=%20',
      host: 'api.test:3000',
      session: 'default',
      rewriting: { from: reverse, to: 'http://localhost:8080' },
    });
    expect(route({ reverse }, {})).toMatchObject({ rewriting: { to: 'http://127.0.0.1:1' } });
    expect(route({ reverse, rewriteLinks: false }, {})).not.toHaveProperty('rewriting');
  });

  it('may name the whole URL; what counts is the path', () => {
    expect(route({ reverse }, { url: 'http://anything.test/x?y' })).toMatchObject({
      upstream: reverse,
      target: '/x?y',
    });
    expect(route({ reverse }, { url: '*', method: 'OPTIONS' })).toMatchObject({ code: 'ERR_REQUEST_MALFORMED' });
    expect(route({ reverse }, { url: 'nonsense' })).toMatchObject({ code: 'ERR_REQUEST_MALFORMED' });
  });
});

describe('a request to a forward proxy', () => {
  it('goes to the host that it names, by URL or by tunnel', () => {
    expect(route({}, { url: 'http://api.test/a%2Fb?c#d', headers: { host: 'api.test' } })).toEqual({
      upstream: 'http://api.test',
      origin: 'http://api.test',
      target: '/a%2Fb?c',
      host: 'api.test',
      session: 'default',
    });
    const tunnel = { origin: 'https://api.test', session: undefined };
    expect(route({}, { url: '/x', tunnel })).toMatchObject({ upstream: 'https://api.test', host: 'api.test' });
    expect(route({}, { url: 'http://api.test' })).toMatchObject({ target: '/' });
    expect(route({}, { url: 'wss://api.test/live' })).toMatchObject({ origin: 'https://api.test', target: '/live' });
  });

  it('goes to the server that stands in for its host, and is recorded as of the host', () => {
    const upstreams = new Map([
      ['api.test', 'http://127.0.0.1:9'],
      ['other.test:8443', 'http://127.0.0.1:8'],
    ]);
    const tunnel = { origin: 'https://api.test', session: undefined };
    expect(route({ upstreams }, { url: '/x', tunnel, headers: { host: 'api.test' } })).toEqual({
      upstream: 'http://127.0.0.1:9',
      origin: 'https://api.test',
      target: '/x',
      host: 'api.test',
      session: 'default',
      rewriting: { from: 'http://127.0.0.1:9', to: 'https://api.test' },
      recordRewritten: true,
    });
    expect(route({ upstreams }, { url: 'http://other.test:8443/' })).toMatchObject({ upstream: 'http://127.0.0.1:8' });
    expect(route({ upstreams }, { url: 'http://other.test/' })).toMatchObject({ upstream: 'http://other.test' });
  });

  it('never goes to the proxy itself', () => {
    expect(route({}, { url: 'http://self:1/' })).toMatchObject({ code: 'ERR_PROXY_LOOP' });
    expect(route({}, { url: 'http://self:2/' })).toMatchObject({ upstream: 'http://self:2' });
  });
});

describe('the session of a request', () => {
  it('is named by the header, else by the proxy user, else by the tunnel', () => {
    const tunnel = { origin: 'https://api.test', session: 'tunnel' };
    const headers = { 'proxy-authorization': basic('user:x') };
    expect(route({}, { tunnel, headers: { ...headers, 'mynah-session': 'header' } })).toMatchObject({
      session: 'header',
    });
    expect(route({}, { tunnel, headers })).toMatchObject({ session: 'user' });
    expect(route({}, { tunnel })).toMatchObject({ session: 'tunnel' });
  });

  it('is none where the exchange is not recorded', () => {
    const destination = route(
      { capture: { include: [], exclude: [{ host: 'api.test', path: '/health' }] } },
      { url: 'http://api.test/health?x' },
    );
    expect(destination).toMatchObject({ session: undefined });
  });

  it('of a proxy user is the name without the password', () => {
    expect(proxyUser({ 'proxy-authorization': basic('alice:secret:x') })).toBe('alice');
    expect(proxyUser({ 'proxy-authorization': basic('alice') })).toBe('alice');
    expect(proxyUser({ 'proxy-authorization': 'Bearer x' })).toBeUndefined();
    expect(proxyUser({})).toBeUndefined();
  });
});
