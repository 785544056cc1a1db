import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bodyRewriting, rewriteHeader, rewriteStream, rewriteWhole } from '../../src/proxy/link-rewriting.ts';

const links = { from: 'https://api.test', to: 'http://127.0.0.1:8080' };

describe('headers that leave a reverse proxy', () => {
  it('name the proxy in place of the upstream', () => {
    expect(rewriteHeader('link', '<https://api.test/a?page=2>; rel="next"', links)).toBe(
      '<http://127.0.0.1:8080/a?page=2>; rel="next"',
    );
  });

  it('set cookies that come back: not for the domain of the upstream, and not for TLS alone', () => {
    expect(rewriteHeader('set-cookie', 'a=1; Domain=.api.test; Path=/; Secure; HttpOnly', links)).toBe(
      'a=1; Path=/; HttpOnly',
    );
    expect(rewriteHeader('set-cookie', 'a=1; Domain=other.test; Secure', { ...links, to: 'https://127.0.0.1' })).toBe(
      'a=1; Domain=other.test; Secure',
    );
  });
});

describe('bodies that leave a reverse proxy', () => {
  const header = (headers: Record<string, string>) => (name: string) => headers[name];

  it('are rewritten whole when they are small, as they stream when they are not, and not at all when they hold no links', () => {
    expect(bodyRewriting(200, header({ 'content-type': 'application/json; charset=utf-8' }), 100)).toBe('whole');
    expect(bodyRewriting(200, header({ 'content-type': 'application/hal+json' }), 5_000_000)).toBe('stream');
    expect(bodyRewriting(200, header({ 'content-type': 'text/html', 'content-encoding': 'br' }), undefined)).toBe(
      'stream',
    );
    expect(bodyRewriting(200, header({ 'content-type': 'text/html', 'content-encoding': 'zstd' }), undefined)).toBe(
      'none',
    );
    expect(bodyRewriting(200, header({ 'content-type': 'text/plain' }), 100)).toBe('none');
    expect(bodyRewriting(206, header({ 'content-type': 'text/html' }), 100)).toBe('none');
    expect(bodyRewriting(200, header({}), 100)).toBe('none');
  });

  it('go out as they came when there is nothing to rewrite, and byte for byte around what there is', () => {
    expect(rewriteWhole(Buffer.from('{"a":1}'), undefined, links)).toBeUndefined();
    expect(rewriteWhole(Buffer.from('no gzip'), 'gzip', links)).toBeUndefined();
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('"https://api.test/é"')]);
    expect(rewriteWhole(bytes, undefined, links)).toEqual(
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('"http://127.0.0.1:8080/é"')]),
    );
  });

  it('that stream say when their encoding turns out to be broken', async () => {
    const outcome = await new Promise((done) => {
      const stream = rewriteStream('gzip', links, () => undefined, done);
      stream.push(Buffer.from('not gzip'));
      stream.end();
    });
    expect(outcome).toBeInstanceOf(Error);
    let text = '';
    const fine = await new Promise((done) => {
      const stream = rewriteStream('gzip', links, (chunk) => (text += String(chunk)), done);
      stream.push(gzipSync('<https://api.test>'));
      stream.end();
    });
    expect([fine, text]).toEqual([undefined, '<http://127.0.0.1:8080>']);
  });
});
