import { describe, expect, it } from 'vitest';
import {
  addAttributeSources,
  boundLife,
  groupByRoute,
  livesByKey,
  principalOf,
  requestSources,
  routeOf,
  type Evidence,
} from '../../../src/core/compiler/evidence.ts';
import type { Sources } from '../../../src/core/compiler/explain/samples.ts';
import { Dice, mistakes, notFound, ok, toy, type MakeToy, type ToyClient } from '../../support/toy-recording.ts';
import { collection, type Item } from '../../support/toy-services.ts';
import { analysed, type Line } from '../../support/written-recording.ts';

const list = (id: string): object => ({ id, name: `list ${id}`, kind: 'plain' });
const note = (id: number, more: object = {}): object => ({ id, text: `note ${id}`, done: false, ...more });
const lines: Line[] = [
  { ask: 'GET /lists', answer: [list('work-1'), list('home-2')] },
  { ask: 'GET /lists/work-1', answer: list('work-1') },
  { ask: 'POST /notes', body: { text: 'note 7', list: 'work-1' }, status: 201, answer: note(7, { list: 'work-1' }) },
  { ask: 'POST /notes', body: { text: 'note 8', list: 'home-2' }, status: 201, answer: note(8, { list: 'home-2' }) },
  { ask: 'GET /notes/7?pretty=1', answer: note(7, { list: 'work-1' }), headers: { authorization: 'Bearer ada' } },
  { ask: 'DELETE /lists/home-2', status: 204 },
  { ask: 'POST /notes', body: { text: 'note 9', list: 'home-2' }, status: 422, answer: { error: 'no such list' } },
];

const bindingsOf = (evidence: Evidence, route: string): unknown =>
  evidence.bindings.get(route)?.map(({ name, type, attributes, values }) => [name, type.name, attributes, values]);

describe('a route', () => {
  it('names the entities of its path', () => {
    expect(bindingsOf(analysed(lines), 'GET /notes/{note}')).toEqual([['note', 'Note', ['id'], ['path.note']]]);
  });

  it('names the entity that a member of its body refers to', () => {
    expect(bindingsOf(analysed(lines), 'POST /notes')).toEqual([['list2', 'List', ['id'], ['body.list']]]);
  });

  it('names the entity that a member of its body refers to within the scope of its path', () => {
    const stone = (number: number): object => ({ number, title: `stone ${number}`, open: true });
    const walk = (name: string): Line[] => [
      { ask: 'POST /projects', body: { name }, status: 201, answer: { name, kind: 'plain' } },
      { ask: `GET /projects/${name}`, answer: { name, kind: 'plain' } },
      ...votes(`projects/${name}`),
    ];
    const votes = (project: string): Line[] => [
      ...[1, 2].map((number) => ({
        ask: `POST /${project}/stones`,
        body: { title: `stone ${number}` },
        status: 201,
        answer: stone(number),
      })),
      { ask: `GET /${project}/stones/1`, answer: stone(1) },
      { ask: `POST /${project}/votes`, body: { stone: 2 }, status: 204 },
      { ask: `POST /${project}/votes`, body: { stone: 7 }, status: 422 },
    ];
    const evidence = analysed(['work-1', 'home-2', 'boat-3'].flatMap(walk));
    const route = 'POST /projects/{project}/votes';
    expect(bindingsOf(evidence, route)).toContainEqual([
      'stone',
      'Stone',
      ['$project', 'number'],
      ['path.project', 'body.stone'],
    ]);
    const binding = evidence.bindings.get(route)!.find(({ name }) => name === 'stone')!;
    const [good, bad] = evidence.calls.slice(5);
    expect([good, bad].map((call) => boundLife(evidence, call!, binding)?.key)).toEqual(['work-1/2', undefined]);
  });

  it('names nothing by numbers that happen to be small', () => {
    const evidence = analysed([
      { ask: 'GET /lists/1', answer: { id: 1, name: 'a', kind: 'x' } },
      { ask: 'GET /lists/2', answer: { id: 2, name: 'b', kind: 'x' } },
      { ask: 'POST /votes', body: { points: 1 }, status: 204 },
      { ask: 'POST /votes', body: { points: 2 }, status: 204 },
    ]);
    expect(bindingsOf(evidence, 'POST /votes')).toEqual([]);
  });

  it('groups its calls, in order', () => {
    const { calls, routes } = analysed(lines);
    expect([...groupByRoute(calls, routes)].map(([id, group]) => [id, group.map(({ index }) => index)])).toContainEqual(
      ['POST /notes', [2, 3, 6]],
    );
  });
});

describe('the entity that a binding names', () => {
  it('is the one alive before the call', () => {
    const evidence = analysed(lines);
    const [binding] = evidence.bindings.get('POST /notes')!;
    expect([2, 3, 6].map((index) => boundLife(evidence, evidence.calls[index]!, binding!)?.key)).toEqual([
      'work-1',
      'home-2',
      undefined,
    ]);
  });

  it('is found by its key among all lives', () => {
    const evidence = analysed(lines);
    expect(livesByKey(evidence, 'List', 'home-2').map(({ diedAt }) => diedAt)).toEqual([5]);
    expect(livesByKey(evidence, 'List', 'none')).toEqual([]);
    expect(livesByKey(evidence, 'Note', 'home-2')).toEqual([]);
  });
});

