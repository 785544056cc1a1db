import { describe, expect, it } from 'vitest';
import { requestOfAction } from '../../../src/core/episode/action.ts';
import type { Service } from '../../../src/core/model/clone-model.ts';
import { parseJson } from '../../../src/core/std/json.ts';
import { failureOf } from '../../support/failure.ts';

const service = (name: string, ...origins: string[]): Service => ({
  name,
  origins,
  principals: [],
  generators: {},
  entities: [],
  routes: [],
  errors: [],
  seed: {},
});
const services = [
  service('api', 'https://api.example', 'https://www.example'),
  service('chat', 'http://chat.example:81'),
];
const request = (action: unknown) => requestOfAction(action as never, services);
const complaint = (action: unknown) => {
  const { code, message } = failureOf(() => request(action));
  expect(code).toBe('ERR_CALL_INVALID');
  return message;
};

describe('an action', () => {
  it('is a request to the first service', () => {
    expect(request({ method: 'GET', path: '/items' })).toEqual({
      origin: 'https://api.example',
      method: 'GET',
      target: '/items',
      headers: [],
    });
  });

  it('finds another service by its name or by an absolute URL', () => {
    expect(request({ method: 'GET', path: '/x', service: 'chat' }).origin).toBe('http://chat.example:81');
    expect(request({ method: 'GET', path: 'http://chat.example:81/x?y' })).toMatchObject({
      origin: 'http://chat.example:81',
      target: '/x?y',
    });
    expect(request({ method: 'GET', path: 'https://www.example' })).toMatchObject({
      origin: 'https://api.example',
      target: '/',
    });
    expect(complaint({ method: 'GET', path: 'https://api.example.evil/x' })).toContain('nor a URL of api, chat');
    expect(complaint({ method: 'GET', path: '/x', service: 'mail' })).toContain('no service mail');
  });

  it('adds its query to the path', () => {
    const query = { q: 'a b&c', n: 1.5, on: true, tag: ['x', 'y'] };
    expect(request({ method: 'GET', path: '/items?a=1', query }).target).toBe(
      '/items?a=1&q=a%20b%26c&n=1.5&on=true&tag=x&tag=y',
    );
    expect(request({ method: 'GET', path: '/items', query: {} }).target).toBe('/items');
  });

  it('sends a value as JSON without losing its numbers, and a text as it is', () => {
    expect(request({ method: 'POST', path: '/', body: parseJson('{"n":1.0}') })).toMatchObject({
      headers: [['content-type', 'application/json']],
      body: { text: '{"n":1.0}' },
    });
    expect(request({ method: 'POST', path: '/', body: '{"a":1}' })).toMatchObject({
      headers: [['content-type', 'application/json']],
      body: { text: '{"a":1}' },
    });
    expect(request({ method: 'POST', path: '/', body: 'a=1' })).toMatchObject({ headers: [], body: { text: 'a=1' } });
    expect(request({ method: 'POST', path: '/', body: null })).not.toHaveProperty('body');
  });

  it('keeps the content type that it names', () => {
    const headers = { 'Content-Type': 'application/vnd.api+json', accept: ['a', 'b'] };
    expect(request({ method: 'POST', path: '/', headers, body: {} }).headers).toEqual([
      ['content-type', 'application/vnd.api+json'],
      ['accept', 'a'],
      ['accept', 'b'],
    ]);
  });

  it('says which member is wrong', () => {
    expect(complaint(undefined)).toContain('an action must be an object');
    expect(complaint({ path: '/' })).toContain('method');
    expect(complaint({ method: 'GET X', path: '/' })).toContain('method');
    expect(complaint({ method: 'GET' })).toContain('path');
    expect(complaint({ method: 'GET', path: 'items' })).toContain('path "items"');
    expect(complaint({ method: 'GET', path: '/a b' })).toContain('hold no space');
    expect(complaint({ method: 'GET', path: '/a\r\nx: y' })).toContain('path');
    expect(complaint({ method: 'GET', path: '/', url: '/' })).toContain('no member url');
    expect(complaint({ method: 'GET', path: '/', query: 'a=1' })).toContain('query');
    expect(complaint({ method: 'GET', path: '/', query: { a: {} } })).toContain('query parameter a');
    expect(complaint({ method: 'GET', path: '/', headers: { 'x-a': 'b\r\nc: d' } })).toContain('header "x-a"');
    expect(complaint({ method: 'GET', path: '/', headers: { 'a b': 'c' } })).toContain('header "a b"');
  });
});
