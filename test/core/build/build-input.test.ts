import { describe, expect, it } from 'vitest';
import { recordWiki } from '../../../fixtures/wiki-recording.ts';
import {
  exchangesOf,
  inputDiagnostics,
  preparedRecordings,
  startExchange,
} from '../../../src/core/build/build-input.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { failureOf } from '../../support/failure.ts';

const wiki = recordWiki({ sessions: 2, steps: 5 });
const [first] = wiki.exchanges as [Exchange];
const { response: _response, ...unanswered } = first;

describe('the recordings of a build', () => {
  it('are as they are when there is one, and told apart when there are several', () => {
    expect(preparedRecordings([wiki])).toEqual([wiki]);
    const ids = exchangesOf(preparedRecordings([wiki, wiki])).map(({ id }) => id);
    expect(new Set(ids).size).toBe(20);
    expect([ids[0], ids[10]]).toEqual(['1#1.1', '2#1.1']);
  });

  it('are refused when there is nothing to learn from', () => {
    expect(failureOf(() => preparedRecordings([])).code).toBe('ERR_NO_EXCHANGES');
    expect(failureOf(() => preparedRecordings([{ ...wiki, exchanges: [unanswered] }])).message).toContain(
      'not one answer',
    );
  });
});

describe('the exchange before which a clone starts', () => {
  it('is the first of a session', () => {
    expect(startExchange([wiki], 'beginning')).toBeUndefined();
    expect(startExchange([wiki], 'end')).toBeUndefined();
    expect(startExchange([wiki], { session: 'session-2' })).toBe('1.6');
  });

  it('cannot be of a session that nobody recorded', () => {
    expect(failureOf(() => startExchange([wiki], { session: 'x' })).message).toContain('session-1, session-2');
  });
});

describe('what is to be said about recordings', () => {
  it('is nothing where all is whole', () => {
    expect(inputDiagnostics([wiki])).toEqual([]);
  });

  it('is how much taught nothing, and why', () => {
    const cut = { ...first, id: 'cut', truncated: { reason: 'too long', length: 1, sha256: '' } };
    expect(inputDiagnostics([{ ...wiki, exchanges: [{ ...unanswered, id: 'silent' }, cut] }])).toEqual([
      {
        code: 'unanswered',
        severity: 'note',
        message: '1 exchanges ended without an answer and taught nothing (silent).',
        exchanges: ['silent'],
      },
      {
        code: 'truncated',
        severity: 'warning',
        message: '1 exchanges have bodies that were cut and taught nothing (cut); record with a larger --body-max.',
        exchanges: ['cut'],
      },
    ]);
  });
});
