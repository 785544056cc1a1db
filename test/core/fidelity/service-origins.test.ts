import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { underServiceOrigins } from '../../../src/core/fidelity/service-origins.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { SMALL_ORIGIN, smallModel } from '../../support/small-clone.ts';

const model = smallModel({
  routes: [{ id: 'GET /a', method: 'GET', path: '/a', cases: [{ id: 'ok', reply: { status: 200 } }] }],
});

function exchange(origin: string, target: string): Exchange {
  const json = ['content-type', 'application/json'] as const;
  return {
    id: `${origin}${target}`,
    session: 'one',
    origin,
    startedAt: 0,
    endedAt: 1,
    request: { method: 'GET', target, headers: [['referer', `${origin}/b`]], body: { text: `see ${origin}/c` } },
    response: { status: 200, headers: [json, ['location', `${origin}/a`]], body: { text: `{"url":"${origin}/a"}` } },
  };
}

const recording = (...exchanges: readonly Exchange[]): Recording => ({
  formatVersion: 1,
  toolVersion: 'test',
  createdAt: 0,
  sessions: [{ name: 'one', start: 'continues' }],
  exchanges,
});

describe('a recording under the origins of a clone', () => {
  it('is the same where the origins are', () => {
    const own = recording(exchange(SMALL_ORIGIN, '/a'), exchange(SMALL_ORIGIN, '/unknown'));
    const owned = underServiceOrigins(model, own);
    expect(owned).toEqual({ recording: own, foreign: [] });
    expect(owned.recording.exchanges[0]).toBe(own.exchanges[0]);
  });

  it('takes the same service on another port for the service, and addresses with it', () => {
    const sandbox = 'http://127.0.0.1:4010';
    const { recording: owned, foreign } = underServiceOrigins(model, recording(exchange(sandbox, '/a')));
    expect(foreign).toEqual([]);
    expect(owned.exchanges[0]).toEqual({ ...exchange(SMALL_ORIGIN, '/a'), id: `${sandbox}/a` });
  });

  it('leaves out and counts what is another service', () => {
    const other = 'http://other.example';
    const { recording: owned, foreign } = underServiceOrigins(
      model,
      recording(exchange(other, '/x'), exchange(SMALL_ORIGIN, '/a'), exchange(other, '/y')),
    );
    expect(owned.exchanges.map(({ origin }) => origin)).toEqual([SMALL_ORIGIN]);
    expect(foreign).toEqual([{ origin: other, exchanges: 2 }]);
  });
});
