import { describe, expect, it } from 'vitest';
import { poolGuards, unknownPathRules } from '../../../../src/core/compiler/outcomes/pooling.ts';
import type { Route, Rule } from '../../../../src/core/model/clone-model.ts';
import { cloneClient, mistakes, recordToy, toy, type MakeToy, type ToyClient } from '../../../support/toy-recording.ts';
import { compile } from '../../../../src/core/compiler/compile.ts';
import { collection } from '../../../support/toy-services.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const note = (id: number): object => ({ id, title: `t${id}` });
const lines: Line[] = [
  { ask: 'POST /notes', body: { title: 't1' }, status: 201, answer: note(1) },
  { ask: 'POST /notes', body: { title: 't2' }, status: 201, answer: note(2) },
  { ask: 'GET /notes/1', answer: note(1) },
  { ask: 'GET /notes/9', status: 404, answer: { error: 'not found' } },
  { ask: 'PATCH /notes/1', body: { title: 'x' }, answer: { id: 1, title: 'x' } },
  { ask: 'DELETE /notes/2', status: 204 },
];

const rule = (id: string, when: string, status: number): Rule => ({
  id,
  when,
  reply: { status, body: { error: '"e"' } },
});
const route = (method: string, guards: readonly Rule[], bound = true): Route => ({
  id: `${method} /notes/{note}`,
  method,
  path: '/notes/{note}',
  ...(bound ? { bindings: [{ name: 'note', type: 'Note', key: ['path.note'] }] } : {}),
  guards,
  cases: [{ id: `${method} ok`, reply: { status: 200 } }],
});

describe('the guard against a subject that is not there', () => {
  const missing = rule('get', 'note == missing', 404);

  it('is lent to routes that were never recorded without one', () => {
    const [, patch] = poolGuards(analysed(lines), [route('GET', [missing]), route('PATCH', [])]);
    expect(patch?.guards).toEqual([
      { id: 'PATCH /notes/{note} no-note', when: 'note == missing', reply: missing.reply, provenance: 'pooled' },
    ]);
  });

  it('never overrides what a route showed itself', () => {
    const own = rule('patch', 'note == missing', 410);
    expect(poolGuards(analysed(lines), [route('GET', [missing]), route('PATCH', [own])])[1]?.guards).toEqual([own]);
  });

  it('is the one that most routes have', () => {
    const gone = rule('gone', 'note == missing', 410);
    const routes = [route('GET', [missing]), route('PUT', [gone]), route('POST', [missing]), route('PATCH', [])];
    expect(poolGuards(analysed(lines), routes)[3]?.guards?.[0]?.reply.status).toBe(404);
  });

  it('is not lent to a route that was seen to work without its subject', () => {
    const upsert: Line[] = [...lines, { ask: 'PUT /notes/77', body: { title: 'new' }, answer: note(77) }];
    expect(poolGuards(analysed(upsert), [route('GET', [missing]), route('PUT', [])])[1]?.guards).toEqual([]);
  });

  it('is lent only where everything that its reply reads exists', () => {
    const says = (id: string, text: string): Rule => ({
      id,
      when: 'note == missing',
      reply: { status: 404, body: { error: text }, headers: [{ name: 'x-error', value: '"404"' }] },
    });
    const named = says('named', '"no draft " + path.draft');
    const plain = says('plain', '"no note " + path.note');
    const lend = (...guards: Rule[]): unknown =>
      poolGuards(analysed(lines), [...guards.map((guard) => route('GET', [guard])), route('PATCH', [])]).at(-1)
        ?.guards?.[0]?.reply;
    expect(lend(named)).toBeUndefined();
    expect(lend(named, named, plain)).toEqual(plain.reply);
  });

  it('is not lent where no route has one, or where nothing is named', () => {
    const routes = [route('GET', []), route('PATCH', [])];
    expect(poolGuards(analysed(lines), routes)).toEqual(routes);
    expect(poolGuards(analysed(lines), [route('GET', [missing]), route('PATCH', [], false)])[1]?.guards).toEqual([]);
  });
});

