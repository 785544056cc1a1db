import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createOriginRewriter,
  holdsLinks,
  responseUnderOrigin,
  rewriteOrigin,
} from '../../../src/core/recording/origin-rewriting.ts';

const [from, to] = ['http://a.test:30', 'https://proxy:1'];

describe('one origin in place of another', () => {
  it.each([
    ['"http://a.test:30/x" and http://a.test:30', '"https://proxy:1/x" and https://proxy:1'],
    ['http://a.test:300/x', 'http://a.test:300/x'],
    ['http://a.test:30.evil/x', 'http://a.test:30.evil/x'],
    ['see http://a.test:30.', 'see https://proxy:1.'],
    ['{"u":"http:\\/\\/a.test:30\\/x"}', '{"u":"https:\\/\\/proxy:1\\/x"}'],
    ['http://b.test:30', 'http://b.test:30'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(rewriteOrigin(text, from, to)).toBe(expected);
  });

  it('is found wherever a text is cut into chunks', () => {
    const piece = fc.constantFrom(
      from,
      'http://a.test:3',
      '0',
      'http:',
      '\\/\\/',
      'http:\\/\\/a.test:30',
      '"',
      '.',
      'x',
      '/',
      'h',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(60)), (pieces, cuts) => {
        const text = pieces.join('');
        const rewriter = createOriginRewriter(from, to);
        let result = '';
        let at = 0;
        for (const cut of cuts.sort((a, b) => a - b)) {
          result += rewriter.push(text.slice(at, Math.max(at, cut)));
          at = Math.max(at, cut);
        }
        result += rewriter.push(text.slice(at)) + rewriter.end();
        expect(result).toBe(rewriteOrigin(text, from, to));
      }),
    );
  });

  it('holds back no more than what could become one', () => {
    expect(createOriginRewriter(from, to).push('data: 1\n\n')).toBe('data: 1\n\n');
    expect(createOriginRewriter(from, to).push('data: http://a.te')).toBe('data: ');
  });
});

describe('a response under another origin', () => {
  it('has links in headers and in bodies that hold them', () => {
    const headers = [
      ['location', `${from}/x`],
      ['content-type', 'text/html'],
    ] as const;
    const more = (origin: string) => ({
      trailers: [['x-at', `${origin}/t`]] as const,
      interim: [{ status: 103, headers: [['link', `<${origin}/a.css>; rel=preload`]] as const }],
    });
    expect(responseUnderOrigin({ status: 200, headers, body: { text: from }, ...more(from) }, from, to)).toEqual({
      status: 200,
      headers: [['location', `${to}/x`], headers[1]],
      body: { text: to },
      ...more(to),
    });
    const plain = { status: 200, headers: [['content-type', 'text/plain']] as const, body: { text: from } };
    expect(responseUnderOrigin(plain, from, to)).toEqual(plain);
  });

  it.each([
    ['application/json', true],
    ['application/vnd.api+json; charset=utf-8', true],
    ['text/event-stream', true],
    ['text/html', true],
    ['text/plain', false],
    ['application/jsonish', false],
    [undefined, false],
  ] as const)('%s holds links: %s', (type, expected) => {
    expect(holdsLinks(type)).toBe(expected);
  });
});
