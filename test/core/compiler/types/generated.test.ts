import { describe, expect, it } from 'vitest';
import type { Generator } from '../../../../src/core/model/clone-model.ts';
import {
  birthsOf,
  fitSequence,
  inferGenerator,
  sequenceOf,
  textGenerator,
} from '../../../../src/core/compiler/types/generated.ts';
import { Dice, notFound, created, ok, mistakes, toy, type MakeToy, type Toy } from '../../../support/toy-recording.ts';
import { collection, counter, walk, type Item } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

/** Generator of the ids of notes that are made, and now and then deleted, in the lines. */
function idGenerator(lines: readonly Line[]): Generator | undefined {
  const evidence = analysed(lines);
  const type = evidence.entities.types[0]!;
  return inferGenerator(evidence, type, 'id', birthsOf(evidence, type));
}

const make = (id: unknown): Line => ({
  ask: 'POST /notes',
  body: { title: `t${String(id)}` },
  status: 201,
  answer: { id, title: `t${String(id)}` },
});
const read = (id: unknown): Line => ({ ask: `GET /notes/${String(id)}`, answer: { id, title: `t${String(id)}` } });
const remove = (id: unknown): Line => ({ ask: `DELETE /notes/${String(id)}`, status: 204 });

describe('numbers', () => {
  it('that go up by one are a sequence, which never uses a number twice', () => {
    expect(idGenerator([make(4), make(5), remove(5), make(6), make(7)])).toEqual({
      kind: 'sequence',
      start: 4,
      step: 1,
    });
  });

  it('that come back after the last one was deleted follow the highest living one', () => {
    expect(idGenerator([make(4), make(5), remove(5), make(5), remove(5), make(5), make(6)])).toMatchObject({
      kind: 'max-plus-one',
      type: 'Note',
      attribute: 'id',
    });
  });

  it('that come back within a scope follow the highest living one of that scope', () => {
    const walk = (name: string): Line[] => [
      { ask: 'POST /lists', body: { name }, status: 201, answer: { name, kind: 'plain' } },
      { ask: `GET /lists/${name}`, answer: { name, kind: 'plain' } },
      ...[make(1), make(2), { ask: 'GET /notes/1', answer: make(1).answer }, remove(2), make(2), make(3)].map(
        (line) => ({
          ...line,
          ask: line.ask.replace('/notes', `/lists/${name}/notes`),
        }),
      ),
    ];
    const evidence = analysed(['work-1', 'home-2', 'boat-3'].flatMap(walk));
    const type = evidence.entities.types.find(({ name }) => name === 'Note')!;
    expect(inferGenerator(evidence, type, 'id', birthsOf(evidence, type))).toEqual({
      kind: 'max-plus-one',
      type: 'Note',
      attribute: 'id',
      start: 1,
      scope: ['$list'],
    });
  });

  it('that go on from things that were there begin after them', () => {
    const list: Line = {
      ask: 'GET /notes',
      answer: [
        { id: 40, title: 'old' },
        { id: 41, title: 'older' },
      ],
    };
    expect(idGenerator([list, make(42), make(43), remove(43), make(44)])).toEqual({
      kind: 'sequence',
      start: 42,
      step: 1,
    });
  });

  it('that begin anew in every scope are a sequence for each', () => {
    const issue = (repo: string, number: number): Line => ({
      ask: `POST /repos/${repo}/issues`,
      body: { title: `${repo}${number}` },
      status: 201,
      answer: { number, title: `${repo}${number}` },
    });
    const evidence = analysed([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      issue('red', 1),
      issue('blue', 1),
      issue('red', 2),
      issue('red', 3),
      issue('blue', 2),
      { ask: 'GET /repos/red/issues/2', answer: { number: 2, title: 'red2' } },
    ]);
    const type = evidence.entities.types.find(({ field }) => field === 'number')!;
    expect(inferGenerator(evidence, type, 'number', birthsOf(evidence, type))).toEqual({
      kind: 'sequence',
      start: 1,
      step: 1,
      scope: ['path.repo'],
    });
  });

  it('without any rule have no generator', () => {
    expect(idGenerator([...[910, 14, 377, 52, 845, 6, 91].map(make), read(14)])).toBeUndefined();
  });

  it('without any rule go on from the highest where they are so large that they look made up', () => {
    expect(idGenerator([...[9100412, 1400385, 3770029, 8450377].map(make), read(1400385)])).toMatchObject({
      kind: 'max-plus-one',
    });
  });
});

describe('a sequence that others draw from unseen', () => {
  it('fits when their births fill its gaps', () => {
    const other = (id: string): Line => ({
      ask: 'POST /pulls',
      body: { branch: id },
      status: 201,
      answer: { code: id, branch: id, merged: false },
    });
    const evidence = analysed([
      make(1),
      other('ab1'),
      make(3),
      make(4),
      other('cd2'),
      other('ef3'),
      make(7),
      { ask: 'GET /notes/3', answer: { id: 3, title: 't3' } },
      { ask: 'GET /pulls', answer: [{ code: 'ab1', branch: 'ab1', merged: false }] },
      { ask: 'GET /pulls/ab1', answer: { code: 'ab1', branch: 'ab1', merged: false } },
    ]);
    const [notes, pulls] = ['Note', 'Pull'].map((name) =>
      birthsOf(
        evidence,
        evidence.entities.types.find((type) => type.name === name)!,
      ),
    );
    const own = notes!.map((birth) => ({ birth, value: Number(birth.life.key) }));
    expect(fitSequence(own, []).fit).toBeLessThan(0.5);
    expect(fitSequence(own, pulls!)).toEqual({ fit: 1, scope: [] });
    expect(sequenceOf(own, [])).toEqual({ kind: 'sequence', start: 1, step: 1 });
  });
});