describe('the guard against those who do not say who they are', () => {
  const anonymous = rule('auth', 'principal.id == "anonymous"', 401);
  const signed = lines.map((line) => ({ ...line, headers: { authorization: 'ada' } }));

  it('is lent to a route that writes where two others that write have it', () => {
    const routes = [route('POST', [anonymous]), route('PUT', [anonymous]), route('PATCH', []), route('GET', [])];
    const [, , patch, get] = poolGuards(analysed(signed), routes);
    expect(patch?.guards?.map(({ when, provenance }) => [when, provenance])).toEqual([
      ['principal.id == "anonymous"', 'pooled'],
    ]);
    expect(get?.guards).toEqual([]);
  });

  it('comes before what the route refuses for other reasons', () => {
    const taken = rule('taken', 'body.title == "x"', 422);
    const routes = [route('POST', [anonymous]), route('PUT', [anonymous]), route('PATCH', [taken])];
    expect(poolGuards(analysed(signed), routes)[2]?.guards?.map(({ reply }) => reply.status)).toEqual([401, 422]);
  });

  it('is not lent where only one has it, or where a stranger was heard', () => {
    expect(poolGuards(analysed(signed), [route('POST', [anonymous]), route('PATCH', [])])[1]?.guards).toEqual([]);
    const routes = [route('POST', [anonymous]), route('PUT', [anonymous]), route('PATCH', [])];
    expect(poolGuards(analysed(lines), routes)[2]?.guards).toEqual([]);
  });
});

describe('the answer to a path that does not exist', () => {
  it('is the commonest of those to paths that never worked', () => {
    const nowhere = (path: string, error: string): Line => ({ ask: `GET /${path}`, status: 404, answer: { error } });
    const [found, ...more] = unknownPathRules(
      analysed([...lines, nowhere('foo', 'no route'), nowhere('bar', 'no route'), nowhere('baz', 'lost')]),
    );
    expect(found).toMatchObject({
      provenance: 'pooled',
      reply: { status: 404, body: { $literal: { error: 'no route' } } },
    });
    expect(more).toEqual([]);
  });

  it('is unknown where every path worked once', () => {
    expect(unknownPathRules(analysed(lines))).toEqual([]);
  });
});

describe('a clone', () => {
  const makeToy: MakeToy = () => toy({ ...collection('/notes').handlers, ...collection('/plans').handlers });
  const lesson = (client: ToyClient): void => {
    for (const title of ['milk', 'tax', 'bike']) client.post('/notes', { title });
    for (const title of ['rent', 'roof']) client.post('/plans', { title });
    for (const id of [1, 2, 3, 99, 98]) client.get(`/notes/${id}`);
    client.get('/nowhere');
    client.get('/plans/1');
    client.patch('/notes/1', { title: 'ink' });
    client.patch('/plans/2', { title: 'sun' });
    client.delete('/plans/2');
    client.delete('/notes/3');
  };

  it('answers in the way of the API where a route has shown nothing itself', () => {
    const exam = (client: ToyClient): void => {
      client.post('/notes', { title: 'a' });
      client.patch('/notes/50', { title: 'b' });
      client.delete('/notes/50');
      client.get('/plans/50');
      client.patch('/plans/50', { title: 'c' });
      client.delete('/plans/50');
      client.get('/elsewhere');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });

  it('says of such answers that they are pooled', () => {
    const clone = cloneClient(compile([recordToy(makeToy, lesson)]).model);
    expect(clone.get('/notes/50').transition?.provenance).toBe('synthesised');
    expect(clone.delete('/notes/50').transition?.provenance).toBe('pooled');
    expect(clone.get('/elsewhere').transition?.provenance).toBe('pooled');
  });
});
