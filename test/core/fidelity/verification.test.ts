import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import { compileServices } from '../../../src/core/build/compile-services.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { verifyRecording } from '../../../src/core/fidelity/verification.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';

const { loaded } = compileServices([recordWiki({ sessions: 8, steps: 30 })]);
const fresh = recordWiki({ sessions: 1, steps: 30, seed: 9 });

const change = (recording: Recording, changed: (exchange: Exchange) => Exchange): Recording => ({
  ...recording,
  exchanges: recording.exchanges.map(changed),
});

describe('a clone', () => {
  it('passes when enough is right', () => {
    const { verdict, score, foreign } = verifyRecording(loaded, fresh, 0.9);
    expect({ verdict, foreign }).toEqual({ verdict: 'passed', foreign: [] });
    expect(score.exchanges).toBe(30);
  });

  it('fails when too little is', () => {
    const broken = change(fresh, (exchange) => ({ ...exchange, response: { status: 418, headers: [] } }));
    expect(verifyRecording(loaded, broken, 0.9).verdict).toBe('failed');
    expect(verifyRecording(loaded, broken, 0).verdict).toBe('passed');
  });

  it('is judged by a recording of the same service on another port', () => {
    const text = JSON.stringify(fresh).replaceAll('http://wiki.example', 'http://127.0.0.1:4077');
    expect(verifyRecording(loaded, JSON.parse(text) as Recording, 0.9).verdict).toBe('passed');
  });

  it('is not judged by another service, nor by nothing', () => {
    const other = change(fresh, (exchange) => ({
      ...exchange,
      origin: 'http://other.example',
      request: { ...exchange.request, target: '/other' },
    }));
    const { verdict, reason } = verifyRecording(loaded, other, 0.9);
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('http://other.example');
    expect(verifyRecording(loaded, { ...fresh, exchanges: [] }, 0.9)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the recording holds no answered exchange',
    });
  });
});
