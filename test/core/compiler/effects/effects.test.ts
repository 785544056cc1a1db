import { describe, expect, it } from 'vitest';
import { effectsOf, makeNote, readNote } from '../../../support/effect-context.ts';
import type { Line } from '../../../support/written-recording.ts';

describe('what a route does', () => {
  it('is nothing where it only reads', () => {
    expect(
      effectsOf([makeNote(1, {}, {}), makeNote(2, {}, {}), readNote(1, {}), readNote(2, {})], 'GET /notes/{note}'),
    ).toEqual({
      effects: [],
      made: new Map(),
    });
  });

  it('knows the thing that each call made', () => {
    const { made } = effectsOf([makeNote(1, {}, {}), makeNote(2, {}, {}), readNote(1, {})], 'POST /notes');
    expect([...made].map(([index, life]) => [index, life.key])).toEqual([
      [0, '1'],
      [1, '2'],
    ]);
  });

  it('is none where nothing was ever different afterwards', () => {
    const lines = [
      ...[1, 2, 3, 4].map((id) => makeNote(id, {}, { done: false })),
      ...[1, 2, 3].map((id): Line => ({ ask: `POST /notes/${id}/ping`, body: {}, status: 204 })),
      ...[1, 2, 3].map((id) => readNote(id, { done: false })),
    ];
    expect(effectsOf(lines, 'POST /notes/{note}/ping').effects).toEqual([]);
  });
});

describe('a deletion', () => {
  it('is the effect of a DELETE after which its subject never shows again', () => {
    const lines: Line[] = [
      makeNote(1, {}, {}),
      makeNote(2, {}, {}),
      { ask: 'DELETE /notes/1', status: 204 },
      { ask: 'GET /notes/1', status: 404 },
    ];
    expect(effectsOf(lines, 'DELETE /notes/{note}').effects.map(({ kind }) => kind)).toEqual(['delete']);
  });
});
