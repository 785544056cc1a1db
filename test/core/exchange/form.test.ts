import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFormText, parseForm } from '../../../src/core/exchange/form.ts';

describe('a form', () => {
  it.each([
    ['', {}],
    ['a=1', { a: '1' }],
    ['a', { a: '' }],
    ['a=1&b=2&a=3', { a: ['1', '3'], b: '2' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a[b]=1&a[c][d]=2', { a: { b: '1', c: { d: '2' } } }],
    ['a+b=c+d&e=%C3%A9&%66=%', { 'a b': 'c d', e: 'é', f: '%' }],
    ['a=1=2&&', { a: '1=2' }],
    ['[a]=1&a[=2', { '[a]': '1', 'a[': '2' }],
  ])('%j is read as %j', (text, expected) => {
    expect(parseForm(text)).toEqual(expected);
  });

  it('reads what the platform writes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-zé &=+%]{1,8}$/), fc.string({ unit: 'grapheme' }), {
          noNullPrototype: true,
        }),
        (fields) => {
          expect(parseForm(new URLSearchParams(fields).toString())).toEqual(fields);
        },
      ),
    );
  });

  it('is not confused by names that objects inherit', () => {
    const form = parseForm('constructor=1&toString[]=2&__proto__[x]=3&__proto__[]=4');
    expect(Object.getPrototypeOf(form)).toBe(Object.prototype);
    expect(Object.entries(form).slice(0, 2)).toEqual([
      ['constructor', '1'],
      ['toString', ['2']],
    ]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('leaves out fields beyond its limits', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => `f${index}=1`).join('&');
    expect(Object.keys(parseForm(many))).toHaveLength(10_000);
    expect(parseForm(`a${'[b]'.repeat(20)}=1&c=2`)).toEqual({ c: '2' });
  });
});

it('text that is not valid percent-encoding stands for itself', () => {
  expect(['a%20b', 'a+b', '%zz', '%ff'].map(decodeFormText)).toEqual(['a b', 'a b', '%zz', '%ff']);
});
