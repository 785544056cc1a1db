import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/core/model/clone-model.ts';
import { mapToBases, originMapper, serviceBases, type ServiceBase } from '../../../src/server/agent/base-url.ts';

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
const bases = serviceBases('http://127.0.0.1:7070', 'e1', [
  service('api', 'https://api.example', 'http://api.example:8080'),
  service('chat', 'https://chat.example'),
]);

const mapToOrigins = (text: string, among: readonly ServiceBase[]) => originMapper(among)(text);

/** As mapToBases, of one service with one origin, by a pattern. */
function mapByPattern(text: string, origin: string, base: string): string {
  const spellings = (url: string) =>
    [url, url.replace(/^http/, 'ws')].flatMap((one) => {
      const encoded = encodeURIComponent(one);
      return [one, one.replaceAll('/', '\\/'), encoded, encoded.replace(/%../g, (escape) => escape.toLowerCase())];
    });
  const escaped = spellings(origin).map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const pattern = new RegExp(`(?:${escaped.join('|')})(?![A-Za-z0-9:-]|\\.[A-Za-z0-9])`, 'g');
  return text.replace(pattern, (found) => spellings(base)[spellings(origin).indexOf(found)] ?? found);
}

describe('URLs on the original', () => {
  it('are found wherever a pattern of all spellings finds them', () => {
    const piece = fc.constantFrom(
      ...['https://api.example', 'wss://api.example', 'https:\\/\\/api.example', 'https%3A%2F%2Fapi.example'],
      ...[
        'https%3a%2f%2fapi.example',
        'api.example',
        'http',
        'https://',
        '/',
        '.',
        ':',
        '-',
        'x',
        '1',
        ' ',
        '%2F',
        'é',
      ],
    );
    const one = serviceBases('http://127.0.0.1:7070', 'e1', [service('api', 'https://api.example')]);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        expect(mapToBases(text, one)).toBe(mapByPattern(text, 'https://api.example', 'http://127.0.0.1:7070/~/e1'));
      }),
    );
  });

  it.each([
    ['"https://api.example/v1?x=1"', '"http://127.0.0.1:7070/~/e1/v1?x=1"'],
    ['see https://api.example.', 'see http://127.0.0.1:7070/~/e1.'],
    ['http://api.example:8080/a', 'http://127.0.0.1:7070/~/e1/a'],
    ['https://chat.example/a', 'http://127.0.0.1:7070/~/e1/chat/a'],
    ['"https:\\/\\/api.example\\/v1"', '"http:\\/\\/127.0.0.1:7070\\/~\\/e1\\/v1"'],
    ['?to=https%3A%2F%2Fapi.example%2Fv1', '?to=http%3A%2F%2F127.0.0.1%3A7070%2F~%2Fe1%2Fv1'],
    ['?to=https%3a%2f%2fapi.example%2fv1', '?to=http%3a%2f%2f127.0.0.1%3a7070%2f~%2fe1%2fv1'],
    ['?to=http%3A%2F%2Fapi.example%3A8080%2Fv1', '?to=http%3A%2F%2F127.0.0.1%3A7070%2F~%2Fe1%2Fv1'],
    ['wss://api.example/live', 'ws://127.0.0.1:7070/~/e1/live'],
  ])('%s becomes %s, and comes back', (original, mapped) => {
    expect(mapToBases(original, bases)).toBe(mapped);
    expect(mapToBases(mapToOrigins(mapped, bases), bases)).toBe(mapped);
  });

  it.each([
    'https://api.example.evil/x',
    'https://api.example:444/x',
    'https://api.example2/x',
    'http://api.example/x',
    'api.example/x',
    '/~/e1/x',
  ])('%s stays', (text) => {
    expect(mapToBases(text, bases)).toBe(text);
  });
});

describe('URLs on a base', () => {
  it('become URLs on the first origin of the service, the longer base first', () => {
    expect(
      mapToOrigins(
        '{"a":"http://127.0.0.1:7070/~/e1/chat/x","b":"http://127.0.0.1:7070/~/e1/x","c":"http://127.0.0.1:7070/~/e1"}',
        bases,
      ),
    ).toBe('{"a":"https://chat.example/x","b":"https://api.example/x","c":"https://api.example"}');
  });

  it('are found however they are spelled', () => {
    expect(mapToOrigins('{"a":"http:\\/\\/127.0.0.1:7070\\/~\\/e1\\/x"}', bases)).toBe(
      '{"a":"https:\\/\\/api.example\\/x"}',
    );
    expect(mapToOrigins('to=http%3A%2F%2F127.0.0.1%3A7070%2F~%2Fe1%2Fx', bases)).toBe(
      'to=https%3A%2F%2Fapi.example%2Fx',
    );
  });

  it.each([
    'http://127.0.0.1:7070/~/e12/x',
    'http://127.0.0.1:7070/~/other',
    'http://127.0.0.1:70701/~/e1',
    'https://127.0.0.1:7070/~/e1',
  ])('%s is another one and stays', (text) => {
    expect(mapToOrigins(text, bases)).toBe(text);
  });
});
