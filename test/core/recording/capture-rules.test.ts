import { describe, expect, it } from 'vitest';
import {
  isCaptured,
  isHostIgnored,
  matchesTraffic,
  parseTrafficPattern,
  tunnelRefusal,
  writeRefusal,
  type JudgedRequest,
  type TrafficPattern,
} from '../../../src/core/recording/capture-rules.ts';

const pattern = (text: string) => parseTrafficPattern(text) as TrafficPattern;

describe('a pattern of traffic', () => {
  it.each([
    ['api.test', 'api.test', '/x', true],
    ['api.test', 'api.test:8443', '/x', true],
    ['api.test:80', 'api.test:8443', '/x', false],
    ['API.Test', 'api.test', '/x', true],
    ['*.test', 'a.b.test', '/', true],
    ['*.test', 'test', '/', false],
    ['https://api.test/v1/*', 'api.test', '/v1/a/b?c=d', true],
    ['api.test/v1/*', 'api.test', '/v2/v1/', false],
    ['api.test/v*/x', 'api.test', '/v10/x', true],
    ['api.test/v*/x', 'api.test', '/v/xx', false],
    ['api.test/a?b=*', 'api.test', '/a?b=c', true],
    ['api.test/', 'api.test', '/anything', true],
    ['[::1]:80', '[::1]:80', '/', true],
    ['127.0.0.1:*', '127.0.0.1:3000', '/', true],
    ['a*b*c', 'a-b-b-c', '/', true],
    ['ab*bc', 'abc', '/', false],
  ])('%s against %s%s', (text, host, path, expected) => {
    expect(matchesTraffic(pattern(text), host, path)).toBe(expected);
  });

  it.each(['', 'a b', 'http://', '/path', 'api.test:port'])('"%s" is none', (text) => {
    expect(parseTrafficPattern(text)).toBeUndefined();
  });
});

describe('what is recorded', () => {
  it('is everything, or what is included, and never what is excluded', () => {
    const rules = {
      include: [pattern('api.test/v1/*')],
      exclude: [pattern('api.test/v1/health'), pattern('ads.test')],
    };
    expect(isCaptured({ include: [], exclude: [] }, 'any.test', '/')).toBe(true);
    expect(isCaptured(rules, 'api.test', '/v1/items')).toBe(true);
    expect(isCaptured(rules, 'api.test', '/v1/health')).toBe(false);
    expect(isCaptured(rules, 'other.test', '/')).toBe(false);
  });

  it('leaves a host closed of which nothing can be recorded', () => {
    expect(isHostIgnored({ include: [], exclude: [pattern('ads.test')] }, 'ads.test')).toBe(true);
    expect(isHostIgnored({ include: [], exclude: [pattern('ads.test/x')] }, 'ads.test')).toBe(false);
    expect(isHostIgnored({ include: [pattern('api.test/v1/*')], exclude: [] }, 'api.test')).toBe(false);
    expect(isHostIgnored({ include: [pattern('api.test/v1/*')], exclude: [] }, 'ads.test')).toBe(true);
  });
});

describe('the write guard', () => {
  const guard = {
    readOnly: [pattern('api.test')],
    allow: [
      { method: 'POST', pattern: pattern('api.test/search*') },
      { method: '*', pattern: pattern('api.test/sandbox/*') },
    ],
  };

  const refusal = (method: string, host: string, path: string, more: Partial<JudgedRequest> = {}) =>
    writeRefusal(guard, { method, host, path, ...more });

  it('refuses what changes a host that is read-only, and says how to let it pass', () => {
    expect(refusal('DELETE', 'api.test', '/items/1?force=1')).toContain('--allow DELETE api.test/items/1');
    expect(refusal('POST', 'api.test', '/items')).toBeDefined();
  });

  it('lets reading, other hosts and what is allowed pass', () => {
    for (const [method, host, path] of [
      ['GET', 'api.test', '/items'],
      ['HEAD', 'api.test', '/'],
      ['OPTIONS', 'api.test', '/'],
      ['POST', 'other.test', '/'],
      ['POST', 'api.test', '/search?q'],
      ['DELETE', 'api.test', '/sandbox/1'],
    ] as const) {
      expect(refusal(method, host, path)).toBeUndefined();
    }
  });

  it('looks through requests that are not what they seem', () => {
    expect(refusal('GET', 'api.test', '/items', { override: 'delete' })).toContain('--allow DELETE api.test/items');
    expect(refusal('GET', 'api.test', '/live', { opensSocket: true })).toMatch(/^A WebSocket to .* --allow GET/);
    for (const path of ['/search/../items', '/search/%2e%2E/items', '/search/.%2e', '/search\\..\\items'])
      expect(refusal('POST', 'api.test', path)).toBeDefined();
    expect(refusal('POST', 'api.test', '/search?q=../..')).toBeUndefined();
    expect(refusal('POST', 'api.test', '/search...x')).toBeUndefined();
  });

  it('refuses connections to a read-only host that cannot be looked into', () => {
    expect(tunnelRefusal(guard, 'api.test')).toContain('could not be looked into');
    expect(tunnelRefusal({ readOnly: [pattern('api.test/v1/*')], allow: [] }, 'api.test')).toBeDefined();
    expect(tunnelRefusal(guard, 'other.test')).toBeUndefined();
  });
});
