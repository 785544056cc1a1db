import { describe, expect, it } from 'vitest';
import { analyse } from '../../../src/core/compiler/analyse.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { TOY_ORIGIN } from '../../support/toy-recording.ts';
import { recordingOf } from '../../support/written-recording.ts';

describe('what the analysing passes find', () => {
  it('is nothing in nothing', () => {
    const empty = analyse([], TOY_ORIGIN);
    expect([empty.calls, empty.routes, empty.entities.types, empty.timeline.lives, empty.relations]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
    expect([empty.sites.size, empty.bindings.size, empty.byRoute.size]).toEqual([0, 0, 0]);
  });

  it('is of one service: what others answered is left out', () => {
    const recording = recordingOf([
      { ask: 'GET /notes/1', answer: { id: 1, title: 'a' } },
      { ask: 'GET /plans/7', answer: { id: 7, title: 'b' } },
    ]);
    const mixed: Recording = {
      ...recording,
      exchanges: recording.exchanges.map((exchange, at) =>
        at === 0 ? exchange : { ...exchange, origin: 'https://other.example' },
      ),
    };
    expect(analyse([mixed], TOY_ORIGIN).entities.types.map(({ name }) => name)).toEqual(['Note']);
    expect(analyse([mixed], 'https://other.example').entities.types.map(({ name }) => name)).toEqual(['Plan']);
  });

  it('goes on from one recording to the next', () => {
    const first = recordingOf([
      { ask: 'POST /notes', body: { title: 'a' }, status: 201, answer: { id: 1, title: 'a' } },
      { ask: 'POST /notes', body: { title: 'b' }, status: 201, answer: { id: 2, title: 'b' } },
    ]);
    const second = recordingOf([{ ask: 'GET /notes/1', answer: { id: 1, title: 'a' } }]);
    expect(analyse([first, second], TOY_ORIGIN).timeline.lives.map(({ key, origin }) => [key, origin])).toEqual([
      ['1', 'created'],
      ['2', 'created'],
    ]);
  });

  it('speaks of every call: its route, its principal and what it showed', () => {
    const { calls, routes, principals, timeline } = analyse(
      [
        recordingOf([
          { ask: 'GET /notes/1', answer: { id: 1 } },
          { ask: 'GET /ping', status: 500 },
        ]),
      ],
      TOY_ORIGIN,
    );
    expect(
      [routes, principals.of, timeline.sightings, timeline.bound, timeline.answers].map((each) => each.length),
    ).toEqual(Array(5).fill(calls.length));
  });
});
