import { describe, expect, it } from 'vitest';
import { createUpstreams } from '../../src/proxy/upstream.ts';
import { upstreamFailure } from '../../src/proxy/upstream-failure.ts';

const failing = (code: string, message = 'what happened') => Object.assign(new Error(message), { code });

describe('what went wrong with an upstream', () => {
  it.each([
    ['ECONNREFUSED', 'ERR_UPSTREAM_REFUSED'],
    ['ENOTFOUND', 'ERR_UPSTREAM_REFUSED'],
    ['UND_ERR_HEADERS_TIMEOUT', 'ERR_UPSTREAM_TIMEOUT'],
    ['UND_ERR_CONNECT_TIMEOUT', 'ERR_UPSTREAM_TIMEOUT'],
    ['ECONNRESET', 'ERR_UPSTREAM_RESET'],
    ['UND_ERR_SOCKET', 'ERR_UPSTREAM_RESET'],
    ['HPE_INVALID_CONSTANT', 'ERR_UPSTREAM_MALFORMED'],
    ['CERT_HAS_EXPIRED', 'ERR_UPSTREAM_CERTIFICATE'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_UPSTREAM_CERTIFICATE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_UPSTREAM_CERTIFICATE'],
  ])('%s is %s', (code, expected) => {
    const failure = upstreamFailure(failing(code), 'https://api.test');
    expect(failure.code).toBe(expected);
    expect(failure.message).toMatch(/^https:\/\/api\.test .*\(what happened\)$/);
  });

  it('is told by the first failure where a host has several addresses', () => {
    const failure = upstreamFailure(
      new AggregateError([failing('ECONNREFUSED', 'first'), failing('ETIMEDOUT')]),
      'http://a',
    );
    expect(failure).toEqual({ code: 'ERR_UPSTREAM_REFUSED', message: expect.stringContaining('(first)') });
  });
});

describe('upstreams', () => {
  it('have their certificates checked, but for those of the hosts that are excused', async () => {
    const upstreams = createUpstreams({
      timeoutMs: 1000,
      headerBytesMax: 1000,
      insecure: [{ host: '*.internal.test' }],
      extraCertificates: [],
    });
    expect(upstreams.accessTo('https://a.internal.test:8443').tls).toEqual({ rejectUnauthorized: false });
    expect(upstreams.accessTo('https://api.test').tls).toEqual({ rejectUnauthorized: true });
    expect(upstreams.dispatcherFor('https://a.internal.test')).not.toBe(upstreams.dispatcherFor('https://api.test'));
    await upstreams.close();
  });
});
