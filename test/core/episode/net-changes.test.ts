import { describe, expect, it } from 'vitest';
import { addChanges, listChanges, NO_CHANGES, type Change } from '../../../src/core/episode/net-changes.ts';

const net = (...steps: readonly Change[][]) => listChanges(steps.reduce(addChanges, NO_CHANGES));

describe('net changes', () => {
  it('keep the first state before and the last one after', () => {
    expect(
      net(
        [{ type: 'A', key: '1', before: { n: 1 }, after: { n: 2 } }],
        [{ type: 'A', key: '1', before: { n: 2 }, after: { n: 3 } }],
      ),
    ).toEqual([{ type: 'A', key: '1', before: { n: 1 }, after: { n: 3 } }]);
  });

  it('forget what was made and deleted again, and what became again what it was', () => {
    expect(net([{ type: 'A', key: '1', after: { n: 2 } }], [{ type: 'A', key: '1', before: { n: 2 } }])).toEqual([]);
    expect(
      net(
        [{ type: 'A', key: '1', before: { n: 1 }, after: { n: 2 } }],
        [{ type: 'A', key: '1', before: { n: 2 }, after: { n: 1 } }],
      ),
    ).toEqual([]);
  });

  it('show what was deleted and made again as changed', () => {
    expect(net([{ type: 'A', key: '1', before: { n: 1 } }], [{ type: 'A', key: '1', after: { n: 5 } }])).toEqual([
      { type: 'A', key: '1', before: { n: 1 }, after: { n: 5 } },
    ]);
  });

  it('stand in order of type and key, whatever the order of the steps', () => {
    const [a, b, c] = [
      { type: 'A', key: '2', after: {} },
      { type: 'A', key: '1', after: {} },
      { type: 'B', key: '1', after: {} },
    ];
    expect(net([c as Change], [a as Change, b as Change])).toEqual([b, a, c]);
  });
});
