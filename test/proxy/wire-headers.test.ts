import { describe, expect, it } from 'vitest';
import {
  connectionNames,
  headerObject,
  headerPairs,
  passedOn,
  recordedRequestHeaders,
} from '../../src/proxy/wire-headers.ts';

describe('headers', () => {
  it('become pairs with lower-case names, in order', () => {
    expect(headerPairs(['X-A', '1', 'x-a', '2', 'B', '3'])).toEqual([
      ['x-a', '1'],
      ['x-a', '2'],
      ['b', '3'],
    ]);
  });

  it('of one connection, of the recorder, and of HTTP/2 are not passed on; others keep their spelling', () => {
    const flat = [
      'Connection',
      'close, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      'timeout=5',
      'Mynah-Session',
      'a',
      'Proxy-Authorization',
      'b',
      ':path',
      '/',
      'TE',
      'trailers',
      'X-Kept',
      '1',
      'Etag',
      '"2"',
    ];
    expect(passedOn(flat, new Set(['etag']))).toEqual(['X-Kept', '1']);
    expect(passedOn(['A', '1', 'B', '2'], new Set(), (name) => (name === 'b' ? '3' : undefined))).toEqual([
      'A',
      '1',
      'B',
      '3',
    ]);
    expect([...connectionNames([['connection', 'Keep-Alive, Foo']])]).toEqual(['keep-alive', 'foo']);
  });

  it('are recorded with the host that was asked, without what is of the recorder', () => {
    const sent = [
      ['mynah-session', 'a'],
      ['host', 'recorder'],
      ['connection', 'keep-alive'],
    ] as const;
    expect(recordedRequestHeaders(sent, 'upstream')).toEqual([
      ['host', 'upstream'],
      ['connection', 'keep-alive'],
    ]);
    expect(
      recordedRequestHeaders(
        [
          [':authority', 'x'],
          ['a', '1'],
        ],
        'x',
      ),
    ).toEqual([
      ['host', 'x'],
      ['a', '1'],
    ]);
  });

  it('become an object with lists where a name is repeated', () => {
    expect(headerObject(['Set-Cookie', 'a', 'X', '1', 'set-cookie', 'b', 'set-cookie', 'c'])).toEqual({
      'set-cookie': ['a', 'b', 'c'],
      x: '1',
    });
  });

  it('become an object by any name that headers may have', () => {
    expect(headerObject(['constructor', '1', 'X', 'a', 'x', 'b'])).toEqual({ constructor: '1', x: 'a, b' });
  });
});
