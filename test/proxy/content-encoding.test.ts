import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { contentEncodings, decodeContent } from '../../src/proxy/content-encoding.ts';

const hello = Buffer.from('hello hello hello');

describe('content encodings', () => {
  it('are read from the header, without identity', () => {
    expect(contentEncodings(' GZIP , br')).toEqual(['gzip', 'br']);
    expect(contentEncodings('identity')).toEqual([]);
    expect(contentEncodings(undefined)).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync(hello)],
    ['x-gzip', gzipSync(hello)],
    ['deflate', deflateSync(hello)],
    ['deflate', deflateRawSync(hello)],
    ['br', brotliCompressSync(hello)],
  ])('%s is undone', (encoding, bytes) => {
    expect(decodeContent(bytes, [encoding], 1000)?.toString()).toBe(hello.toString());
  });

  it('zstd is undone', () => {
    // A frame of one raw block: magic number, single segment with its size, block header, content.
    const raw = Buffer.concat([
      Buffer.from('28b52ffd20', 'hex'),
      Buffer.from([hello.length]),
      Buffer.from([(hello.length << 3) | 1, 0, 0]),
      hello,
    ]);
    expect(decodeContent(raw, ['zstd'], 1000)?.toString()).toBe(hello.toString());
    expect(decodeContent(raw, ['zstd'], 5)).toBeUndefined();
    expect(decodeContent(raw.subarray(0, 8), ['zstd'], 1000)).toBeUndefined();
  });

  it('that were applied one after another are undone in the other order', () => {
    expect(decodeContent(brotliCompressSync(gzipSync(hello)), ['gzip', 'br'], 1000)?.toString()).toBe(hello.toString());
  });

  it('that are unknown, broken, or make too much of little give nothing', () => {
    expect(decodeContent(hello, ['rot13'], 1000)).toBeUndefined();
    expect(decodeContent(hello, ['gzip'], 1000)).toBeUndefined();
    expect(decodeContent(gzipSync(Buffer.alloc(1_000_000)), ['gzip'], 1000)).toBeUndefined();
    expect(decodeContent(hello, [], 5)).toBeUndefined();
  });
});
