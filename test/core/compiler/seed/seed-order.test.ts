import { describe, expect, it } from 'vitest';
import { seedOrder } from '../../../../src/core/compiler/seed/seed-order.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const note = (id: string): object => ({ id, title: `about ${id}` });
const list = (...ids: string[]): Line => ({ ask: 'GET /notes', answer: ids.map(note) });
const make = (id: string): Line => ({
  ask: 'POST /notes',
  body: { title: `about ${id}` },
  status: 201,
  answer: note(id),
});
const reads = ['q7kd02', 'b9fz31', 'x1aa55'].map((id): Line => ({ ask: `GET /notes/${id}`, answer: note(id) }));

const orderOf = (lines: readonly Line[], keys: readonly string[]): string[] => {
  const evidence = analysed([...lines, ...reads]);
  return [...keys].sort(seedOrder(evidence, evidence.entities.types[0]!));
};
const SEEDS = ['b9fz31', 'q7kd02', 'x1aa55'];

describe('what was there before the recording', () => {
  it('stands in the order of lists that show what is made later behind it', () => {
    const lines = [
      list('q7kd02', 'b9fz31', 'x1aa55'),
      make('c3po11'),
      list('q7kd02', 'x1aa55', 'c3po11'),
      make('d4rk22'),
    ];
    expect(orderOf([...lines, list('q7kd02', 'c3po11', 'd4rk22')], SEEDS)).toEqual(['q7kd02', 'b9fz31', 'x1aa55']);
  });

  it('stands backwards where lists show the newest first', () => {
    const lines = [list('q7kd02', 'b9fz31', 'x1aa55'), make('c3po11'), make('d4rk22')];
    const last = list('d4rk22', 'c3po11', 'q7kd02', 'x1aa55');
    expect(orderOf([...lines, last], SEEDS)).toEqual(['x1aa55', 'b9fz31', 'q7kd02']);
  });

  it('stands in the order of keys where lists follow something else', () => {
    const lines = [list('q7kd02', 'b9fz31', 'x1aa55'), make('c3po11'), make('d4rk22')];
    const mixed = list('d4rk22', 'q7kd02', 'c3po11', 'b9fz31');
    expect(orderOf([...lines, mixed], SEEDS)).toEqual(SEEDS);
  });
});