describe('text that was never the same twice', () => {
  it('is a uuid of its version', () => {
    const v4 = ['9b2d7c1e-3f4a-4b5c-8d6e-7f8091a2b3c4', '0c1d2e3f-4a5b-4c6d-9e8f-a0b1c2d3e4f5'];
    const v7 = v4.map((uuid) => `${uuid.slice(0, 14)}7${uuid.slice(15)}`);
    expect(textGenerator(v4)).toEqual({ kind: 'uuid', version: 4 });
    expect(textGenerator(v7)).toEqual({ kind: 'uuid', version: 7 });
  });

  it('keeps its prefix and the smallest class of characters', () => {
    expect(textGenerator(['ord_4f9a01', 'ord_b27c55', 'ord_00d1e8'])).toEqual({
      kind: 'text',
      pattern: [{ literal: 'ord_' }, { alphabet: '0123456789abcdef', length: 6 }],
    });
  });

  it('keeps separators that always stand at the same place', () => {
    expect(textGenerator(['7hq2x-9k4mz', 'w3p8t-2v6nd', 'z1c5r-8b7yf'])).toEqual({
      kind: 'text',
      pattern: [
        { alphabet: '0123456789abcdefghijklmnopqrstuvwxyz', length: 5 },
        { literal: '-' },
        { alphabet: '0123456789abcdefghijklmnopqrstuvwxyz', length: 5 },
      ],
    });
  });

  it('is not made up where it repeats, is prose, or differs in length', () => {
    expect(textGenerator(['ab12cd34', 'ab12cd34'])).toBeUndefined();
    expect(textGenerator(['buy milk', 'see bees'])).toBeUndefined();
    expect(textGenerator(['short1', 'longer23456'])).toBeUndefined();
    expect(textGenerator(['only-words-here'])).toBeUndefined();
  });
});

describe('a clone that makes up ids', () => {
  const hex = (length: number): (() => string) => {
    const dice = new Dice(77);
    return () => dice.text(length);
  };
  const uuid = (): (() => string) => {
    const [a, b, c] = [hex(8), hex(4), hex(3)];
    const tail = hex(12);
    return () => `${a()}-${b()}-4${c()}-a${c()}-${tail()}`;
  };
  const plan = { path: '/notes', create: (dice: Dice) => ({ title: dice.word() }), deletions: 0.2 };
  const notes =
    (nextKey: () => (items: ReadonlyMap<string, Item>) => string | number): MakeToy =>
    () =>
      toy(collection('/notes', { nextKey: nextKey() }).handlers);
  const highest = (items: ReadonlyMap<string, Item>): number => Math.max(0, ...[...items.keys()].map(Number)) + 1;
  const prefixed = (): (() => string) => {
    const next = hex(12);
    return () => `note_${next()}`;
  };
  const counting =
    (print: (value: number) => string): (() => () => string) =>
    () => {
      const next = counter(1);
      return () => print(next());
    };

  it.each<[string, MakeToy, RegExp | undefined]>([
    ['numbers that are never used twice', notes(() => counter(1)), undefined],
    ['numbers that follow the highest', notes(() => highest), undefined],
    ['numbers as text', notes(counting(String)), undefined],
    ['numbers behind a word', notes(counting((value) => `PROJ-${value}`)), undefined],
    ['numbers filled up with zeros', notes(counting((value) => `inv-${String(value).padStart(4, '0')}`)), undefined],
    ['uuids', notes(uuid), /[0-9a-f]{8}-[0-9a-f-]{27}/],
    ['hex of a prefix', notes(prefixed), /note_[0-9a-f]{12}/],
  ])('answers as the original with %s', (_kind, makeToy, made) => {
    expect(mistakes(makeToy, walk(plan, 11, 60), walk(plan, 12, 50), made)).toEqual([]);
  });

  it('takes the id that the client chose where the original does', () => {
    const makeToy = (): Toy => {
      const next = counter(1);
      const items = new Map<string, Item>();
      return toy({
        'POST /notes': ({ body }) => {
          const item = { id: body.id ?? `n${next()}x${1000 + items.size * 7}`, title: body.title };
          items.set(item.id, item);
          return created(item);
        },
        'GET /notes/{id}': ({ params }) => (items.has(params['id']!) ? ok(items.get(params['id']!)) : notFound),
      });
    };
    expect(
      mistakes(
        makeToy,
        (client) => {
          for (const id of ['alpha-1', undefined, 'beta-22', undefined, 'gamma-3', undefined])
            client.post('/notes', { title: `about ${id ?? 'nothing'}`, ...(id === undefined ? {} : { id }) });
          client.get('/notes/beta-22');
          client.get('/notes/none-5');
        },
        (client) => {
          client.post('/notes', { title: 'mine', id: 'delta-4' });
          client.get('/notes/delta-4');
        },
      ),
    ).toEqual([]);
  });
});

describe('an id in the alphabet that leaves out what looks like digits', () => {
  it('is made in that alphabet', () => {
    const ids = ['01KJP7NKKBJAYBMY7ZSKQTGVS7', '01KJPBZQPQSXNEWATVFQHPWPKR', '01KJPXPFDJNZJJC3V1VGQ2Z8SM'];
    expect(textGenerator([...ids, '01KJPS1YQVB339ZB7T9C8T3PBF'])).toEqual({
      kind: 'text',
      pattern: [{ literal: '01KJP' }, { alphabet: '0123456789ABCDEFGHJKMNPQRSTVWXYZ', length: 21 }],
    });
  });
});
