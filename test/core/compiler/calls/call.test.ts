import { describe, expect, it } from 'vitest';
import { isReadMethod, isSuccess, normaliseCalls, originsOf } from '../../../../src/core/compiler/calls/call.ts';
import type { Exchange } from '../../../../src/core/exchange/exchange.ts';
import type { Recording } from '../../../../src/core/recording/recording.ts';

const exchange = (more: Partial<Exchange> = {}): Exchange => ({
  id: 'x1',
  session: 'one',
  origin: 'https://a.example',
  startedAt: 1,
  endedAt: 2,
  request: { method: 'GET', target: '/notes?page=2', headers: [] },
  response: { status: 200, headers: [['content-type', 'application/json']], body: { text: '{"id":1}' } },
  ...more,
});

const recording = (exchanges: readonly Exchange[], sessions: Recording['sessions'] = []): Recording => ({
  formatVersion: 1,
  toolVersion: 'test',
  createdAt: 0,
  sessions,
  exchanges,
});

const callsOf = (...exchanges: readonly Exchange[]): ReturnType<typeof normaliseCalls> =>
  normaliseCalls([recording(exchanges)], 'https://a.example');

describe('calls', () => {
  it('hold path, query and both bodies as values', () => {
    const [call] = callsOf(
      exchange({
        request: {
          method: 'POST',
          target: '/notes?tag=a&tag=b',
          headers: [['content-type', 'application/json']],
          body: { text: '{"title":"x"}' },
        },
      }),
    );
    expect(call).toMatchObject({
      index: 0,
      method: 'POST',
      path: '/notes',
      query: { tag: ['a', 'b'] },
      body: { title: 'x' },
      status: 200,
      answer: { id: 1 },
      answerText: undefined,
    });
  });

  it('leave out what never got an answer, what was cut and what another service answered', () => {
    const { response: _response, ...unanswered } = exchange({ id: 'refused' });
    const calls = callsOf(
      { ...unanswered, error: { code: 'ERR_UPSTREAM_REFUSED', message: 'refused' } },
      exchange({ id: 'cut', truncated: { reason: 'limit', length: 9, sha256: '' } }),
      exchange({ id: 'elsewhere', origin: 'https://b.example' }),
      exchange({ id: 'kept' }),
    );
    expect(calls.map(({ id, index }) => [id, index])).toEqual([['kept', 0]]);
  });

  it('keep as text what is not JSON, and nothing of binary bodies', () => {
    const plain = { status: 200, headers: [['content-type', 'text/plain']] as const };
    const [text, binary, broken] = callsOf(
      exchange({ response: { ...plain, body: { text: 'pong' } } }),
      exchange({ response: { ...plain, body: { base64: 'AAEC' } } }),
      exchange({
        response: { status: 200, headers: [['content-type', 'application/json']], body: { text: '{"id":' } },
      }),
    );
    expect(text).toMatchObject({ answer: undefined, answerText: 'pong' });
    expect(binary).toMatchObject({ answer: undefined, answerText: undefined, answerKind: 'binary' });
    expect(broken).toMatchObject({ answer: undefined, answerText: '{"id":' });
  });

  it('tell where a session starts at its first call alone', () => {
    const sessions = [{ name: 'one', start: 'fresh' as const }];
    const calls = normaliseCalls([recording([exchange(), exchange({ id: 'x2' })], sessions)], 'https://a.example');
    expect(calls.map(({ start }) => start)).toEqual(['fresh', 'continues']);
  });

  it('are numbered through all recordings', () => {
    const calls = normaliseCalls([recording([exchange()]), recording([exchange()])], 'https://a.example');
    expect(calls.map(({ index }) => index)).toEqual([0, 1]);
  });

  it('succeed from 200 to 299', () => {
    const of = (status: number): boolean => isSuccess(callsOf(exchange({ response: { status, headers: [] } }))[0]!);
    expect([199, 200, 204, 299, 300, 404].map(of)).toEqual([false, true, true, true, false, false]);
  });

  it('are reads by their method alone, whatever their path is called', () => {
    expect(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'].map(isReadMethod)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('origins', () => {
  it('stand in the order of their first exchange', () => {
    const of = (origin: string): Exchange => exchange({ origin });
    expect(
      originsOf([recording([of('https://b'), of('https://a'), of('https://b')]), recording([of('https://c')])]),
    ).toEqual(['https://b', 'https://a', 'https://c']);
  });
});
