import { describe, expect, it } from 'vitest';
import { advanceSequences, worldBefore } from '../../../../src/core/compiler/seed/later-world.ts';
import { modelTypes } from '../../../../src/core/compiler/types/type-models.ts';
import type { Generator } from '../../../../src/core/model/clone-model.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const note = (id: number, text: string) => ({ id, text });

/** Two notes from the beginning, one made, one changed, one deleted. */
const lines: readonly Line[] = [
  { ask: 'GET /notes', answer: [note(1, 'a'), note(2, 'b')] },
  { ask: 'POST /notes', body: { text: 'c' }, status: 201, answer: note(3, 'c') },
  { ask: 'PATCH /notes/1', body: { text: 'A' }, answer: note(1, 'A') },
  { ask: 'GET /notes/1', answer: note(1, 'A') },
  { ask: 'DELETE /notes/2', status: 204 },
  { ask: 'POST /notes', body: { text: 'd' }, status: 201, answer: note(4, 'd') },
  { ask: 'GET /notes/4', answer: note(4, 'd') },
  { ask: 'GET /notes', answer: [note(1, 'A'), note(3, 'c'), note(4, 'd')] },
];
const evidence = analysed(lines);
const types = modelTypes(evidence);
const notesBefore = (index: number) => worldBefore(evidence, types, index)['Note'];

describe('the world at a moment of the recording', () => {
  it.each([
    [0, [note(1, 'a'), note(2, 'b')]],
    [2, [note(1, 'a'), note(2, 'b'), note(3, 'c')]],
    [3, [note(1, 'A'), note(2, 'b'), note(3, 'c')]],
    [5, [note(1, 'A'), note(3, 'c')]],
    [lines.length, [note(1, 'A'), note(3, 'c'), note(4, 'd')]],
  ])('before call %i holds what was alive, as it was', (index, expected) => {
    expect(notesBefore(index)).toEqual(expected);
  });
});

describe('generators at a moment of the recording', () => {
  const generators: Readonly<Record<string, Generator>> = {
    'Note.id': { kind: 'sequence', start: 3, step: 1 },
    'Note.token': { kind: 'uuid', version: 4 },
    'Note.line': { kind: 'sequence', start: 1, step: 1, scope: ['path.id'] },
  };

  it('go on behind what was used, where they count for the whole service', () => {
    expect(advanceSequences(evidence, generators, 0)).toEqual(generators);
    expect(advanceSequences(evidence, generators, 2)['Note.id']).toMatchObject({ start: 4 });
    expect(advanceSequences(evidence, generators, lines.length)).toEqual({
      ...generators,
      'Note.id': { kind: 'sequence', start: 5, step: 1 },
    });
  });
});
