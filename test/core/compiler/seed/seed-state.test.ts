import { describe, expect, it } from 'vitest';
import { inferSeed } from '../../../../src/core/compiler/seed/seed.ts';
import { modelTypes } from '../../../../src/core/compiler/types/type-models.ts';
import type { JsonObject } from '../../../../src/core/std/json.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

function seedOf(lines: readonly Line[]): Record<string, JsonObject[]> {
  const evidence = analysed(lines);
  return inferSeed(evidence, modelTypes(evidence), new Map());
}

const boat = (id: number, name: string, more: object = {}): object => ({ id, name, berth: `B${id}`, ...more });
const shown = (id: number, name: string, more: object = {}): Line => ({
  ask: `GET /boats/${id}`,
  answer: boat(id, name, more),
});
const patched = (id: number, name: string, body: object, more: object): Line => ({
  ask: `PATCH /boats/${id}`,
  body,
  answer: boat(id, name, { ...more, ...body }),
});

describe('what was first seen in the answer of a write', () => {
  /** Writes to boats that are known, so that the route is not one that makes them; and one to a boat that is not. */
  const writes = (more: object): Line[] => [
    ...[1, 2, 3].map(() => patched(1, 'Wren', { sails: 3 }, { ...more, hull: 'blue' })),
    patched(3, 'Lark', { hull: 'red' }, { ...more, sails: 2 }),
  ];

  it('has a value that nobody knows where the write gave it one and others differ', () => {
    const seed = seedOf([
      shown(1, 'Wren', { hull: 'blue', sails: 2 }),
      shown(2, 'Tern', { hull: 'green', sails: 1 }),
      ...writes({}),
    ]);
    expect(seed['Boat']?.[0]).toEqual(boat(1, 'Wren', { hull: 'blue', sails: 2 }));
    expect(seed['Boat']?.[2]).toEqual(boat(3, 'Lark', { sails: 2, $unknown: ['hull'] }));
  });

  it('has what is empty for all others', () => {
    const seed = seedOf([
      shown(1, 'Wren', { hull: '', sails: 2 }),
      shown(2, 'Tern', { hull: '', sails: 1 }),
      ...writes({}),
    ]);
    expect(seed['Boat']?.[2]).toEqual(boat(3, 'Lark', { hull: '', sails: 2 }));
  });

  it('knows no more of what such writes change without being told to', () => {
    const launch = (id: number, name: string): Line => ({
      ask: `POST /boats/${id}/launch`,
      answer: boat(id, name, { afloat: true }),
    });
    const seed = seedOf([
      shown(1, 'Wren', { afloat: false }),
      ...[1, 1, 1].map(() => launch(1, 'Wren')),
      shown(2, 'Tern', { afloat: true }),
      launch(3, 'Lark'),
    ]);
    expect(seed['Boat']?.[2]).toEqual(boat(3, 'Lark', { $unknown: ['afloat'] }));
  });
});

describe('what no answer could show', () => {
  it('has the attributes that the others were shown with, and values that nobody knows', () => {
    const seed = seedOf([
      { ask: 'GET /boats', answer: [boat(1, 'Wren'), boat(2, 'Tern'), boat(3, 'Lark')] },
      shown(1, 'Wren', { hull: 'blue', sails: 2 }),
      shown(2, 'Tern', { hull: 'green', sails: 1 }),
    ]);
    expect(seed['Boat']?.[2]).toEqual(boat(3, 'Lark', { $unknown: ['hull', 'sails'] }));
  });
});
