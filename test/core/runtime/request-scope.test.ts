import { describe, expect, it } from 'vitest';
import { valueIn } from '../../support/small-clone.ts';
import { CloneClient } from '../../support/clone-client.ts';
import { smallModel } from '../../support/small-clone.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';

const principals = [
  { id: 'ada', credential: { header: 'X-Key', value: 'k1' }, attributes: { role: 'admin' } },
  { id: 'nobody', attributes: { role: 'none' } },
];

function principalFor(headers: readonly (readonly [string, string])[]): unknown {
  const model = smallModel({
    principals,
    routes: [{ id: 'r', method: 'GET', path: '/{x}', cases: [{ id: 'c', reply: { status: 200, body: 'principal' } }] }],
  });
  return new CloneClient(loadModel(model)).send('GET', '/a', undefined, headers).body;
}

describe('the names of a request', () => {
  it('hold what was sent', () => {
    expect(valueIn({}, 'method')).toBe('POST');
    expect(valueIn({}, 'request_path')).toBe('/');
    expect(valueIn({}, 'body.a', { a: 7 })).toBe(7);
    expect(valueIn({}, 'base')).toBe('https://small.example');
  });

  it.each([
    ['with a known credential', [['x-key', 'k1']], { role: 'admin', id: 'ada' }],
    ['without any', [], { role: 'none', id: 'nobody' }],
  ] as const)('tell who asks %s', (_what, headers, expected) => expect(principalFor(headers)).toEqual(expected));

  it('tell of nobody where the credential is unknown', () => {
    expect(principalFor([['x-key', 'other']])).toBeUndefined();
  });
});
