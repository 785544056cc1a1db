import { describe, expect, it } from 'vitest';
import { inferEffects } from '../../../../src/core/compiler/effects/effects.ts';
import { groupOutcomes } from '../../../../src/core/compiler/outcomes/outcome-groups.ts';
import { inferReply, type ReplyDraft } from '../../../../src/core/compiler/replies/replies.ts';
import { contextOf, makeNote, readNote } from '../../../support/effect-context.ts';
import {
  created,
  mistakes,
  ok,
  toy,
  TOY_ORIGIN,
  type Dice,
  type MakeToy,
  type ToyHandler,
  type ToyClient,
} from '../../../support/toy-recording.ts';
import { collection, walk, type Item, type Walk } from '../../../support/toy-services.ts';
import type { Line } from '../../../support/written-recording.ts';

/** What the most frequent outcome of a route answers. */
function replyOf(lines: readonly Line[], route: string): ReplyDraft {
  const context = contextOf(lines);
  const [outcome] = groupOutcomes(context.evidence.byRoute.get(route)!);
  return inferReply(context, outcome!, inferEffects(context, outcome!.calls));
}

const makes = [1, 2, 3, 4].map((id) => makeNote(id, {}, {}));

describe('a reply', () => {
  it('shows an entity by its view', () => {
    expect(replyOf([...makes, readNote(1, {}), readNote(2, {})], 'GET /notes/{note}').body).toEqual({
      $view: 'full',
      of: 'note',
    });
    expect(replyOf([...makes, readNote(1, {})], 'POST /notes').body).toEqual({ $view: 'full', of: 'made' });
  });

  it('shows a list by its query, and its total, in an envelope', () => {
    const shown = (...ids: number[]): object[] => ids.map((id) => readNote(id, {}).answer as object);
    const lines: Line[] = [
      ...makes,
      { ask: 'GET /notes', answer: { items: shown(1, 2, 3, 4), total: 4, more: false } },
      { ask: 'GET /notes?limit=2', answer: { items: shown(1, 2), total: 4, more: true } },
      { ask: 'GET /notes?limit=3', answer: { items: shown(1, 2, 3), total: 4, more: true } },
      { ask: 'DELETE /notes/4', status: 204 },
      { ask: 'GET /notes?limit=9', answer: { items: shown(1, 2, 3), total: 3, more: false } },
      readNote(1, {}),
    ];
    const { body, query } = replyOf(lines, 'GET /notes');
    expect(query).toMatchObject({ type: 'Note', page: { size: 'limit' } });
    expect(body).toEqual({
      items: { $each: 'list.items', as: 'x', do: { $view: 'full', of: 'x' } },
      total: 'list.total',
      more: 'list.hasMore',
    });
  });

  it('is a constant where it never varies, and takes from the request what it repeats', () => {
    const missing = (id: number): Line => ({
      ask: `GET /notes/${id}`,
      status: 404,
      answer: { code: 'gone', message: `note ${id} not found`, docs: null },
    });
    expect(replyOf([...makes, missing(71), missing(85), missing(93)], 'GET /notes/{note}').body).toEqual({
      code: '"gone"',
      message: '"note " + string(path.note) + " not found"',
      docs: 'null',
    });
  });

  it('may be text', () => {
    const ping = (text: string): Line => ({ ask: `GET /echo?word=${text}`, text: `you said ${text}` });
    const reply = replyOf([ping('milk'), ping('tax'), ping('bike')], 'GET /echo');
    expect(reply).toMatchObject({ body: undefined, text: '"you said " + string(query.word)' });
  });

  it('has no body where none was ever sent', () => {
    const lines: Line[] = [...makes, { ask: 'DELETE /notes/1', status: 204 }, { ask: 'DELETE /notes/2', status: 204 }];
    expect(replyOf(lines, 'DELETE /notes/{note}')).toMatchObject({ status: 204, body: undefined, text: undefined });
  });

  it('carries headers that say something, and none of the connection', () => {
    const lines = [1, 2, 3].map((id): Line => ({
      ...makeNote(id, {}, {}),
      answerHeaders: { location: `/notes/${id}`, date: `day ${id}`, connection: 'keep-alive', 'x-version': '7' },
    }));
    const { headers } = replyOf([...lines, readNote(1, {})], 'POST /notes');
    expect(Object.fromEntries(headers.map(({ name, value }) => [name, value]))).toEqual({
      'content-type': '"application/json"',
      location: '"/notes/" + string(made.id)',
      'x-version': '"7"',
    });
  });

  it('gives cookies a new value each time, and only where the original does', () => {
    const values = ['a1b2c3d4e5', '99aa01bcf7', '0f1e2d3c4b', '7a6b5c4d3e', '1029384756', 'b1c2d3e4f5'];
    const lines = values.map((value, i): Line => ({
      ask: `GET /ping?n=${i}${i % 2 === 0 ? '&remember=1' : ''}`,
      answer: { ok: true },
      answerHeaders: i % 2 === 0 ? { 'set-cookie': `seen=${value}; path=/; HttpOnly` } : {},
    }));
    const cookie = replyOf(lines, 'GET /ping').headers.find(({ name }) => name === 'set-cookie')?.value;
    expect(cookie).toMatch(
      /^\(query\.remember != missing \? "seen=" \+ gen\(".*"\) \+ "; path=\/; HttpOnly" : missing\)$/,
    );
  });

  it('makes up what is made up anew each time', () => {
    const lines = ['a1b2c3d4', '99aa01bc', '0f1e2d3c', '7a6b5c4d'].map((request_id, i): Line => ({
      ask: `GET /ping?n=${i}`,
      answer: { ok: true, request_id },
    }));
    expect(replyOf(lines, 'GET /ping').body).toMatchObject({
      ok: 'true',
      request_id: expect.stringMatching(/^gen\(/) as unknown,
    });
  });
});

describe('a clone', () => {
  const plan: Walk = { path: '/notes', create: (dice: Dice) => ({ title: dice.word() }), deletions: 0.2 };

  it('wraps things in the envelopes of the original, counts them, and says where new ones are', () => {
    const makeToy: MakeToy = () => {
      const { items, handlers } = collection('/notes');
      const missing = { status: 404, body: { errors: [{ status: '404', title: 'Not Found' }] } };
      const wrapped =
        (name: string): ToyHandler =>
        (request) => {
          const answer = handlers[name]!(request);
          return answer.status < 300
            ? { ...answer, body: { data: answer.body, meta: { origin: TOY_ORIGIN } } }
            : missing;
        };
      return toy({
        ...handlers,
        'GET /notes': () => ok({ data: [...items.values()], meta: { count: items.size } }),
        'POST /notes': (request) => {
          const { body } = handlers['POST /notes']!(request);
          return {
            ...created({ data: body as unknown, meta: { origin: TOY_ORIGIN } }),
            headers: { location: `${TOY_ORIGIN}/notes/${String((body as Item)['id'])}` },
          };
        },
        'GET /notes/{key}': wrapped('GET /notes/{key}'),
        'PATCH /notes/{key}': wrapped('PATCH /notes/{key}'),
        'DELETE /notes/{key}': (request) =>
          handlers['DELETE /notes/{key}']!(request).status === 204
            ? ok({ deleted: true, id: Number(request.params['key']) })
            : missing,
      });
    };
    expect(mistakes(makeToy, walk(plan, 91, 100), walk(plan, 92, 60))).toEqual([]);
  });

  it('says of a deletion whether there was anything to delete', () => {
    const makeToy: MakeToy = () => {
      const { handlers } = collection('/notes');
      return toy({
        ...handlers,
        'DELETE /notes/{key}': (request) =>
          ok({ count: handlers['DELETE /notes/{key}']!(request).status === 204 ? 1 : 0 }),
      });
    };
    const often: Walk = { ...plan, deletions: 0.3 };
    expect(mistakes(makeToy, walk(often, 95, 80), walk(often, 96, 50))).toEqual([]);
  });

  it('tells a list that nobody may see from one that is empty', () => {
    const makeToy: MakeToy = () => {
      const { handlers } = collection('/notes', { seed: [{ id: 1, title: 'milk' }] });
      return toy({
        ...handlers,
        'GET /notes': (request) =>
          request.header['authorization'] === undefined
            ? { status: 401, body: { message: 'who are you?', causes: [] } }
            : handlers['GET /notes']!(request),
      });
    };
    const script = (client: ToyClient): void => {
      for (const title of ['tax', 'bike', 'rent']) {
        client.post('/notes', { title }, { authorization: 'Bearer toy' });
        client.get('/notes', { authorization: 'Bearer toy' });
        client.get('/notes');
      }
    };
    expect(mistakes(makeToy, script, script)).toEqual([]);
  });

  it('answers batches of one status as the original does', () => {
    const makeToy: MakeToy = () =>
      toy({
        'POST /sum': ({ body }) =>
          ok({ ok: true, count: (body.items as unknown[]).length, items: body.items as unknown }),
        'GET /version': () => ({ status: 200, text: 'toy 1.0' }),
      });
    const lesson = (client: ToyClient): void => {
      for (const items of [['a'], ['b', 'c'], [], ['d', 'e', 'f']]) client.post('/sum', { items });
      client.get('/version');
    };
    const exam = (client: ToyClient): void => {
      client.post('/sum', { items: ['x', 'y', 'z', 'w'] });
      client.get('/version');
    };
    expect(mistakes(makeToy, lesson, exam)).toEqual([]);
  });
});
