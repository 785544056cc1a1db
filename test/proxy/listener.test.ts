import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen, listenerOrigin, listenerUrl, parseListenAddress } from '../../src/proxy/listener.ts';
import { failureOf, rejectionOf } from '../support/failure.ts';

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['8080', { host: '127.0.0.1', port: 8080 }],
    [':8080', { host: '127.0.0.1', port: 8080 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['localhost:65535', { host: 'localhost', port: 65535 }],
  ])('%s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['', 'localhost', '127.0.0.1:65536', 'http://127.0.0.1:80', '::1:80', 'a:b'])('"%s" is none', (text) => {
    const failure = failureOf(() => parseListenAddress(text));
    expect([failure.code, failure.exit]).toEqual(['ERR_USAGE', 2]);
    expect(failure.message).toContain(`"${text}"`);
  });

  it('that is not of this machine is refused with the reason', async () => {
    const failure = await rejectionOf(listen(createServer(), { host: '192.0.2.1', port: 0 }));
    expect([failure.code, failure.message]).toEqual(['ERR_USAGE', expect.stringContaining('192.0.2.1')]);
  });

  it('has a URL, also for IPv6', () => {
    expect(listenerUrl({ host: '::1', port: 80 })).toBe('http://[::1]:80');
    expect(listenerOrigin({ address: '127.0.0.1', port: 80, family: 'IPv4' })).toBe('http://127.0.0.1:80');
  });
});
