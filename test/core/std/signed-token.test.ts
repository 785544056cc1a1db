import { describe, expect, it } from 'vitest';
import { base64UrlEncode, utf8Encode } from '../../../src/core/std/encoding.ts';
import { readSignedToken } from '../../../src/core/std/signed-token.ts';

const part = (value: unknown): string => base64UrlEncode(utf8Encode(JSON.stringify(value)));

describe('a signed token', () => {
  it('is read without its signature, which may be empty', () => {
    const read = { header: { alg: 'none' }, claims: { sub: 'adä', exp: 1767603601 } };
    const text = `${part(read.header)}.${part(read.claims)}`;
    expect(readSignedToken(`${text}.c2ln`)).toEqual(read);
    expect(readSignedToken(`${text}.`)).toEqual(read);
  });

  it.each(['', '1.2.3', 'eyJhbG.eyJzdWI.c2ln', `${part({})}.${part([])}.c2ln`, `${part({})}.${part({})}`, 'a b.c.d'])(
    'is not %j',
    (text) => expect(readSignedToken(text)).toBeUndefined(),
  );
});