describe('what a rule can read', () => {
  it('is the request, who asks, and what the path names, as it was before', () => {
    const evidence = analysed(lines);
    const call = evidence.calls[4]!;
    const sources = requestSources(evidence, call);
    const value = (expression: string): unknown => sources.get(expression)?.value;
    expect(routeOf(evidence, call).id).toBe('GET /notes/{note}');
    expect(principalOf(evidence, call).id).toBe('principal-1');
    expect(['path.note', 'query.pretty', 'principal.id', 'note.text', 'ref(note)', 'body'].map(value)).toEqual([
      '7',
      '1',
      'principal-1',
      'note 7',
      { $ref: 'Note', key: '7' },
      undefined,
    ]);
  });

  it('never is what the answer itself shows', () => {
    const evidence = analysed([
      ...lines,
      { ask: 'PATCH /notes/7', body: { text: 'new' }, answer: note(7, { text: 'new', list: 'work-1' }) },
    ]);
    const sources = requestSources(evidence, evidence.calls.at(-1)!);
    expect(sources.get('note.text')?.value).toBe('note 7');
    expect(sources.get('body.text')?.value).toBe('new');
  });

  it('leads through refs to the entities behind them', () => {
    const user = (id: number): object => ({ id, login: `user${id}`, mail: `u${id}@x.example` });
    const evidence = analysed([
      { ask: 'GET /users/1', answer: user(1) },
      { ask: 'GET /users/2', answer: user(2) },
      { ask: 'GET /notes/7', answer: note(7, { owner: user(1) }) },
    ]);
    const sources: Sources = new Map();
    addAttributeSources(evidence, sources, 'it', { owner: { $ref: 'User', key: '2' }, text: 'x' }, 3, 1);
    expect(sources.get('deref(it.owner).login')?.value).toBe('user2');
    expect(sources.get('it.text')?.value).toBe('x');
    expect(sources.get('deref(it.text).login')).toBeUndefined();
  });
});

describe('a clone of a service whose requests name their subject in the body', () => {
  it('finds the subject there, in requests that were not recorded too', () => {
    const makeToy: MakeToy = () => {
      const channels = new Map(
        ['C101', 'C202', 'C303'].map((id): [string, Item] => [id, { id, name: `#${id}`, topic: '' }]),
      );
      const find = (id: string): Item | undefined => channels.get(id);
      return toy({
        'POST /channels.info': ({ body }) => {
          const channel = find(body.channel);
          return channel === undefined ? ok({ ok: false, error: 'channel_not_found' }) : ok({ ok: true, channel });
        },
        'POST /channels.setTopic': ({ body }) => {
          const channel = find(body.channel);
          if (channel === undefined) return ok({ ok: false, error: 'channel_not_found' });
          channel['topic'] = body.topic;
          return ok({ ok: true, channel });
        },
        'GET /channels.list': () => ok({ ok: true, channels: [...channels.values()] }),
        'GET /x': () => notFound,
      });
    };
    const lesson = (client: ToyClient): void => {
      client.get('/channels.list');
      for (const channel of ['C101', 'C202', 'C999', 'C303', 'C998']) client.post('/channels.info', { channel });
      for (const [channel, topic] of [
        ['C101', 'tea'],
        ['C202', 'rain'],
        ['C997', 'none'],
        ['C101', 'milk'],
        ['C996', 'x'],
        ['C303', 'sun'],
      ] as const) {
        client.post('/channels.setTopic', { channel, topic });
        client.post('/channels.info', { channel });
      }
      client.get('/channels.list');
    };
    const exam = (client: ToyClient): void => {
      client.post('/channels.setTopic', { channel: 'C303', topic: 'moon' });
      client.post('/channels.info', { channel: 'C101' });
      client.post('/channels.setTopic', { channel: 'C555', topic: 'moon' });
      client.post('/channels.info', { channel: 'C303' });
      client.get('/channels.list');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});

describe('a clone of a service where references must lead somewhere', () => {
  it('refuses what names nothing that lives', () => {
    const makeToy: MakeToy = () => {
      const dice = new Dice(5);
      const lists = collection('/lists', { key: 'code', nextKey: () => `list_${dice.text(10)}` });
      const notes = collection('/notes');
      return toy({
        ...lists.handlers,
        ...notes.handlers,
        'POST /notes': (request) =>
          lists.items.has(request.body.list)
            ? notes.handlers['POST /notes']!(request)
            : { status: 422, body: { error: 'no such list' } },
      });
    };
    const makeLists = (client: ToyClient, names: string): string[] =>
      [...names].map((name) => String(client.post('/lists', { name }).body.code));
    const lesson = (client: ToyClient): void => {
      const codes = makeLists(client, 'abc');
      client.get(`/lists/${codes[0]!}`);
      for (const [at, list] of [...codes, 'list_90x', ...codes, 'list_91x', 'list_92x'].entries())
        client.post('/notes', { text: `t${at}`, list });
      client.delete(`/lists/${codes[1]!}`);
      for (const list of [codes[1]!, codes[2]!, codes[1]!]) client.post('/notes', { text: 'late', list });
      client.get('/notes');
      client.get('/notes/2');
    };
    const exam = (client: ToyClient): void => {
      const codes = makeLists(client, 'pqrs');
      for (const list of [codes[3]!, 'list_77', codes[0]!]) client.post('/notes', { text: 'new', list });
      client.delete(`/lists/${codes[0]!}`);
      client.post('/notes', { text: 'late', list: codes[0]! });
      client.get('/notes');
    };
    expect(mistakes(makeToy, lesson, exam, /list_[0-9a-f]{10}/)).toEqual([]);
  });
});
