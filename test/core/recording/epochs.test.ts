import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochsInOrder } from '../../../src/core/recording/epochs.ts';
import type { Recording, SessionStart } from '../../../src/core/recording/recording.ts';

type Told = readonly [id: string, session: string, startedAt: number];

function recording(sessions: Readonly<Record<string, SessionStart>>, exchanges: readonly Told[]): Recording {
  return {
    formatVersion: 1,
    toolVersion: 'test',
    createdAt: 0,
    sessions: Object.entries(sessions).map(([name, start]) => ({ name, start })),
    exchanges: exchanges.map(([id, session, startedAt]) => ({
      id,
      session,
      origin: 'https://a.example',
      startedAt,
      endedAt: startedAt + 1,
      request: { method: 'GET', target: '/', headers: [] },
      response: { status: 200, headers: [] },
    })),
  };
}

const idsOf = (recordings: readonly Recording[]): readonly string[] =>
  recordings.flatMap(({ exchanges }) => exchanges.map(({ id }) => id));

describe('recordings in order of their epochs', () => {
  it('are themselves where the original was never reset', () => {
    const given = [
      recording({ a: 'continues', b: 'unknown' }, [
        ['1', 'b', 9],
        ['2', 'a', 1],
      ]),
    ];
    expect(epochsInOrder(given)).toBe(given);
  });

  it('have what follows each reset by time, and what came before the first at the beginning', () => {
    const given = [
      recording({ old: 'continues', late: 'fresh' }, [
        ['1', 'old', 50],
        ['2', 'late', 90],
        ['3', 'late', 91],
      ]),
      recording({ early: 'fresh', more: 'continues' }, [
        ['4', 'early', 10],
        ['5', 'more', 11],
      ]),
    ];
    expect(idsOf(epochsInOrder(given))).toEqual(['1', '4', '5', '2', '3']);
  });

  it('have a session that goes on behind another reset go on there', () => {
    const given = [
      recording({ a: 'fresh', b: 'fresh' }, [
        ['1', 'a', 1],
        ['2', 'b', 2],
        ['3', 'a', 3],
      ]),
    ];
    expect(epochsInOrder(given).map(({ sessions }) => sessions)).toEqual([
      [{ name: 'a', start: 'fresh' }],
      [
        { name: 'b', start: 'fresh' },
        { name: 'a', start: 'continues' },
      ],
    ]);
  });

  it('are the same whatever the order of fresh sessions', () => {
    const sessions = [0, 1, 2, 3, 4];
    fc.assert(
      fc.property(fc.shuffledSubarray(sessions, { minLength: 5 }), (order) => {
        const given = order.map((at) =>
          recording({ [`s${at}`]: 'fresh' }, [
            [`${at}.1`, `s${at}`, at],
            [`${at}.2`, `s${at}`, at],
          ]),
        );
        expect(idsOf(epochsInOrder(given))).toEqual(sessions.flatMap((at) => [`${at}.1`, `${at}.2`]));
      }),
    );
  });
});
