import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import type { Sides, UnreadBody } from '../../src/core/recording/redaction.ts';
import { createExchangeRecorder, type WireExchange } from '../../src/proxy/exchange-recorder.ts';
import { bodyFromBytes } from '../../src/store/body-bytes.ts';
import { memorySink, noRedaction } from '../support/memory-sink.ts';

const collected = (bytes: Buffer) => ({ bytes, length: bytes.length });
const wire: WireExchange = {
  origin: 'http://a',
  method: 'GET',
  target: '/',
  requestHeaders: [],
  requestBody: collected(Buffer.alloc(0)),
};

async function recorded(exchange: Partial<WireExchange>, redact: (it: Exchange) => Exchange = (it) => it) {
  const kept: Exchange[] = [];
  const lost: string[] = [];
  let time = 100;
  const recorder = createExchangeRecorder({
    sink: { nextId: () => '1.1', append: (it) => Promise.resolve(void kept.push(it)), beginBody: () => memorySink() },
    bodyOf: bodyFromBytes,
    redactBody: () => noRedaction,
    redact: (it, unread) => ({ exchange: redact(withBodies(it, unread)), counts: {}, untouched: {} }),
    bodyMax: 100,
    now: () => time++,
    onLost: (id) => void lost.push(id),
  });
  await recorder.finish(recorder.begin('s'), { ...wire, ...exchange });
  return { exchange: kept[0], lost };
}

/** What redaction does with bodies that it has to read. */
function withBodies(it: Exchange, { request, response }: Sides<UnreadBody>): Exchange {
  const [asked, answered] = [request?.read(), response?.read()];
  return {
    ...it,
    request: { ...it.request, ...(asked ? { body: asked } : {}) },
    ...(it.response ? { response: { ...it.response, ...(answered ? { body: answered } : {}) } } : {}),
  };
}

describe('what went over the wire', () => {
  it('becomes an exchange with times, and without bodies where there are none', async () => {
    expect((await recorded({})).exchange).toEqual({
      id: '1.1',
      session: 's',
      origin: 'http://a',
      startedAt: 100,
      endedAt: 101,
      request: { method: 'GET', target: '/', headers: [] },
    });
  });

  it('has its content encodings undone in both directions, bytes that are no text as base64', async () => {
    const { exchange } = await recorded({
      requestHeaders: [['content-encoding', 'gzip']],
      requestBody: collected(gzipSync('sent')),
      response: { status: 200, headers: [], body: collected(Buffer.from([0xff])) },
    });
    expect(exchange?.request.body).toEqual({ text: 'sent' });
    expect(exchange?.response).toEqual({ status: 200, headers: [], body: { base64: '/w==' } });
  });

  it('is marked where a body cannot be decoded or was too long, and where an answer was cut off', async () => {
    const undecodable = await recorded({
      response: { status: 200, headers: [['content-encoding', 'gzip']], body: collected(Buffer.from('x')) },
    });
    expect(undecodable.exchange).toMatchObject({
      truncated: { reason: expect.stringContaining('response'), length: 1 },
    });
    const long = await recorded({ requestBody: { reason: 'too long', length: 1000, sha256: 'ab' } });
    expect(long.exchange?.truncated).toEqual({
      reason: expect.stringContaining('request'),
      length: 1000,
      sha256: 'ab',
    });
    const error = { code: 'ERR_UPSTREAM_RESET', message: 'gone' };
    const cut = await recorded({ response: { status: 200, headers: [], body: collected(Buffer.from('ab')) }, error });
    expect(cut.exchange).toMatchObject({ error, response: { body: { text: 'ab' } }, truncated: { length: 2 } });
  });

  it('is recorded under the origin that another server stands in for', async () => {
    const body = collected(Buffer.from('{"url":"http://staging:1/x"}'));
    const { exchange } = await recorded({
      rewriting: { from: 'http://staging:1', to: 'https://api.test' },
      response: {
        status: 201,
        headers: [
          ['content-type', 'application/json'],
          ['location', 'http://staging:1/x'],
        ],
        body,
      },
    });
    expect(exchange?.response).toMatchObject({
      headers: [
        ['content-type', 'application/json'],
        ['location', 'https://api.test/x'],
      ],
      body: { text: '{"url":"https://api.test/x"}' },
    });
  });

  it('is lost, and told to be, when it cannot be redacted: never stored as it is', async () => {
    const { exchange, lost } = await recorded({}, () => {
      throw new Error('no');
    });
    expect([exchange, lost]).toEqual([undefined, ['1.1']]);
  });
});
