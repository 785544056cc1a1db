import { describe, expect, it } from 'vitest';
import {
  collectSites,
  commonFields,
  scalarText,
  siteId,
  stripSuffix,
  valueAt,
  visitObjects,
  type Site,
} from '../../../../src/core/compiler/entities/sites.ts';
import { normaliseCalls } from '../../../../src/core/compiler/calls/call.ts';
import { inferRoutes } from '../../../../src/core/compiler/entities/routes.ts';
import type { Json } from '../../../../src/core/std/json.ts';
import { TOY_ORIGIN } from '../../../support/toy-recording.ts';
import { recordingOf, type Line } from '../../../support/written-recording.ts';

function sitesOf(lines: readonly Line[]): Map<string, Site> {
  const calls = normaliseCalls([recordingOf(lines)], TOY_ORIGIN);
  return collectSites(calls, inferRoutes(calls));
}

describe('sites', () => {
  it('are told apart by route, status and place in the answer', () => {
    const sites = sitesOf([
      { ask: 'GET /notes', answer: { items: [{ id: 1, by: { login: 'ada' } }, { id: 2 }], total: 2 } },
      { ask: 'POST /notes', status: 201, answer: { id: 3 } },
    ]);
    expect([...sites].map(([id, { nodes }]) => [id, nodes.length])).toEqual([
      ['GET /notes 200 $', 1],
      ['GET /notes 200 $.items[]', 2],
      ['GET /notes 200 $.items[].by', 1],
      ['POST /notes 201 $', 1],
    ]);
  });

  it('are not made of what was refused', () => {
    expect(sitesOf([{ ask: 'GET /notes', status: 422, answer: { error: { id: 1 } } }]).size).toBe(0);
  });

  it('count how many of their objects hold each field', () => {
    const site = sitesOf([{ ask: 'GET /notes', answer: [{ id: 1, title: 'a' }, { id: 2 }, { id: 3 }] }]).get(
      'GET /notes 200 $[]',
    )!;
    expect(site.fields).toEqual(new Map(Object.entries({ id: 3, title: 1 })));
    expect([...commonFields(site)]).toEqual(['id']);
    expect([...commonFields(site, 0.3)]).toEqual(['id', 'title']);
  });

  it('go by the path without its suffix', () => {
    expect(sitesOf([{ ask: 'GET /notes.json', answer: { id: 1 } }]).get('GET /notes.json 200 $')?.path).toBe('/notes');
    expect(['/a.json', '/a.tar', '/a/{b}.xml'].map(stripSuffix)).toEqual(['/a', '/a.tar', '/a/{b}']);
  });

  it('are named like the routes they stand in', () => {
    const calls = normaliseCalls([recordingOf([{ ask: 'GET /notes' }])], TOY_ORIGIN);
    expect(siteId(inferRoutes(calls)[0]!, 200, '$.a[]')).toBe('GET /notes 200 $.a[]');
  });
});

describe('objects in a document', () => {
  it('are visited down to a depth, so that no document is too deep', () => {
    let deep: Json = { id: 1 };
    for (let level = 0; level < 500; level++) deep = { inner: deep };
    const seen: string[] = [];
    visitObjects(deep, '$', 12, (_value, pattern) => seen.push(pattern));
    expect(seen).toHaveLength(12);
  });
});

describe('text of a scalar', () => {
  it('is its own text for text and numbers that can name something', () => {
    expect([scalarText('a'), scalarText(7), scalarText('')]).toEqual(['a', '7', undefined]);
    expect([null, true, [1], { a: 1 }].map((value) => scalarText(value))).toEqual(Array(4).fill(undefined));
    expect(scalarText('x'.repeat(301))).toBeUndefined();
  });
});

describe('a value at a path', () => {
  it('is found through members of objects alone, never in what they inherit', () => {
    const value = { a: { b: 1 }, list: [{ c: 2 }] };
    expect(['a.b', 'a', 'a.x', 'list.c', 'a.constructor', 'toString'].map((path) => valueAt(value, path))).toEqual([
      1,
      { b: 1 },
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
