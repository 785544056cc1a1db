import { describe, expect, it } from 'vitest';
import { environmentProxy } from '../../../src/core/recording/upstream-proxy.ts';

const api = { protocol: 'https:', hostname: 'api.example.com', port: 443 } as const;
const proxied = (environment: Record<string, string>, origin: object = {}) =>
  environmentProxy({ HTTPS_PROXY: 'http://proxy:3128', ...environment }, { ...api, ...origin });

describe('the proxy of the environment', () => {
  it('is that of the scheme, in lower case first, else the one for all', () => {
    expect(proxied({})).toBe('http://proxy:3128');
    expect(proxied({ https_proxy: 'other:1' })).toBe('http://other:1');
    expect(proxied({}, { protocol: 'http:' })).toBeUndefined();
    expect(proxied({ HTTP_PROXY: 'http://plain:1' }, { protocol: 'http:' })).toBe('http://plain:1');
    expect(environmentProxy({ all_proxy: 'http://all:1', HTTPS_PROXY: '' }, api)).toBe('http://all:1');
    expect(environmentProxy({}, api)).toBeUndefined();
  });

  it('is none for this machine', () => {
    for (const hostname of ['localhost', 'app.localhost', '127.0.0.1', '127.9.9.9', '::1'])
      expect(proxied({}, { hostname })).toBeUndefined();
  });

  it.each([
    ['*', true],
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    ['a.test, API.example.com', true],
    ['api.example.com:443', true],
    ['api.example.com:8443', false],
    ['ple.com', false],
    ['other.example.com', false],
    [' , ', false],
  ])('is none for what NO_PROXY=%j excepts: %j', (NO_PROXY, excepted) => {
    expect(proxied({ NO_PROXY }) === undefined).toBe(excepted);
  });
});
