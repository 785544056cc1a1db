// Recordings that no sound client and server would make: each gives a model that loads and answers anything, or an error
// that says what is wrong; never a crash, never without end.
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/core/compiler/compile.ts';
import type { Exchange } from '../../src/core/exchange/exchange.ts';
import type { Recording } from '../../src/core/recording/recording.ts';
import { initialWorld, loadModel, step } from '../../src/core/runtime/step.ts';
import { recordToy, toy, TOY_ORIGIN, TOY_START, type MakeToy } from '../support/toy-recording.ts';
import { collection, walk } from '../support/toy-services.ts';
import { recordingOf, type Line } from '../support/written-recording.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Compiles, loads, and asks for every path that was recorded by every method. */
function answered(recording: Recording, paths = 40): number {
  const { model } = compile([recording]);
  const loaded = loadModel(model);
  let world = initialWorld(loaded, 1);
  const targets = [...new Set(recording.exchanges.map(({ request }) => request.target))].slice(0, paths);
  for (const target of [...targets, '/', '/never/seen'])
    for (const method of METHODS) {
      const origin = recording.exchanges[0]?.origin ?? TOY_ORIGIN;
      const body = method === 'GET' ? {} : { body: { text: '{"id":1,"name":"x"}' } };
      const result = step(loaded, world, { origin, method, target, headers: [], ...body });
      expect(result.response.status).toBeGreaterThanOrEqual(100);
      world = result.world;
    }
  return targets.length;
}

/** A collection whose things hold this JSON text, made, read, changed, listed and removed. */
function holding(text: string): Recording {
  const asks = [
    'POST /notes',
    'GET /notes/1',
    'GET /notes',
    'PATCH /notes/1',
    'POST /notes',
    'GET /notes/2',
    'GET /notes',
  ];
  const { exchanges, ...rest } = recordingOf(asks.map((ask) => ({ ask, body: {}, answer: {} })));
  return {
    ...rest,
    exchanges: exchanges.map((exchange, at) => {
      const own = text.replace('"id":1', `"id":${at < 4 ? 1 : 2}`);
      const isList = exchange.request.target === '/notes' && exchange.request.method === 'GET';
      return {
        ...exchange,
        request: { ...exchange.request, ...(exchange.request.method === 'GET' ? {} : { body: { text: own } }) },
        response: { ...exchange.response!, body: { text: isList ? `[${own}]` : own } },
      };
    }),
  };
}

describe('bodies', () => {
  it.each([
    ['numbers beyond what a double holds', '{"id":1,"n":1e400,"m":-1e400,"list":[1e999],"deep":{"x":1e400}}'],
    ['members named as rules name theirs', '{"id":1,"title":"a","$literal":"x"}'],
    ['members named as views name theirs', '{"id":1,"$view":"full","$each":[1],"$merge":{"a":1},"$ref":"Note"}'],
    [
      'nested members named as rules name theirs',
      '{"id":1,"sub":{"$literal":1,"x":2},"all":[{"$each":1,"$view":"x"}]}',
    ],
    ['members named twice', '{"id":1,"id":1,"title":"a","title":"b"}'],
    ['half a surrogate pair', '{"id":1,"title":"\\ud800","\\udfff":2}'],
    ['deep nesting', `{"id":1,"deep":${'['.repeat(480)}${']'.repeat(480)}}`],
    ['nesting beyond the limit', `{"id":1,"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`],
    ['very many members', `{"id":1,${Array.from({ length: 1000 }, (_none, at) => `"m${at}":${at}`).join(',')}}`],
  ])('with %s compile into a model that answers', (_kind, text) => {
    expect(answered(holding(text))).toBe(3);
  });

  it('that are no UTF-8 are kept as bytes, and answered as such', () => {
    const { exchanges, ...rest } = recordingOf([1, 2, 3].map((id) => ({ ask: `GET /files/${id}`, answer: {} })));
    const bytes = exchanges.map((exchange) => ({
      ...exchange,
      response: { ...exchange.response!, headers: [], body: { base64: '/////g==' } },
    }));
    expect(answered({ ...rest, exchanges: bytes })).toBe(3);
  });

  it('of many megabytes are compiled once they are within what a recording may hold', () => {
    const big = JSON.stringify(
      Array.from({ length: 6_000 }, (_none, id) => ({ id, name: `name ${id}`, text: 'x'.repeat(60) })),
    );
    const lines = ['GET /dump', 'GET /dump'].map((ask): Line => ({ ask, text: big }));
    const { exchanges, ...rest } = recordingOf(lines);
    const json = exchanges.map((exchange) => ({
      ...exchange,
      response: { ...exchange.response!, headers: [['content-type', 'application/json']] as const },
    }));
    expect(answered({ ...rest, exchanges: json })).toBe(1);
  });
});

