import { expect, it } from 'vitest';
import { credentialIn, parseCookies, parseSetCookie } from '../../../src/core/exchange/cookies.ts';

it('cookies that a client shows are pairs, and what has no name is none', () => {
  expect(parseCookies('a=1; sid=s%3Ax=y ;b="q";; =z; lone')).toEqual([
    ['a', '1'],
    ['sid', 's%3Ax=y'],
    ['b', '"q"'],
  ]);
});

it('a cookie that a server sets has its attributes behind it', () => {
  expect(parseSetCookie('sid=abc; Path=/; HttpOnly')).toEqual({
    name: 'sid',
    value: 'abc',
    attributes: '; Path=/; HttpOnly',
  });
  expect(parseSetCookie('sid=')).toEqual({ name: 'sid', value: '', attributes: '' });
  expect(parseSetCookie('; Path=/')).toBeUndefined();
});

it('a credential stands behind its prefix, or in the cookie of that name', () => {
  expect(credentialIn('authorization', 'Bearer x', 'Bearer ')).toBe('x');
  expect(credentialIn('authorization', 'Basic x', 'Bearer ')).toBeUndefined();
  expect(credentialIn('cookie', 'theme=dark; sid=x', 'sid=')).toBe('x');
  expect(credentialIn('cookie', 'theme=dark', 'sid=')).toBeUndefined();
});
