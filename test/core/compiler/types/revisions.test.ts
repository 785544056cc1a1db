import { describe, expect, it } from 'vitest';
import { nextRevision, parseRevision } from '../../../../src/core/compiler/types/revisions.ts';
import type { Sample } from '../../../../src/core/compiler/explain/samples.ts';

const sample = (before: string, target: string): Sample => ({
  sources: new Map([
    ['body.title', { value: 'milk', cost: 1 }],
    ['note._rev', { value: before, cost: 2 }],
  ]),
  target,
  from: 0,
  until: 1,
});

describe('a revision', () => {
  it('is a number and something made up', () => {
    expect(parseRevision('12-9c8741ebea1b')).toEqual({ number: 12, separator: '-', rest: '9c8741ebea1b' });
    expect(['12', 'a-9c8741ebea1b', '1-x', null].map(parseRevision)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('counts up from the one that the write found', () => {
    const found = nextRevision('rev', [sample('1-aaaaaaaa', '2-0b1c2d3e'), sample('7-bbbbbbbb', '8-4f5a6b7c')]);
    expect(found?.text).toBe('string(number(first(split(string(note._rev), "-"))) + 1) + "-" + gen("rev")');
    expect(found?.generator).toEqual({ kind: 'text', pattern: [{ alphabet: '0123456789abcdef', length: 8 }] });
  });

  it('is none where it follows nothing, or nothing is made up', () => {
    expect(
      nextRevision('rev', [sample('1-aaaaaaaa', '5-0b1c2d3e'), sample('7-bbbbbbbb', '2-4f5a6b7c')]),
    ).toBeUndefined();
    expect(nextRevision('rev', [sample('1-aaaaaaaa', '2-0b1c2d3e'), sample('1-aaaaaaaa', '2-x')])).toBeUndefined();
  });
});