describe('names', () => {
  it.each([
    'imports',
    'functions',
    'packages',
    'voids',
    'loops',
    'consts',
    'lists',
    'paths',
    'missings',
    'mades',
    'nulls',
  ])('of things that mean something to rules are usable: /%s', (noun) => {
    const make: MakeToy = () => toy(collection(`/${noun}`, { make: (body) => ({ name: body.name }) }).handlers);
    const script = walk({ path: `/${noun}`, create: (dice) => ({ name: dice.word() }) }, 3, 60);
    expect(answered(recordToy(make, script))).toBeGreaterThan(1);
  });
});

describe('sessions', () => {
  it('that contradict each other still give a model', () => {
    const said = (session: string, name: string): Line[] => [
      { ask: 'GET /notes/1', answer: { id: 1, name }, session },
      { ask: 'DELETE /notes/1', status: name === 'a' ? 204 : 409, session },
      { ask: 'GET /notes/1', status: name === 'a' ? 200 : 404, answer: { id: name }, session },
      { ask: 'POST /notes', body: { name }, status: 201, answer: { id: 1, name: `not ${name}` }, session },
    ];
    expect(answered(recordingOf(['a', 'b', 'a', 'b', 'c'].flatMap((name, at) => said(`s${at}`, name))))).toBe(2);
  });

  it('of several APIs in one recording give each its service', () => {
    const make: MakeToy = () => toy(collection('/notes').handlers);
    const one = recordToy(make, walk({ path: '/notes', create: () => ({ a: 1 }) }, 1, 30));
    const other = recordToy(make, walk({ path: '/notes', create: () => ({ b: 1 }) }, 2, 30), {
      origin: 'http://b.example',
    });
    const mixed = one.exchanges.flatMap((exchange, at): Exchange[] => {
      const twin = other.exchanges[at];
      return twin === undefined ? [exchange] : [exchange, { ...twin, id: `y${at}` }];
    });
    expect(compile([{ ...one, exchanges: mixed }]).model.services).toHaveLength(2);
    expect(answered({ ...one, exchanges: mixed })).toBeGreaterThan(1);
  });
});

describe('traffic', () => {
  it('whose redirects lead in circles gives a model', () => {
    const lines = Array.from({ length: 30 }, (_none, at): Line => ({
      ask: `GET /pages/${at % 3}`,
      status: 302,
      answerHeaders: { location: `/pages/${(at + 1) % 3}` },
    }));
    expect(answered(recordingOf(lines))).toBe(3);
  });

  it('on ten thousand routes gives a model', () => {
    const letters = (at: number): string => [...String(at)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const lines = Array.from({ length: 10_000 }, (_none, at): Line => ({
      ask: `GET /${letters(at % 100)}x/${letters(at)}`,
      answer: { [letters(at)]: at },
    }));
    expect(answered(recordingOf(lines), 5)).toBe(5);
  });

  it('whose clock runs backwards, stands still or is far away gives a model', () => {
    const make: MakeToy = () => toy(collection('/notes').handlers);
    const recording = recordToy(make, walk({ path: '/notes', create: () => ({ a: 1 }) }, 5, 40));
    const shifted = (change: (at: number) => number): Recording => ({
      ...recording,
      exchanges: recording.exchanges.map((exchange, at) => ({
        ...exchange,
        startedAt: change(at),
        endedAt: change(at),
      })),
    });
    for (const change of [(at: number) => TOY_START - at * 1000, () => TOY_START, (at: number) => 8e15 + at, () => -1])
      expect(answered(shifted(change))).toBeGreaterThan(1);
  });
});

describe('answers longer than a rule may be', () => {
  const long = Array.from({ length: 900 }, (_none, at) => ({
    type: 'row',
    text: `value ${at}`,
    at: { x: at, y: null },
  }));
  const pages = ['<p>long</p>'.repeat(9000), '<p>longer</p>'.repeat(9000)] as const;

  it('are kept as they are when they are JSON', () => {
    const lines = [1, 2, 3, 4].map((): Line => ({ ask: 'GET /report', answer: { rows: long, ok: true } }));
    const loaded = loadModel(compile([recordingOf(lines)]).model);
    const request = { origin: TOY_ORIGIN, method: 'GET', target: '/report', headers: [] };
    const { response } = step(loaded, initialWorld(loaded, 1), request);
    expect(JSON.parse((response.body as { text: string }).text)).toEqual({ rows: long, ok: true });
  });

  it('give a model when they differ without a reason', () => {
    const lines = [1, 2, 3, 4, 5, 6].map((at): Line => ({
      ask: 'GET /report',
      answer: [...long.slice(at % 3), { at }],
    }));
    expect(answered(recordingOf(lines))).toBe(1);
  });

  it('are kept as they are when they are text', () => {
    const lines = [0, 0, 1, 1].map((page): Line => ({ ask: `GET /page/${'ab'[page]}`, text: pages[page] ?? '' }));
    const loaded = loadModel(compile([recordingOf(lines)]).model);
    const request = { origin: TOY_ORIGIN, method: 'GET', target: '/page/a', headers: [] };
    const { response } = step(loaded, initialWorld(loaded, 1), request);
    expect((response.body as { text: string }).text).toBe(pages[0]);
  });
});
