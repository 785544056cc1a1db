import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { folderOf } from '../../../../src/core/compiler/entities/entity-listings.ts';
import {
  Dice,
  mistakes,
  notFound,
  ok,
  recordToy,
  TOY_ORIGIN,
  type MakeToy,
  type ToyAnswer,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { sessions } from '../../../support/toy-services.ts';

/** Pages of a wiki under paths of any depth: chapters come with the pages put into them, and take them along when they go. */
const wiki: MakeToy = () => {
  const pages = new Map<string, { path: string; text?: string; chapter?: true }>();
  let edits = 0;
  const below = (path: string): string[] =>
    [...pages.keys()].filter((other) => folderOf(other) === path).sort((a, b) => (a < b ? -1 : 1));
  const listed = (path: string, deep: boolean): object[] =>
    below(path).map((other) => {
      const inner = deep ? listed(other, true) : [];
      return { ...pages.get(other), ...(inner.length > 0 ? { pages: inner } : {}) };
    });
  const put = (path: string, text: string): ToyAnswer => {
    edits += 1;
    for (let above = folderOf(path); above !== undefined && above !== ''; above = folderOf(above))
      if (!pages.has(above)) pages.set(above, { path: above, chapter: true });
    pages.set(path, { path, text });
    return { status: 201, body: { page: pages.get(path) }, headers: { 'x-edits': String(edits) } };
  };
  return (method, { target, query, body }) => {
    const path = target.split('?')[0]?.replace(/^\/wiki/, '') as string;
    const page = pages.get(path);
    if (method === 'PUT')
      return page?.chapter === true ? { status: 409, body: { error: 'a chapter' } } : put(path, body.text);
    if (method === 'POST') return put(`${path}/${String(edits + 1).padStart(6, '0')}`, body.text);
    if (page === undefined) return notFound;
    if (method === 'DELETE' && below(path).length > 0 && query.all !== 'true')
      return { status: 409, body: { error: 'not empty' } };
    if (method === 'DELETE') {
      for (const other of [...pages.keys()]) if (other === path || other.startsWith(`${path}/`)) pages.delete(other);
      return { status: 200, body: { done: true } };
    }
    const inner = listed(path, query.deep === 'true');
    return ok({ page: { ...page, ...(inner.length > 0 ? { pages: inner } : {}) } });
  };
};

const play = (seed: number, steps: number) => (client: ToyClient) => {
  const dice = new Dice(seed);
  const root = `/wiki/book${seed}`;
  const chapters = [root];
  const paths: string[] = [];
  for (let at = 0; at < steps; at++) {
    const what = dice.throw();
    const chapter = dice.pick(chapters);
    if (what < 0.25 || paths.length === 0) {
      if (dice.chance(0.3)) chapters.push(`${chapter}/${dice.word()}`);
      paths.push(`${dice.pick(chapters)}/${dice.word()}${at}`);
      client.put(paths.at(-1) as string, { text: dice.word() });
    } else if (what < 0.35)
      paths.push(`/wiki${String(client.post(`${root}/notes`, { text: dice.word() }).body.page?.path)}`);
    else if (what < 0.45) client.put(dice.pick(paths), { text: dice.word() });
    else if (what < 0.7) client.get(`${dice.pick(chapters)}${dice.pick(['', '?deep=true', '?deep=true'])}`);
    else if (what < 0.9) client.get(dice.pick(paths));
    else client.delete(`${dice.pick(dice.chance(0.7) ? paths : chapters)}${dice.pick(['', '?all=true'])}`);
  }
};

const lesson = sessions(1, 8, (seed) => play(seed, 40));

describe('a hierarchy', () => {
  it('is told by things listed below what their keys lead through', () => {
    const evidence = analyse([recordToy(wiki, lesson)], TOY_ORIGIN);
    expect(evidence.hierarchies.map(({ type, member }) => [type.key, member])).toEqual([[['path'], 'pages']]);
    const [first, lives] = [...evidence.folderBirths][0] ?? [];
    expect(evidence.calls[first ?? -1]?.method).toBe('PUT');
    expect(lives?.map((life) => life.versions[0]?.attributes['chapter'])).toContain(true);
  });

  it('makes what is above with what is put below, and takes away what is below with what is above', () => {
    const { model } = compile([recordToy(wiki, lesson)]);
    const effects = (method: string): readonly object[] =>
      model.services[0]!.routes.filter((route) => route.method === method).flatMap(({ cases }) =>
        cases.flatMap((rule) => rule.effects ?? []),
      );
    expect(effects('PUT')).toContainEqual({
      kind: 'each',
      in: 'ancestors(made.path)',
      as: 'above',
      do: [expect.objectContaining({ kind: 'create', set: { path: 'above', chapter: 'true' } })],
    });
    expect(effects('DELETE')).toContainEqual(
      expect.objectContaining({ kind: 'delete-where', where: expect.stringContaining('startsWith(x.path, ') }),
    );
  });

  it('shows in the clone what is below, one level or all', () => {
    expect(mistakes(wiki, lesson, play(31, 60))).toEqual([]);
  });

  it('is none where keys with slashes are never listed below one another', () => {
    const flat: MakeToy =
      () =>
      (_, { target }) =>
        ok({ ref: { name: target.slice(1), parts: [{ name: 'a/b' }] } });
    const recording = recordToy(flat, (client) => {
      for (let at = 0; at < 20; at++) client.get(`/refs/heads/topic${at}`);
    });
    expect(analyse([recording], TOY_ORIGIN).hierarchies).toEqual([]);
  });
});
