import { describe, expect, it } from 'vitest';
import {
  creations,
  explainCreation,
  explainImplicit,
  implicitGroups,
  type ImplicitGroup,
} from '../../../../src/core/compiler/effects/creations.ts';
import type { CreateDraft } from '../../../../src/core/compiler/effects/effect-draft.ts';
import { iso, TOY_START } from '../../../support/toy-recording.ts';
import { contextOf, effectsOf, makeNote, readNote } from '../../../support/effect-context.ts';
import type { Line } from '../../../support/written-recording.ts';

const creation = (lines: readonly Line[], route = 'POST /notes'): CreateDraft =>
  effectsOf(lines, route).effects.find(({ kind }) => kind === 'create') as CreateDraft;

describe('a creation', () => {
  it('takes what was sent, makes up the id, and reads the clock', () => {
    const at = (second: number): object => ({ hidden: 0, created_at: iso(1_772_355_600_000 + second * 1000) });
    const lines = [1, 2, 3, 4].map((id) => makeNote(id, { noise: id * 7 }, at(id - 1)));
    const { set, lets, from } = creation([...lines, readNote(1, at(0))]);
    expect(from).toBeUndefined();
    expect(Object.fromEntries(set)).toEqual({ id: 'new_id', title: 'body.title', created_at: 'now("iso-ms")' });
    expect(Object.fromEntries(lets)).toEqual({ new_id: 'gen("Note.id")' });
  });

  it('falls back to a default where nothing was sent', () => {
    const { set } = creation([
      makeNote(1, { state: 'open', x: 1 }, { state: 'open' }),
      makeNote(2, {}, { state: 'new' }),
      makeNote(3, { state: 'done' }, { state: 'done' }),
      makeNote(4, {}, { state: 'new' }),
      readNote(1, { state: 'open' }),
    ]);
    expect(set.get('state')).toBe('coalesce(body.state, "new")');
  });

  it('numbers things by a counter, though something that was always 0, plus one, is what all were numbered', () => {
    const begin = (name: string): Line[] => [
      { ask: 'POST /lists', body: { name }, status: 201, answer: { name, stars: 0 } },
      { ask: `GET /lists/${name}`, answer: { name, stars: 0 } },
      { ask: `POST /lists/${name}/items`, body: { text: name }, status: 201, answer: { number: 1, text: name } },
      { ask: `GET /lists/${name}/items/1`, answer: { number: 1, text: name } },
    ];
    const { set, lets } = creation(['work-1', 'home-2', 'boat-3'].flatMap(begin), 'POST /lists/{list}/items');
    expect([set.get('number'), lets.get('new_number')]).toEqual(['new_number', 'gen("Item.number")']);
  });

  it('takes what was sent rather than a constant where both fit every example', () => {
    const lines = [1, 2, 3].map((id) => makeNote(id, { colour: 'red', x: 1 }, { colour: 'red' }));
    expect(creation([...lines, readNote(1, { colour: 'red' })]).set.get('colour')).toBe('body.colour');
  });

  it('gives what no answer showed of such things the value that all others had when they were made', () => {
    const lines = ['pie', 'soup', 'stew', 'cake'].flatMap((name): Line[] => [
      { ask: 'POST /recipes', body: { name, serves: 4 }, status: 201, answer: { name, serves: 4 } },
      { ask: `GET /recipes/${name}`, answer: { name, serves: 4, votes: 0 } },
      { ask: `PUT /recipes/${name}`, body: { votes: 7 }, answer: { name, serves: 4, votes: 7 } },
      {
        ask: `POST /recipes/${name}/copies`,
        body: { name: `new-${name}` },
        status: 201,
        answer: { name: `new-${name}`, serves: 4 },
      },
      { ask: 'GET /recipes', answer: [{ name: `new-${name}`, serves: 4 }] },
    ]);
    expect(creation(lines, 'POST /recipes/{recipe}/copies').set.get('votes')).toBe('0');
  });

  it('leaves out what is there only when it was sent', () => {
    const { set } = creation([
      makeNote(1, { due: 'monday', x: 1 }, { due: 'monday' }),
      makeNote(2, {}, {}),
      makeNote(3, { due: 'friday' }, { due: 'friday' }),
      makeNote(4, {}, {}),
      readNote(1, { due: 'monday' }),
    ]);
    expect(set.get('due')).toBe('body.due');
  });
});

describe('new things in the answers of a route', () => {
  const lines = [makeNote(1, {}, {}), makeNote(2, {}, {}), readNote(1, {}), readNote(7, {})];

  it('are found where writes keep showing them', () => {
    const context = contextOf(lines);
    const found = creations(context.evidence, context.evidence.calls);
    expect([...found].map(([site, sightings]) => [site, [...sightings.keys()]])).toEqual([
      ['POST /notes 201 $', [0, 1]],
    ]);
  });

  it('are explained by site', () => {
    const context = contextOf(lines);
    const [[site, sightings]] = [...creations(context.evidence, context.evidence.calls)] as [[string, never]];
    expect(explainCreation(context, site, sightings)).toMatchObject({
      kind: 'create',
      site: 'POST /notes 201 $',
      when: undefined,
    });
  });
});

describe('things made unseen', () => {
  const at = (second: number): string => iso(TOY_START + second * 1000);
  const order = (id: number, state: string): object => ({ id, state });
  const patch = (id: number, state: string): Line => ({
    ask: `PATCH /orders/${id}`,
    body: { state },
    answer: order(id, state),
  });
  const row = (id: number, what: string, second: number): object => ({ id, what, created_at: at(second) });
  const lines: Line[] = [
    ...[1, 2, 3].map((id): Line => ({
      ask: 'POST /orders',
      body: { n: id * 7 },
      status: 201,
      answer: order(id, 'open'),
    })),
    patch(1, 'paid'),
    { ask: 'GET /orders/1/events', answer: [row(1, 'paid', 3)] },
    patch(2, 'sent'),
    { ask: 'GET /orders/2/events', answer: [row(2, 'sent', 5)] },
    patch(3, 'lost'),
    { ask: 'GET /orders/3/events', answer: [row(3, 'lost', 7)] },
  ];

  it('are grouped by type and by the call that made them', () => {
    const { evidence } = contextOf(lines);
    const groups = implicitGroups(evidence, evidence.calls);
    expect(groups.map(({ type, births }) => [type.name, [...births.keys()]])).toEqual([['Event', [3, 5, 7]]]);
  });

  it('are explained by the write that made them', () => {
    const context = contextOf(lines);
    const calls = context.evidence.byRoute.get('PATCH /orders/{order}')!;
    const [{ type, births }] = implicitGroups(context.evidence, calls) as [ImplicitGroup];
    const draft = explainImplicit(context, calls, type, births, new Map());
    expect(draft).toMatchObject({ kind: 'create', site: '', when: undefined });
    expect(Object.fromEntries(draft!.set)).toMatchObject({ what: 'body.state', created_at: 'now("iso-ms")' });
  });
});
