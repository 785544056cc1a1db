import { describe, expect, it } from 'vitest';
import { initialState, isFresh, shownAt, stateAfter } from '../../../../src/core/compiler/timeline/states.ts';
import { contextOf, makeNote, readNote } from '../../../support/effect-context.ts';
import type { Line } from '../../../support/written-recording.ts';

describe('what is believed of an entity right after a call', () => {
  const lines: Line[] = [
    makeNote(1, {}, { n: 1 }),
    makeNote(2, {}, { n: 1 }),
    { ask: 'POST /notes/1/bump', body: {}, status: 204 },
    { ask: 'GET /other', answer: {} },
    readNote(1, { n: 2 }),
    { ask: 'POST /notes/1/bump', body: {}, status: 204 },
    { ask: 'POST /notes/1/bump', body: {}, status: 204 },
    readNote(1, { n: 4 }),
  ];
  const { evidence } = contextOf(lines);
  const [call, later] = [evidence.calls[2]!, evidence.calls[5]!];
  const life = evidence.timeline.lives[0]!;

  it('is what the next read shows when nothing came between', () => {
    expect(stateAfter(evidence, call, life)?.['n']).toBe(2);
  });

  it('is unknown when another write came between', () => {
    expect(stateAfter(evidence, later, life)).toBeUndefined();
  });

  it('is fresh before a call when no write came since it was seen', () => {
    expect([2, 5, 6].map((index) => isFresh(evidence, evidence.calls[index]!, life))).toEqual([true, true, false]);
  });
});

describe('the answer of a deletion', () => {
  it('shows the entity as it was deleted, or nothing of it', () => {
    const { evidence } = contextOf([
      makeNote(1, {}, { n: 1 }),
      makeNote(2, {}, { n: 1 }),
      { ask: 'DELETE /notes/1', answer: { id: 1, title: 'tax', n: 5 } },
      { ask: 'DELETE /notes/2', status: 204 },
    ]);
    const [first, second] = evidence.timeline.lives as [never, never];
    expect(shownAt(evidence, evidence.calls[2]!, first)?.['n']).toBe(5);
    expect(shownAt(evidence, evidence.calls[3]!, second)).toBeUndefined();
  });
});

describe('what is believed of an entity when it was made', () => {
  const bump: Line = { ask: 'POST /notes/1/bump', body: {}, status: 204 };
  const made = (...rest: Line[]): ReturnType<typeof initialState> => {
    const { evidence } = contextOf([makeNote(1, {}, {}), makeNote(2, {}, {}), readNote(2, { views: 7 }), ...rest]);
    return initialState(evidence, evidence.calls[0]!, evidence.timeline.lives[0]!);
  };

  it('is also what reads show that come before anything may have touched it', () => {
    const { attributes, told } = made(readNote(1, { views: 0 }), bump, readNote(1, { views: 1 }));
    expect(attributes['views']).toBe(0);
    expect(told.has('views')).toBe(true);
  });

  it('tells nothing of what was only read later', () => {
    const { attributes, told } = made(bump, readNote(1, { views: 1 }));
    expect(attributes['views']).toBeUndefined();
    expect(told.has('views')).toBe(false);
  });

  it('lacks what a read does not show although it could', () => {
    const { attributes, told } = made(readNote(1, {}));
    expect(attributes['views']).toBeUndefined();
    expect(told.has('views')).toBe(true);
  });
});
