import { describe, expect, it } from 'vitest';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { inferSeed } from '../../../../src/core/compiler/seed/seed.ts';
import { modelTypes } from '../../../../src/core/compiler/types/type-models.ts';
import type { JsonObject } from '../../../../src/core/std/json.ts';
import { created, mistakes, sitExam, toy, type Toy } from '../../../support/toy-recording.ts';
import { collection, walk, type Item } from '../../../support/toy-services.ts';
import { analysed, recordingOf, type Line } from '../../../support/written-recording.ts';

function seedOf(lines: readonly Line[]): Record<string, JsonObject[]> {
  const evidence = analysed(lines);
  return inferSeed(evidence, modelTypes(evidence), new Map());
}

const TITLES = ['milk', 'tax', 'bike', 'call Ada', 'rent', 'seeds', 'roof', 'paint', 'glue', 'tea', 'ink'];
const note = (id: number, more: object = {}): object => ({ id, title: TITLES[id], ...more });
const made: Line[] = [8, 9].map((id) => ({
  ask: 'POST /notes',
  body: { title: TITLES[id] },
  status: 201,
  answer: note(id),
}));

describe('the seed', () => {
  it('holds what was first seen in a read, in the order of keys', () => {
    expect(
      seedOf([
        { ask: 'GET /notes', answer: [note(10), note(2)] },
        { ask: 'GET /notes/5', answer: note(5) },
      ]),
    ).toEqual({
      Note: [note(2), note(5), note(10)],
    });
  });

  it('does not hold what a write made', () => {
    expect(seedOf([...made, { ask: 'GET /notes', answer: [note(3), note(8), note(9)] }])).toEqual({ Note: [note(3)] });
  });

  it('holds things as they were first seen, before anything was written to them', () => {
    expect(
      seedOf([
        { ask: 'GET /notes/1', answer: note(1) },
        { ask: 'GET /notes/2', answer: note(2) },
        { ask: 'PATCH /notes/1', body: { title: 'new' }, answer: { id: 1, title: 'new' } },
        { ask: 'GET /notes/1', answer: { id: 1, title: 'new' } },
      ]),
    ).toEqual({ Note: [note(1), note(2)] });
  });

  it('completes what a list showed by what a read showed before any write', () => {
    expect(
      seedOf([
        { ask: 'GET /notes', answer: [note(1), note(2)] },
        { ask: 'GET /notes/1', answer: note(1, { body: 'long' }) },
        { ask: 'PATCH /notes/2', body: { body: 'mine' }, answer: note(2, { body: 'mine' }) },
      ]),
    ).toEqual({ Note: [note(1, { body: 'long' }), note(2)] });
  });

  it('holds what was deleted before anything else was known of it', () => {
    expect(
      seedOf([
        { ask: 'GET /notes', answer: [note(1), note(2)] },
        { ask: 'DELETE /notes/1', status: 204 },
        { ask: 'GET /notes', answer: [note(2)] },
      ]),
    ).toEqual({ Note: [note(1), note(2)] });
  });

  it('never holds what is computed when it is shown', () => {
    const linked = (id: number): object => note(id, { url: `https://toy.example/notes/${id}` });
    expect(
      seedOf([
        { ask: 'GET /notes', answer: [linked(1), linked(2), linked(3), linked(4)] },
        { ask: 'GET /notes/2', answer: linked(2) },
      ]),
    ).toEqual({ Note: [1, 2, 3, 4].map((id) => note(id)) });
  });

  it('guesses the thing that the first new number follows, where numbers follow the highest', () => {
    const recording = recordingOf([
      { ask: 'POST /notes', body: { title: 'a' }, status: 201, answer: { id: 101, title: 'a' } },
      { ask: 'POST /notes', body: { title: 'b' }, status: 201, answer: { id: 102, title: 'b' } },
      { ask: 'DELETE /notes/102', status: 204 },
      { ask: 'POST /notes', body: { title: 'c' }, status: 201, answer: { id: 102, title: 'c' } },
      { ask: 'DELETE /notes/102', status: 204 },
      { ask: 'POST /notes', body: { title: 'd' }, status: 201, answer: { id: 102, title: 'd' } },
    ]);
    expect(compile([recording]).model.services[0]?.seed).toEqual({ Note: [{ id: 100, $unknown: ['title'] }] });
  });
});

describe('a thing that a write makes of a name', () => {
  // An issue's label comes into being with the first issue that names it: it must not look as if it had always been there.
  const makeToy = (): Toy => {
    const labels = new Map<string, Item>();
    const label = (name: string): Item => {
      const known = labels.get(name) ?? { id: labels.size + 1, name, colour: 'grey' };
      labels.set(name, known);
      return known;
    };
    const issues = collection('/issues', {
      make: (body) => ({ title: body.title, labels: (body.labels ?? []).map(label) }),
    });
    return toy({
      ...issues.handlers,
      'POST /labels': ({ body }) => created(label(body.name)),
      'GET /labels': () => ({ status: 200, body: [...labels.values()] }),
      'GET /labels/{name}': ({ params }) => {
        const known = labels.get(params['name']!);
        return known === undefined ? { status: 404, body: { error: 'not found' } } : { status: 200, body: known };
      },
    });
  };

  it('is no part of the seed', () => {
    const { model } = sitExam(
      makeToy,
      (client) => {
        client.get('/labels');
        client.post('/labels', { name: 'bug' });
        client.post('/issues', { title: 'a', labels: ['bug', 'slow'] });
        client.post('/issues', { title: 'b', labels: ['slow', 'ugly'] });
        client.get('/labels');
        client.get('/labels/slow');
        client.get('/labels/none');
        client.post('/issues', { title: 'c', labels: ['loud'] });
      },
      () => undefined,
    );
    expect(model.services[0]?.seed['Label'] ?? []).toEqual([]);
  });
});

describe('a clone', () => {
  it('begins in the world before the first recorded request', () => {
    const makeToy = (): Toy =>
      toy(
        collection('/notes', { seed: [1, 2, 3].map((id) => ({ id, title: `seed ${id}`, done: id === 2 })) }).handlers,
      );
    const plan = { path: '/notes', create: (dice: { word(): string }) => ({ title: dice.word(), done: false }) };
    expect(
      mistakes(
        makeToy,
        (client) => {
          client.get('/notes');
          walk(plan, 3, 50)(client);
          client.patch('/notes/2', { title: 'changed' });
          client.delete('/notes/1');
          client.get('/notes');
        },
        (client) => {
          for (const id of [1, 2, 3, 4]) client.get(`/notes/${id}`);
          client.post('/notes', { title: 'fourth', done: true });
          client.delete('/notes/2');
          client.get('/notes');
        },
      ),
    ).toEqual([]);
  });
});
