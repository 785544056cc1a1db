import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/core/compiler/compile.ts';
import type { Exchange } from '../../../src/core/exchange/exchange.ts';
import { modelDigest } from '../../../src/core/model/model-digest.ts';
import type { Recording } from '../../../src/core/recording/recording.ts';
import { initialWorld, loadModel, step, type LoadedModel } from '../../../src/core/runtime/step.ts';
import {
  cloneClient,
  recordToy,
  toy,
  transcript,
  TOY_ORIGIN,
  TOY_START,
  type MakeToy,
} from '../../support/toy-recording.ts';
import { collection, walk, type Walk } from '../../support/toy-services.ts';
import { recordingOf, type Line } from '../../support/written-recording.ts';

const notes: MakeToy = () =>
  toy(collection('/notes', { make: (body) => ({ title: body.title, state: body.state ?? 'open' }) }).handlers);
const plan: Walk = {
  path: '/notes',
  create: (dice) => ({ title: dice.word(), ...(dice.chance(0.5) ? { state: dice.pick(['open', 'closed']) } : {}) }),
  query: (dice) => dice.pick(['', '?state=open', '?state=closed']),
};
const lesson = (seed: number, steps = 40): Recording => recordToy(notes, walk(plan, seed, steps));
const empty: Recording = { formatVersion: 1, toolVersion: 'test', createdAt: 0, sessions: [], exchanges: [] };

/** Steps a new world through requests; fails when one of them gets no answer. */
function answersTo(
  loaded: LoadedModel,
  requests: readonly { method: string; target: string; body?: { text: string } | { base64: string } }[],
): number[] {
  let world = initialWorld(loaded, 1);
  return requests.map((request) => {
    const result = step(loaded, world, {
      origin: TOY_ORIGIN,
      headers: [['content-type', 'application/json']],
      ...request,
    });
    world = result.world;
    expect(result.transition.provenance).toMatch(/^(synthesised|pooled|replayed|unknown)$/);
    return result.response.status;
  });
}

describe('a compilation', () => {
  it('gives a model that can be loaded, of every origin a service with a name of its own', () => {
    const two = recordToy(notes, walk(plan, 2, 20), { origin: 'http://toy.example' });
    const { model } = compile([lesson(1), two]);
    expect(model.services.map(({ name, origins }) => [name, origins])).toEqual([
      ['toy.example', [TOY_ORIGIN]],
      ['toy.example-2', ['http://toy.example']],
    ]);
    expect(() => loadModel(model)).not.toThrow();
  });

  it('keeps beside the model what each rule rests on', () => {
    const recording = lesson(1);
    const ids = new Set(recording.exchanges.map(({ id }) => id));
    const { model, evidence } = compile([recording]);
    const rules = model.services[0]!.routes.flatMap(({ guards = [], cases }) => [...guards, ...cases]).filter(
      ({ provenance }) => provenance === undefined,
    );
    expect(evidence.map(({ rule }) => rule).sort()).toEqual(rules.map(({ id }) => id).sort());
    for (const { examples } of evidence) expect(examples.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('starts the clock where the recording starts, and takes the median gap for a step', () => {
    expect(compile([recordToy(notes, walk(plan, 1, 20), { stepMs: 400 })]).model.clock).toEqual({
      startMs: TOY_START,
      stepMs: 400,
    });
    expect(compile([empty]).model.clock).toEqual({ startMs: 0, stepMs: 1000 });
  });

  it('separates guards, which refuse, from the cases that follow them', () => {
    const [route] = compile([lesson(1, 80)]).model.services[0]!.routes.filter(({ method }) => method === 'PATCH');
    expect(route?.guards?.map(({ when, reply }) => [when, reply.status])).toEqual([['note == missing', 404]]);
    expect(route?.cases.map(({ reply, effects }) => [reply.status, effects?.map(({ kind }) => kind)])).toEqual([
      [200, ['merge']],
    ]);
  });
});

describe('equal recordings', () => {
  it('give equal models, whatever was compiled before', () => {
    const digest = (): string => modelDigest(compile([lesson(5), lesson(6)]).model);
    const first = digest();
    compile([lesson(7)]);
    expect(digest()).toBe(first);
  });

  it('give models that answer alike when the members of their bodies stand in another order', () => {
    const turned = (recording: Recording): Recording => ({
      ...recording,
      exchanges: recording.exchanges.map((exchange) => ({
        ...exchange,
        request: turnedBody(exchange.request),
        response: turnedBody(exchange.response!),
      })),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), (seed) => {
        const recording = lesson(seed, 50);
        const [one, other] = [recording, turned(recording)].map((each) =>
          transcript(cloneClient(compile([each]).model), walk(plan, seed + 1, 30)),
        );
        expect(other).toEqual(one);
      }),
      { numRuns: 5 },
    );
  });

  it('are not changed by compiling them', () => {
    const recording = lesson(8);
    const before = JSON.stringify(recording);
    compile([recording]);
    expect(JSON.stringify(recording)).toBe(before);
  });
});

/** The same with the members of its JSON body in reverse order. */
function turnedBody<T extends { readonly body?: Exchange['request']['body'] }>(message: T): T {
  if (message.body === undefined || !('text' in message.body)) return message;
  const turn = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turn)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, member]) => [name, turn(member)]),
          )
        : value;
  return { ...message, body: { text: JSON.stringify(turn(JSON.parse(message.body.text))) } };
}

