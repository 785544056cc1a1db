import { describe, expect, it } from 'vitest';
import type { CloneModel, Route } from '../../../src/core/model/clone-model.ts';
import { MODEL_FORMAT_VERSION } from '../../../src/core/model/clone-model.ts';
import { parseJson, type Json } from '../../../src/core/std/json.ts';
import { toolsMax } from '../../../src/core/std/limits.ts';
import { actionOfTool } from '../../../src/core/tool/tool-call.ts';
import { toolFailure, toolResult } from '../../../src/core/tool/tool-result.ts';
import { toolsOf, type Tool } from '../../../src/core/tool/tool.ts';
import { requestOfAction } from '../../../src/core/episode/action.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment } from '../../support/notes-clone.ts';
import { apiModel, recordApi } from '../../support/recorded-api.ts';
import { withAskedShapes } from '../../../src/core/model/asked-shapes.ts';
import { routeExchanges } from '../../../src/core/model/exchange-routing.ts';
import { collectShapes } from '../../../src/core/model/shapes.ts';

const route = (method: string, path: string, more: Partial<Route> = {}): Route => ({
  id: `${method} ${path}`,
  method,
  path,
  cases: [{ id: `${method} ${path}/ok`, reply: { status: 200 } }],
  ...more,
});

function modelOf(...services: readonly (readonly Route[])[]): CloneModel {
  return {
    formatVersion: MODEL_FORMAT_VERSION,
    clock: { startMs: 0, stepMs: 0 },
    services: services.map((routes, index) => ({
      name: `api-${index + 1}`,
      origins: [`https://api-${index + 1}.example`],
      principals: [],
      generators: {},
      entities: [],
      routes,
      errors: [],
      seed: {},
    })),
  };
}

function recordedTools(): ReadonlyMap<string, Tool> {
  const { routed } = routeExchanges(apiModel, recordApi({ seed: 1 }).exchanges);
  return toolsOf(apiModel, withAskedShapes(collectShapes(routed), routed));
}

const namesOf = (...services: readonly (readonly Route[])[]) => [...toolsOf(modelOf(...services), undefined).keys()];

describe('the tools of a clone', () => {
  it('are named after method and path, in the order of the model', () => {
    expect([...notesEnvironment().tools().keys()]).toEqual([
      'get_notes',
      'post_notes',
      'delete_notes_by_id',
      'get_notes_by_id',
    ]);
  });

  it('have names of their own, whatever the paths are', () => {
    const long = 'x'.repeat(90);
    const names = namesOf([
      route('GET', '/a/{b}/c/{d}'),
      route('GET', '/a/{b}/{e}/c/{d}'),
      route('GET', '/a-b'),
      route('GET', '/a.b'),
      route('GET', `/${long}/1`),
      route('GET', `/${long}/2`),
      route('GET', '/'),
    ]);
    expect(new Set(names).size).toBe(7);
    expect(names).toContain('get_a_by_b_c_by_d');
    expect(names.filter((name) => !/^[A-Za-z0-9_]{1,64}$/.test(name))).toEqual([]);
  });

  it('begin with the service where there are several', () => {
    expect(namesOf([route('GET', '/a')], [route('GET', '/a')])).toEqual(['api_1_get_a', 'api_2_get_a']);
  });

  it('are no pages, no HEAD and no OPTIONS; one tool for any request stands for what has none', () => {
    const page = route('GET', '/', { cases: [{ id: 'p', reply: { status: 200, asset: 'abc' } }] });
    expect(namesOf([route('GET', '/a'), route('HEAD', '/a'), route('OPTIONS', '/a'), page])).toEqual([
      'get_a',
      'http_request',
    ]);
  });

  it('are limited; those of the routes that were asked most stay', () => {
    const routes = Array.from({ length: toolsMax + 20 }, (_none, index) => route('GET', `/r${index}`));
    const asked = routes.map(({ id }, index) => ({
      service: 'api-1',
      route: id,
      answers: [{ status: 200, count: index, sessions: 1, fields: {} }],
    }));
    const names = [...toolsOf(modelOf(routes), { formatVersion: 1, routes: asked, sent: {} }).keys()];
    expect(names).toHaveLength(toolsMax);
    expect([names[0], names.at(-2), names.at(-1)]).toEqual(['get_r21', `get_r${toolsMax + 19}`, 'http_request']);
  });

  it('say what the request does and how it was answered', () => {
    const [, create] = [...notesEnvironment().tools().values()] as Tool[];
    expect(create?.description).toBe('POST /notes: creates Note. Answers: 201, 422.');
    const recorded = [...recordedTools().values()];
    expect(recorded.map(({ description }) => description).join('\n')).toMatch(/Answers seen: \d+ \(\d+ times\)/);
  });

  it('take what the rules look at, where nothing was recorded', () => {
    const [list, create, remove] = [...notesEnvironment().tools().values()] as Tool[];
    expect(list?.inputSchema).toMatchObject({
      properties: { query: { properties: { state: {}, page: {}, per_page: {} } } },
    });
    expect(create?.inputSchema).toMatchObject({ properties: { body: { properties: { title: {} } } } });
    expect(remove?.inputSchema).toMatchObject({
      properties: { path: { required: ['id'], properties: { id: { type: 'string' } } } },
      required: ['path'],
    });
  });

  it('never take an argument at the top that a route has named', () => {
    const tops = [...recordedTools().values(), ...notesEnvironment().tools().values()].flatMap(({ inputSchema }) =>
      Object.keys(inputSchema['properties'] as object),
    );
    expect(new Set(tops)).toEqual(new Set(['path', 'query', 'body', 'headers']));
  });
});

