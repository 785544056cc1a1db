import { describe, expect, it } from 'vitest';
import type { Header } from '../../../src/core/exchange/exchange.ts';
import type { Service } from '../../../src/core/model/clone-model.ts';
import { mapAnswer } from '../../../src/server/agent/answer-mapping.ts';
import { serviceBases } from '../../../src/server/agent/base-url.ts';

const service = (name: string, origin: string): Service => ({
  name,
  origins: [origin],
  principals: [],
  generators: {},
  entities: [],
  routes: [],
  errors: [],
  seed: {},
});
const services = [service('api', 'https://api.example'), service('chat', 'https://chat.example')];
const bases = serviceBases('http://host:7070', 'e1', services);
const [own, chat] = bases as [(typeof bases)[0], (typeof bases)[0]];
const root = { service: own.service, base: 'http://host:7070' };

const header = (name: string, value: string, at = own) =>
  mapAnswer({ status: 200, headers: [[name, value]] }, at, bases).headers[0]?.[1];
const body = (type: string, text: string) =>
  (
    mapAnswer({ status: 200, headers: [['content-type', type]] as Header[], body: { text } }, own, bases).body as {
      text: string;
    }
  ).text;

describe('an answer under a base URL', () => {
  it.each([
    ['location', 'https://api.example/v1/x', 'http://host:7070/~/e1/v1/x'],
    ['location', '/v1/x?next=/y', '/~/e1/v1/x?next=/y'],
    ['location', '//chat.example/room', '//host:7070/~/e1/chat/room'],
    ['location', '//other.example/room', '//other.example/room'],
    ['location', 'x/y', 'x/y'],
    ['location', 'https://other.example/v1', 'https://other.example/v1'],
    [
      'link',
      '</v1?page=2>; rel="next", <https://api.example/v1?page=9>; rel="last"',
      '</~/e1/v1?page=2>; rel="next", <http://host:7070/~/e1/v1?page=9>; rel="last"',
    ],
    [
      'set-cookie',
      'sid=/a; Path=/; Domain=api.example; Secure; HttpOnly; SameSite=None',
      'sid=/a; Path=/~/e1; HttpOnly',
    ],
    ['set-cookie', 'sid=1; path=/v1; SameSite=Lax', 'sid=1; path=/~/e1/v1; SameSite=Lax'],
    ['x-docs', 'https://api.example/docs', 'http://host:7070/~/e1/docs'],
    ['x-path', '/v1/x', '/v1/x'],
  ])('has the header %s: %s as %s', (name, original, mapped) => {
    expect(header(name, original)).toBe(mapped);
  });

  it('has bare paths of the service that answered', () => {
    expect(header('location', '/x', chat)).toBe('/~/e1/chat/x');
    expect(header('location', '/x', root)).toBe('/x');
    expect(header('set-cookie', 'a=1; Path=/', root)).toBe('a=1; Path=/');
  });

  it('maps bare paths in HTML and nowhere else', () => {
    expect(
      body(
        'text/html',
        '<a href="/v1">/v1</a><img src=/i.png><form action=\'/go\'><a href="#x"><a href="//chat.example/r">',
      ),
    ).toBe(
      '<a href="/~/e1/v1">/v1</a><img src=/~/e1/i.png><form action=\'/~/e1/go\'><a href="#x"><a href="//host:7070/~/e1/chat/r">',
    );
    expect(body('application/json', '{"path":"/v1","url":"https://api.example/v1"}')).toBe(
      '{"path":"/v1","url":"http://host:7070/~/e1/v1"}',
    );
  });

  it('leaves bytes alone', () => {
    const bytes = {
      status: 200,
      headers: [],
      body: { base64: Buffer.from('https://api.example\xff', 'latin1').toString('base64') },
    };
    expect(mapAnswer(bytes, own, bases)).toEqual(bytes);
  });
});