describe('odd recordings', () => {
  const compiled = (...recordings: readonly Recording[]): LoadedModel => loadModel(compile(recordings).model);
  const written = (...lines: readonly Line[]): LoadedModel => compiled(recordingOf(lines));
  const probes = [
    '/notes',
    '/notes/1',
    '/',
    '/notes/1/2/3',
    '/%zz',
    '/__proto__',
    '/notes?page=-1&page=x',
    '//',
  ].flatMap((target) =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
      method,
      target,
      ...(method === 'POST' ? { body: { text: '{"title":' } } : {}),
    })),
  );

  it.each<[string, () => LoadedModel]>([
    ['none at all', () => compiled()],
    ['an empty one', () => compiled(empty)],
    ['one exchange', () => written({ ask: 'GET /notes/1', answer: { id: 1 } })],
    [
      'errors only',
      () =>
        written(
          ...[401, 403, 404, 422, 500].map((status): Line => ({
            ask: `GET /notes/${status}`,
            status,
            answer: { error: status },
          })),
        ),
    ],
    [
      'requests that never got an answer',
      () =>
        compiled({
          ...empty,
          exchanges: lesson(1, 5).exchanges.map(({ response: _response, ...exchange }) => ({
            ...exchange,
            error: { code: 'ERR_UPSTREAM_REFUSED', message: '' },
          })),
        }),
    ],
    [
      'answers without bodies',
      () => written({ ask: 'GET /notes' }, { ask: 'POST /notes', body: { a: 1 }, status: 201 }, { ask: 'HEAD /notes' }),
    ],
    [
      'bodies of null, numbers and text',
      () =>
        written(
          { ask: 'POST /notes', body: null, answer: null },
          { ask: 'PUT /notes/1', body: 7, answer: 'x' },
          { ask: 'GET /notes/1', answer: [[[]]] },
        ),
    ],
    [
      'truncated JSON',
      () => compiled({ ...empty, exchanges: lesson(1, 12).exchanges.map((exchange) => cutBody(exchange)) }),
    ],
    [
      'binary bodies',
      () =>
        compiled({
          ...empty,
          exchanges: lesson(1, 12).exchanges.map((exchange) => ({
            ...exchange,
            request: { ...exchange.request, body: { base64: 'AAEC/w==' } },
            response: { ...exchange.response!, body: { base64: 'iVBORw0KGgo=' } },
          })),
        }),
    ],
    ['duplicate keys', () => raw('{"id":1,"id":2,"title":"a","title":"b"}')],
    ['huge numbers', () => raw('{"id":12345678901234567890,"m":-1.0,"k":1e-400}')],
    [
      'keys that objects inherit',
      () => raw('{"id":1,"__proto__":{"x":1},"constructor":{"prototype":2},"toString":3,"hasOwnProperty":null}'),
    ],
    [
      'keys that are no identifiers',
      () => raw('{"id":1,"":1,"a b":2,"if":3,"$ref":"Note","$key":4,"é":5,"a.b":6,"in":true}'),
    ],
    ['refs that nobody made', () => raw('{"id":1,"owner":{"$ref":"Note","key":"1"},"list":[{"$ref":"X","key":7}]}')],
    [
      'deep nesting',
      () =>
        raw(`{"id":1,"deep":${'{"a":'.repeat(300)}1${'}'.repeat(300)},"list":${'['.repeat(300)}${']'.repeat(300)}}`),
    ],
    [
      'text that reads like a rule',
      () => raw('{"id":1,"title":"body.title","when":"note == missing","note":"\\u2028\\" + string(it.id) + \\""}'),
    ],
    ['long text', () => raw(JSON.stringify({ id: 1, title: 'x'.repeat(200_000) }))],
    [
      'odd paths',
      () =>
        written(
          ...['//', '/%', '/a%2Fb/1', '/{id}/1', '/a//b', '/?', `/${'x/'.repeat(200)}`, `/${'9'.repeat(5000)}`].map(
            (path): Line => ({ ask: `GET ${path}`, answer: { id: 1 } }),
          ),
        ),
    ],
    ['times that run backwards', () => compiled({ ...empty, exchanges: [...lesson(1, 20).exchanges].reverse() })],
    [
      'one exchange many times',
      () => compiled({ ...empty, exchanges: Array.from({ length: 300 }, () => lesson(1, 5).exchanges[0]!) }),
    ],
  ])('of %s compile into a model that answers', (_kind, compileThem) => {
    expect(answersTo(compileThem(), probes)).toHaveLength(probes.length);
  });

  /** Notes that hold the text as they are read, made and changed. */
  function raw(text: string): LoadedModel {
    const asks = [
      'GET /notes/1',
      'POST /notes',
      'GET /notes/1',
      'PATCH /notes/1',
      'POST /notes',
      'GET /notes',
      'DELETE /notes/1',
      'GET /notes/1',
    ];
    const { exchanges } = recordingOf(asks.map((ask) => ({ ask, body: {}, answer: {} })));
    const held = exchanges.map((exchange) => ({
      ...exchange,
      request: exchange.request.method === 'GET' ? exchange.request : { ...exchange.request, body: { text } },
      response: {
        ...exchange.response!,
        body: { text: exchange.request.target === '/notes' && exchange.request.method === 'GET' ? `[${text}]` : text },
      },
    }));
    return compiled({ ...empty, exchanges: held });
  }

  function cutBody(exchange: Exchange): Exchange {
    const { body } = exchange.response!;
    const text = body !== undefined && 'text' in body ? body.text : '';
    return { ...exchange, response: { ...exchange.response!, body: { text: text.slice(0, text.length / 2) } } };
  }

  it('never fail, and never stay without an answer, whatever is in them', () => {
    const json = fc.json({ maxDepth: 3 });
    const path = fc.constantFrom('/notes', '/notes/1', '/notes/2', '/notes/1/tags', '/notes/1/tags/a', '/me');
    const exchange = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      target: path,
      status: fc.constantFrom(200, 201, 204, 302, 400, 404, 409, 500),
      sent: fc.option(json, { nil: undefined }),
      got: fc.option(json, { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(exchange, { maxLength: 14 }),
        fc.array(
          fc.record({
            method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
            target: path,
            body: json.map((text) => ({ text })),
          }),
          { maxLength: 8 },
        ),
        (all, asked) => {
          const exchanges = all.map(({ method, target, status, sent, got }, at): Exchange => ({
            id: `x${at}`,
            session: 'one',
            origin: TOY_ORIGIN,
            startedAt: TOY_START + at * 1000,
            endedAt: TOY_START + at * 1000 + 1,
            request: { method, target, headers: [], ...(sent === undefined ? {} : { body: { text: sent } }) },
            response: {
              status,
              headers: [['content-type', 'application/json']],
              ...(got === undefined ? {} : { body: { text: got } }),
            },
          }));
          const recording = { ...empty, exchanges };
          const loaded = compiled(recording);
          expect(answersTo(loaded, asked)).toHaveLength(asked.length);
          expect(modelDigest(compile([recording]).model)).toBe(modelDigest(loaded.model));
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Time that this process computed, whatever else the machine does. */
const busyMs = (): number => process.cpuUsage().user / 1000;

describe('large recordings', () => {
  it('of 500 distinct routes compile in bounded time', () => {
    const lines = Array.from({ length: 500 }, (_, at): Line[] => {
      const path = `/area-${'abcdefghij'[at % 10]!}/thing-${[...String(at)].map((digit) => 'qrstuvwxyz'[Number(digit)]).join('')}`;
      return [
        { ask: `GET ${path}`, answer: { items: [{ id: at * 3 + 1, name: `n${at}` }], total: 1 } },
        { ask: `GET ${path}/${at * 3 + 1}`, answer: { id: at * 3 + 1, name: `n${at}` } },
      ];
    }).flat();
    const began = busyMs();
    const { model } = compile([recordingOf(lines)]);
    expect(model.services[0]?.routes.length).toBeGreaterThanOrEqual(500);
    expect(busyMs() - began).toBeLessThan(30_000);
  });

  it('grow in time about as they grow in length', () => {
    const time = (steps: number): number => {
      const recording = lesson(3, steps);
      const began = busyMs();
      compile([recording]);
      return busyMs() - began;
    };
    time(100);
    const [short, long] = [time(200), time(600)];
    expect(long).toBeLessThan(short * 12 + 500);
  });
});
