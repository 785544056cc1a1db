import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../src/core/model/clone-model.ts';
import { compileRouter } from '../../../src/core/model/router.ts';

function routes(...lines: string[]): Route[] {
  return lines.map((line) => {
    const [method = '', path = ''] = line.split(' ');
    return { id: line, method, path, cases: [] };
  });
}

function found(table: readonly Route[], request: string): unknown {
  const [method = '', path = ''] = request.split(' ');
  const match = compileRouter(table).match(method, path);
  return match.route === undefined ? match.allowed : [match.route.id, match.params];
}

describe('the router', () => {
  const table = routes(
    'GET /',
    'GET /items',
    'GET /items/{id}',
    'POST /items/search',
    'GET /items/{id}.json',
    'GET /items/item-{id}.json',
    'GET /items/latest',
    'PUT /items/{key}',
    'GET /files/{path*}',
    'GET /files/{name}',
    'GET /repos/{owner}/{repo}/issues/{number}',
    'GET /repos/{owner}/special/{rest*}',
  );

  it.each([
    ['GET /', ['GET /', {}]],
    ['GET /items', ['GET /items', {}]],
    ['GET /items/7', ['GET /items/{id}', { id: '7' }]],
    ['PUT /items/7', ['PUT /items/{key}', { key: '7' }]],
    ['GET /items/latest', ['GET /items/latest', {}]],
    ['GET /items/7.json', ['GET /items/{id}.json', { id: '7' }]],
    ['GET /items/item-7.json', ['GET /items/item-{id}.json', { id: '7' }]],
    ['GET /items/.json', ['GET /items/{id}', { id: '.json' }]],
    ['GET /files/a', ['GET /files/{name}', { name: 'a' }]],
    ['GET /files/a/b/', ['GET /files/{path*}', { path: 'a/b/' }]],
    ['GET /repos/o/r/issues/1', ['GET /repos/{owner}/{repo}/issues/{number}', { owner: 'o', repo: 'r', number: '1' }]],
  ])('%s is answered by the most specific route', (request, expected) => {
    expect(found(table, request)).toEqual(expected);
  });

  it('goes back to a parameter when the literal branch does not have the method', () => {
    expect(found(table, 'GET /items/search')).toEqual(['GET /items/{id}', { id: 'search' }]);
  });

  it('goes back to a parameter when the literal branch ends too early', () => {
    expect(found(table, 'GET /repos/o/special/issues/1')).toEqual([
      'GET /repos/{owner}/special/{rest*}',
      { owner: 'o', rest: 'issues/1' },
    ]);
    expect(found(routes('GET /a/b/c', 'GET /a/{x}/d'), 'GET /a/b/d')).toEqual(['GET /a/{x}/d', { x: 'b' }]);
  });

  it('decodes parameters after splitting, so that an encoded slash stays in its segment', () => {
    expect(found(table, 'GET /items/a%2Fb%20c')).toEqual(['GET /items/{id}', { id: 'a/b c' }]);
  });

  it('names the methods of a known path, and none for an unknown one', () => {
    expect(compileRouter(table).match('DELETE', '/items/7')).toEqual({
      route: undefined,
      pathKnown: true,
      allowed: ['GET', 'PUT'],
    });
    expect(compileRouter(table).match('GET', '/nothing/here')).toEqual({
      route: undefined,
      pathKnown: false,
      allowed: [],
    });
  });

  it('an empty segment is not a parameter value, and a trailing slash is another path', () => {
    expect(found(table, 'GET /items/')).toEqual([]);
    expect(found(table, 'GET /repos/o//issues/1')).toEqual([]);
  });

  it('finds every route by a path made from its own template', () => {
    const segment = fc.oneof(
      fc.constantFrom('a', 'b', 'c').map((text) => ({ template: text, sent: text })),
      fc
        .tuple(fc.nat(9), fc.string({ minLength: 1 }))
        .map(([index, value]) => ({ template: `{p${index}}`, sent: encodeURIComponent(value) })),
    );
    const path = fc.uniqueArray(segment, { minLength: 1, maxLength: 5, selector: ({ template }) => template });
    fc.assert(
      fc.property(path, (segments) => {
        const template = `/${segments.map((part) => part.template).join('/')}`;
        const sent = `/${segments.map((part) => part.sent).join('/')}`;
        const match = compileRouter(routes(`GET ${template}`)).match('GET', sent);
        expect(match.route?.path).toBe(template);
      }),
    );
  });
});