describe('a call of a tool', () => {
  const tools = toolsOf(
    modelOf([route('PUT', '/a/{b}.json'), route('GET', '/files/{rest*}'), route('HEAD', '/a')]),
    undefined,
  );
  const { services } = modelOf([route('PUT', '/a/{b}.json')]);
  const call = (name: string, given: unknown, defaults = {}) =>
    requestOfAction(actionOfTool(tools.get(name) as Tool, parseJson(JSON.stringify(given)), defaults), services);

  it('is the request that it stands for', () => {
    const given = { path: { b: 'x/y z' }, query: { on: true, n: [1, 2], 'a b': null }, body: { c: [1.5] } };
    expect(call('put_a_by_b', given, { authorization: 'T' })).toEqual({
      origin: 'https://api-1.example',
      method: 'PUT',
      target: '/a/x%2Fy%20z.json?on=true&n=1&n=2&a%20b=',
      headers: [
        ['authorization', 'T'],
        ['content-type', 'application/json'],
      ],
      body: { text: '{"c":[1.5]}' },
    });
    expect(call('get_files_by_rest', { path: { rest: 'a b/c' } }).target).toBe('/files/a%20b/c');
    expect(call('http_request', { method: 'HEAD', target: '/a?x=1' })).toMatchObject({
      method: 'HEAD',
      target: '/a?x=1',
    });
  });

  it('keeps numbers as they were written', () => {
    const given = parseJson('{"path":{"b":12345678901234567890},"body":{"n":1.0}}');
    const action = actionOfTool(tools.get('put_a_by_b') as Tool, given, {});
    expect(requestOfAction(action, services)).toMatchObject({
      target: '/a/12345678901234567890.json',
      body: { text: '{"n":1.0}' },
    });
  });

  it('writes a form where the API was sent forms', () => {
    const tool: Tool = { ...(tools.get('put_a_by_b') as Tool), encoding: 'form' };
    const given: Json = {
      path: { b: '1' },
      body: { amount: 5, meta: { 'k&': 'v' }, list: ['a', 'b'], items: [{ id: 1 }] },
    };
    expect(requestOfAction(actionOfTool(tool, given, {}), services)).toMatchObject({
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: { text: 'amount=5&meta[k%26]=v&list[]=a&list[]=b&items[0][id]=1' },
    });
  });

  it('prefers headers of its own', () => {
    const { headers } = call(
      'http_request',
      { method: 'GET', target: '/a', headers: { Authorization: 'own' } },
      { authorization: 'T' },
    );
    expect(headers).toEqual([['authorization', 'own']]);
  });

  it.each([
    [[], 'arguments must be an object'],
    [{ b: 1 }, 'there is no argument b, only path, query, body, headers'],
    [{ path: { b: 1, c: 2 } }, 'has no parameter c, only b'],
    [{}, 'path.b must be a text or a number'],
    [{ path: { b: {} } }, 'path.b must be a text or a number'],
    [{ path: { b: '' } }, 'path.b must be a text or a number'],
    [{ path: 1 }, 'path must be an object'],
    [{ path: { b: 1 }, query: [] }, 'query must be an object'],
  ])('says what is wrong with %j', (given, why) => {
    const failure = failureOf(() => call('put_a_by_b', given));
    expect(failure.code).toBe('ERR_TOOL_ARGUMENTS');
    expect(failure.message).toContain(why);
  });
});

describe('the result of a tool', () => {
  it('is the body, with the status where the body alone does not tell how it went', () => {
    const text = (status: number, body: Json) =>
      (toolResult({ status, headers: {}, body })['content'] as never)[0]['text'];
    expect([text(200, { a: 1 }), text(200, 'x'), text(204, null), text(404, { m: 1 })]).toEqual([
      '{"a":1}',
      'x',
      'HTTP 204',
      'HTTP 404\n{"m":1}',
    ]);
    expect(toolResult({ status: 404, headers: {}, body: null })).toMatchObject({
      isError: true,
      structuredContent: { status: 404 },
    });
    expect(toolFailure('no')).toEqual({ content: [{ type: 'text', text: 'no' }], isError: true });
  });
});
