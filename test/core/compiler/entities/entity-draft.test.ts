import { describe, expect, it } from 'vitest';
import {
  assign,
  collectionOf,
  jaccard,
  leadOf,
  newDraft,
  nounOf,
  type Context,
} from '../../../../src/core/compiler/entities/entity-draft.ts';
import { analysed } from '../../../support/written-recording.ts';

describe('a draft of an entity type', () => {
  const { calls, routes, sites } = analysed([
    { ask: 'GET /notes', answer: [{ id: 1, title: 'a' }, { id: 2 }, { id: 3 }] },
    { ask: 'GET /plans', answer: { id: 9 } },
  ]);
  const context: Context = { calls, routes, sites, drafts: [], owner: new Map() };
  const note = newDraft(context, 'Note', 'id', '/notes/{note}');
  const plan = newDraft(context, 'Plan', 'id', undefined);
  const site = sites.get('GET /notes 200 $[]')!;

  it('begins with its field for a key', () => {
    expect(context.drafts).toEqual([note, plan]);
    expect([note.key, [...note.prefixes], [...plan.prefixes]]).toEqual([['id'], ['/notes/{note}'], []]);
  });

  it('takes the common fields and the keys of a site, once', () => {
    assign(context, note, site);
    assign(context, plan, site);
    expect(context.owner.get(site.id)).toBe(note);
    expect([[...note.fields], [...note.values], [...plan.sites]]).toEqual([['id'], ['1', '2', '3'], []]);
  });
});

describe('words about paths and fields', () => {
  it('name things by the last literal of a path', () => {
    expect(['/repos/{repo}/issues/{issue}', '/repos/{repo}', '/{id}'].map(nounOf)).toEqual([
      'issues',
      'repos',
      'thing',
    ]);
  });

  it('find the collection that an item stands in', () => {
    expect(collectionOf('/repos/{repo}/issues/{issue}')).toBe('/repos/{repo}/issues');
  });

  it('tell what a name holds before the parameter that asks for it', () => {
    expect([leadOf('a/b', 'a/b'), leadOf('/a/b', 'a/b'), leadOf('refs/heads/main', 'main')]).toEqual([
      '',
      '/',
      'refs/heads/',
    ]);
    expect([leadOf('domain', 'main'), leadOf('https://toy.example/1', '1'), leadOf('a', '')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('measure how alike two sets are', () => {
    const of = (text: string): Set<string> => new Set(text);
    expect([
      jaccard(of('abc'), of('abc')),
      jaccard(of('ab'), of('bc')),
      jaccard(of('a'), of('b')),
      jaccard(of(''), of('')),
    ]).toEqual([1, 1 / 3, 0, 0]);
  });
});
