import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/core/compiler/analyse.ts';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { isEachRoute } from '../../../../src/core/compiler/calls/bulk-calls.ts';
import {
  Dice,
  mistakes,
  ok,
  recordToy,
  TOY_ORIGIN,
  toy,
  type MakeToy,
  type ToyClient,
} from '../../../support/toy-recording.ts';

/** Parts on a shelf: made one by one or many at once, changed, looked up and thrown away many at once. */
const shelf: MakeToy = () => {
  let next = 1;
  const parts = new Map<number, { id: number; label: string; bin: string; used: boolean }>();
  const names = (): Set<string> => new Set([...parts.values()].map(({ label }) => label));
  const make = (label: string, bin: string): { id: number; label: string; bin: string; used: boolean } => {
    const part = { id: next++, label, bin, used: false };
    parts.set(part.id, part);
    return part;
  };
  return toy({
    'GET /parts': () => ok([...parts.values()]),
    'POST /parts': ({ body }) => ({ status: 201, body: make(body.label, body.bin ?? 'floor') }),
    'GET /parts/{id}': ({ params }) => {
      const part = parts.get(Number(params['id']));
      return part === undefined ? { status: 404, body: { error: 'gone' } } : ok(part);
    },
    'POST /parts/import': ({ body }) => {
      const rows = (body.rows as { label: string; bin?: string }[]).map((row) =>
        names().has(row.label)
          ? { label: row.label, error: 'label is taken' }
          : { ok: true, ...make(row.label, row.bin ?? 'floor') },
      );
      return ok({ rows, failed: rows.filter((row) => 'error' in row).length });
    },
    'POST /parts/move': ({ body }) => {
      const results = (body.ids as number[]).map((id) => {
        const part = parts.get(id);
        if (part === undefined) return { id, result: 'not_found' };
        part.bin = body.bin as string;
        return { id, result: 'moved' };
      });
      return ok({ results });
    },
    'POST /parts/batch-remove': ({ body }) => ok((body as number[]).map((id) => ({ id, removed: parts.delete(id) }))),
  });
};

const play = (seed: number, steps: number) => (client: ToyClient) => {
  const dice = new Dice(seed);
  const labels: string[] = [];
  const ids: number[] = [99];
  const bins = ['floor', 'wall', 'desk'];
  const label = (): string => {
    if (labels.length > 0 && dice.chance(0.2)) return dice.pick(labels);
    labels.push(dice.word());
    return labels.at(-1) as string;
  };
  for (let at = 0; at < steps; at++) {
    const some = [...new Set([dice.pick(ids), dice.pick(ids)])];
    const what = dice.throw();
    if (what < 0.15) ids.push(client.post('/parts', { label: `single ${dice.word()}`, bin: dice.pick(bins) }).body.id);
    else if (what < 0.35) {
      const rows = Array.from({ length: 1 + Math.floor(dice.throw() * 3) }, () => ({
        label: label(),
        ...(dice.chance(0.5) ? { bin: dice.pick(bins) } : {}),
      }));
      for (const row of client.post('/parts/import', { rows }).body.rows as { id?: number }[])
        if (row.id !== undefined) ids.push(row.id);
    } else if (what < 0.5) client.post('/parts/move', { ids: some, bin: dice.pick(bins) });
    else if (what < 0.6) client.post('/parts/batch-remove', some);
    else if (what < 0.85) client.get(`/parts/${dice.pick(ids)}`);
    else client.get('/parts');
  }
};

describe('a bulk call', () => {
  it('is taken apart into a call for each element of its list, before itself', () => {
    const recording = recordToy(shelf, (client) => {
      for (let at = 0; at < 4; at++) client.post('/parts/import', { rows: [{ label: `a${at}` }, { label: `b${at}` }] });
    });
    const { calls, routes } = analyse([recording], TOY_ORIGIN);
    expect(calls.slice(0, 3).map(({ index, body, answer }) => ({ index, body, answer }))).toEqual([
      { index: 0, body: { label: 'a0' }, answer: { ok: true, id: 1, label: 'a0', bin: 'floor', used: false } },
      { index: 1, body: { label: 'b0' }, answer: { ok: true, id: 2, label: 'b0', bin: 'floor', used: false } },
      { index: 2, body: { rows: [{ label: 'a0' }, { label: 'b0' }] }, answer: { rows: expect.any(String), failed: 0 } },
    ]);
    expect(routes.slice(0, 3).map(({ id }) => isEachRoute(id))).toEqual([true, true, false]);
  });

  it('does for each element what that alone would do, and tells how each fared', () => {
    expect(mistakes(shelf, play(1, 250), play(2, 60))).toEqual([]);
  });

  it('stands in the model as cases for an element of a list', () => {
    const { model } = compile([recordToy(shelf, play(1, 250))]);
    const rule = model.services[0]!.routes.find(({ id }) => id === 'POST /parts/move')!.cases[0]!;
    expect(rule.each).toMatchObject({ in: 'body.ids', bindings: [{ type: 'Part', key: ['body.item'] }] });
    expect(rule.each?.cases.flatMap(({ effects = [] }) => effects)).toMatchObject([
      { kind: 'merge', target: 'part', set: { bin: 'whole.bin' } },
    ]);
    expect(rule.reply.body).toEqual({ results: 'results' });
  });

  it('is none where a list of the request is a part of one thing', () => {
    const orders: MakeToy = () => {
      let next = 1;
      return toy({
        'POST /orders': ({ body }) =>
          ok({ id: next++, lines: body.lines.map((line: { sku: string }, at: number) => ({ ...line, at })) }),
        'PUT /tags': ({ body }) => ok({ tags: body.tags }),
        'PUT /labels': ({ body }) => ok(body.labels.map((name: string) => ({ name, color: 'red' }))),
      });
    };
    const recording = recordToy(orders, (client) => {
      for (let at = 1; at < 9; at++) {
        client.post('/orders', { lines: Array.from({ length: at % 4 }, (_, i) => ({ sku: `s${at}${i}` })) });
        client.put('/labels', { labels: Array.from({ length: at % 3 }, (_, i) => `t${at}${i}`) });
        client.put('/tags', { tags: Array.from({ length: at % 3 }, (_, i) => `t${at}${i}`) });
      }
    });
    expect(analyse([recording], TOY_ORIGIN).routes.filter(({ id }) => isEachRoute(id))).toEqual([]);
  });
});
