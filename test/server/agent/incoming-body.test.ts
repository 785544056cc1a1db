import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readIncomingBody } from '../../../src/server/agent/incoming-body.ts';

const message = (headers: Record<string, string> = {}) => Object.assign(new PassThrough(), { headers });
const read = (stream: PassThrough, max: number) => readIncomingBody(stream as unknown as IncomingMessage, max);

describe('the body of an incoming request', () => {
  it('is all its bytes, up to the limit', async () => {
    const stream = message();
    const body = read(stream, 4);
    stream.write('ab');
    stream.end('cd');
    expect(String(await body)).toBe('abcd');
  });

  it('is too large when it says so, or turns out to be', async () => {
    expect(await read(message({ 'content-length': '5' }), 4)).toBe('too-large');
    const stream = message();
    const body = read(stream, 4);
    stream.end('abcde');
    expect(await body).toBe('too-large');
  });

  it('is aborted when the client goes away before its end', async () => {
    const stream = message();
    const body = read(stream, 4);
    stream.write('ab');
    stream.destroy();
    expect(await body).toBe('aborted');
  });

  it('is empty where there is none', async () => {
    expect(await read(message().end(), 4)).toEqual(Buffer.alloc(0));
  });
});
