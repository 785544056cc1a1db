import { describe, expect, it } from 'vitest';
import { decodePathText, parseRoutePath, routeParameters } from '../../../src/core/model/route-path.ts';
import { MynahError } from '../../../src/core/std/errors.ts';

describe('a route path', () => {
  it('splits into literals, parameters with literal text around them, and a rest', () => {
    expect(parseRoutePath('/v1/items/{id}.json/files/{path*}')).toEqual([
      { kind: 'literal', text: 'v1' },
      { kind: 'literal', text: 'items' },
      { kind: 'parameter', name: 'id', prefix: '', suffix: '.json' },
      { kind: 'literal', text: 'files' },
      { kind: 'rest', name: 'path' },
    ]);
  });

  it('names its parameters from left to right', () => {
    expect(routeParameters('/repos/{owner}/{repo}/{path*}')).toEqual(['owner', 'repo', 'path']);
  });

  it('takes percent-encoded literal text, so that a brace can be literal', () => {
    expect(parseRoutePath('/a%20b/%7Bx%7D')).toEqual([
      { kind: 'literal', text: 'a b' },
      { kind: 'literal', text: '{x}' },
    ]);
  });

  it.each([
    ['items', 'must begin with /'],
    ['/{id', 'braces'],
    ['/id}', 'braces'],
    ['/{}', 'not a parameter'],
    ['/{a b}', 'not a parameter'],
    ['/{a}-{b}', 'more than one parameter'],
    ['/{a}/{a}', 'twice'],
    ['/{rest*}/x', 'last segment'],
    ['/x{rest*}', 'segment of its own'],
  ])('%s is refused with the reason', (path, reason) => {
    expect(() => parseRoutePath(path)).toThrowError(
      expect.objectContaining({
        name: MynahError.name,
        code: 'ERR_ROUTE_PATH',
        message: expect.stringContaining(reason) as string,
      }),
    );
  });
});

describe('decoding path text', () => {
  it('keeps text that is not valid percent-encoding as it is', () => {
    expect(['a%20b', '100%', '%ff', '%E2%82%AC'].map(decodePathText)).toEqual(['a b', '100%', '%ff', '€']);
  });
});
