import { describe, expect, it } from 'vitest';
import { actionErrors, parseMessage, seedErrors } from '../../../../src/server/control/openenv/openenv-messages.ts';

describe('a message of OpenEnv', () => {
  it.each([
    ['{"type":"reset"}', { type: 'reset', data: {} }],
    ['{"type":"reset","data":{"seed":1,"extra":[]}}', { type: 'reset', data: { seed: 1, extra: [] } }],
    ['{"type":"step","data":{"method":"GET","path":"/"}}', { type: 'step', data: { method: 'GET', path: '/' } }],
    ['{"type":"step","data":{"answer":null}}', { type: 'step', data: { answer: null } }],
    ['{"type":"state"}', { type: 'state' }],
    ['{"type":"close"}', { type: 'close' }],
    ['{"type":"mcp","data":{}}', { type: 'mcp', data: {} }],
  ])('%s is understood', (text, message) => {
    expect(parseMessage(text)).toEqual({ message });
  });

  it.each([
    ['{"type":"state","data":{}}', ['extra_forbidden']],
    ['{"type":"step","data":[]}', ['dict_type']],
    ['{"type":"step","data":{},"x":1}', ['missing', 'missing', 'extra_forbidden']],
    ['{"type":"mcp"}', ['missing']],
  ])('%s has the field errors %j', (text, types) => {
    const { error } = parseMessage(text) as { error: { data: { code: string; errors: { type: string }[] } } };
    expect([error.data.code, error.data.errors.map(({ type }) => type)]).toEqual(['VALIDATION_ERROR', types]);
  });

  it.each(['{"type":3}', '{}', 'null', '[]'])('%s is of an unknown type', (text) => {
    expect(parseMessage(text)).toMatchObject({
      error: { data: { code: 'UNKNOWN_TYPE', message: 'Unknown message type: ' } },
    });
  });
});

describe('the fields of a message', () => {
  it('may leave the seed out', () => {
    for (const data of [{}, { seed: null }, { seed: 0 }]) expect(seedErrors(data)).toEqual([]);
    for (const seed of [1.5, '1', true]) expect(seedErrors({ seed }).map(({ type }) => type)).toEqual(['int_type']);
  });

  it('need method and path in an action, but not in an answer', () => {
    expect(actionErrors({}).map(({ loc }) => loc)).toEqual([['method'], ['path']]);
    expect(actionErrors({ answer: 1 })).toEqual([]);
  });
});
