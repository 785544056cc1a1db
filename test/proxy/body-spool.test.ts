import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Header } from '../../src/core/exchange/exchange.ts';
import { beginBodyRedaction } from '../../src/core/recording/redaction-stream.ts';
import { BodySpool } from '../../src/proxy/body-spool.ts';
import { utf8OfLatin1 } from '../../src/store/body-bytes.ts';
import { memorySink, noRedaction, type MemorySink } from '../support/memory-sink.ts';
import { testHash } from '../support/recorder.ts';

function spoolInto(sink: MemorySink, encoding?: string, bodyMax = 100_000_000): BodySpool {
  const headers: Header[] = encoding === undefined ? [] : [['content-encoding', encoding]];
  return new BodySpool({ headers, sink, redaction: noRedaction, bodyMax });
}

/** Pushes bytes in chunks, waiting whenever it is to wait. */
async function pushAll(spool: BodySpool, bytes: Buffer, chunkBytes = 1000): Promise<void> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    await new Promise<void>((resolve) => {
      if (spool.push(chunk, resolve)) resolve();
    });
  }
}

const text = Buffer.from(Array.from({ length: 20_000 }, (_none, n) => `line ${n * 7919}\n`).join(''));

describe('a body that is stored as it comes', () => {
  it.each([
    ['identity', text],
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
  ])('has its content encoding undone (%s)', async (encoding, bytes) => {
    const sink = memorySink();
    const spool = spoolInto(sink, encoding);
    await pushAll(spool, bytes);
    expect(await spool.end()).toMatchObject({ body: { length: text.length } });
    expect(Buffer.concat(sink.stored).equals(text)).toBe(true);
  });

  it.each([
    ['gzip', Buffer.from('not gzip at all, really not'), /header/],
    ['gzip', gzipSync(text).subarray(0, 5000), /end of file/],
    ['x-unknown', text, /encoding is unknown/],
  ])('is not kept where its encoding is broken or unknown (%s)', async (encoding, bytes, reason) => {
    const sink = memorySink();
    const spool = spoolInto(sink, encoding);
    await pushAll(spool, bytes);
    expect(await spool.end()).toEqual({ reason: expect.stringMatching(reason) });
    expect(sink.isDiscarded()).toBe(true);
  });

  it('is not kept when a few bytes of it would become very many', async () => {
    const sink = memorySink();
    const spool = spoolInto(sink, 'gzip', 1_000_000);
    await pushAll(spool, gzipSync(Buffer.alloc(50_000_000)));
    expect(await spool.end()).toEqual({ reason: 'it is over 1000000 bytes' });
    expect(Buffer.concat(sink.stored).length).toBeLessThan(1_100_000);
  });

  it('makes its source wait while the disk does not keep up, and tells when there is room', async () => {
    let store: () => void = () => undefined;
    const disk = new Promise<void>((resolve) => (store = resolve));
    const spool = spoolInto(memorySink(() => disk));
    const chunk = Buffer.alloc(1024 * 1024);
    const room = new Promise<void>((resolve) => {
      let pushed = 0;
      while (spool.push(chunk, resolve)) pushed++;
      expect(pushed).toBe(1);
    });
    store();
    await room;
    expect(await spool.end()).toMatchObject({ body: { length: 2 * chunk.length } });
  });

  it('is not kept when the disk refuses it, and the rest goes by', async () => {
    const sink = memorySink(() => Promise.reject(new Error('disk is full')));
    const spool = spoolInto(sink);
    await pushAll(spool, Buffer.alloc(10_000_000), 1_000_000);
    expect(await spool.end()).toEqual({ reason: 'disk is full' });
    expect(sink.isDiscarded()).toBe(true);
  });

  it('is stored without its secrets', async () => {
    const sink = memorySink();
    const headers: Header[] = [
      ['content-type', 'application/json'],
      ['content-encoding', 'gzip'],
    ];
    const redaction = beginBodyRedaction({ headers, direction: 'response', hash: testHash, codec: utf8OfLatin1 });
    const spool = new BodySpool({ headers, sink, redaction, bodyMax: 100_000_000 });
    const items = Array.from({ length: 20_000 }, (_none, n) => ({ n, api_key: `key-${n}-0123456789abcdef` }));
    await pushAll(spool, gzipSync(JSON.stringify(items)));
    await spool.end();
    const stored = Buffer.concat(sink.stored).toString();
    expect(JSON.parse(stored)).toHaveLength(items.length);
    expect(stored).not.toContain('0123456789abcdef');
    expect(spool.counts).toEqual({ field: items.length });
  });
});
