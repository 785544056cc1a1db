import { describe, expect, it } from 'vitest';
import {
  addSources,
  isList,
  isPlainObject,
  scalarOf,
  type Sources,
} from '../../../../src/core/compiler/explain/samples.ts';
import { numberFromText, type Json } from '../../../../src/core/std/json.ts';

function sourcesOf(value: Json | undefined, depth?: number): Sources {
  const sources: Sources = new Map();
  addSources(sources, 'body', value, 2, depth);
  return sources;
}

describe('sources', () => {
  it('are the value and its members, each by the expression that reads it', () => {
    const sources = sourcesOf({ title: 'a', owner: { id: 7 }, 'odd name': 1 });
    expect([...sources].map(([expression, { value }]) => [expression, value])).toEqual([
      ['body', { title: 'a', owner: { id: 7 }, 'odd name': 1 }],
      ['body.title', 'a'],
      ['body.owner', { id: 7 }],
      ['body.owner.id', 7],
      ['body["odd name"]', 1],
    ]);
  });

  it('cost more the deeper they lie', () => {
    const sources = sourcesOf({ a: { b: { c: 1 } } });
    const costs = ['body', 'body.a', 'body.a.b', 'body.a.b.c'].map((expression) => sources.get(expression)!.cost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(new Set(costs).size).toBe(4);
  });

  it('end at a depth and at a number of members, so that no body is too large', () => {
    expect(sourcesOf({ a: { b: { c: 1 } } }, 1).has('body.a.b')).toBe(false);
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`m${at}`, at]));
    expect(sourcesOf(wide).size).toBeLessThan(300);
  });

  it('are also what is missing, so that a condition can ask for it', () => {
    expect(sourcesOf(undefined).get('body')).toEqual({ value: undefined, cost: 2 });
  });

  it('hold the key of a ref, but not its inside', () => {
    expect([...sourcesOf({ owner: { $ref: 'User', key: '1' } }).keys()]).not.toContain('body.owner["$ref"]');
  });
});

describe('kinds of values', () => {
  it('are scalars by their text', () => {
    expect(['a', 7, true, numberFromText('1.0')].map((value) => scalarOf(value))).toEqual(['a', '7', 'true', '1.0']);
    expect([null, undefined, [], {}].map((value) => scalarOf(value))).toEqual(Array(4).fill(undefined));
  });

  it('are plain objects unless they stand for an entity or a number', () => {
    expect(isPlainObject({ a: 1 })).toBe(true);
    expect(
      [{ $ref: 'User', key: '1' }, numberFromText('1.0'), [], null, undefined].map((value) => isPlainObject(value)),
    ).toEqual(Array(5).fill(false));
    expect([isList([]), isList({}), isList(undefined)]).toEqual([true, false, false]);
  });
});
