import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKnownSecrets, isDistinctive } from '../../../src/core/recording/known-secrets.ts';
import { utf8Encode } from '../../../src/core/std/encoding.ts';

function knowing(...secrets: readonly string[]) {
  const known = createKnownSecrets();
  for (const secret of secrets) known.pseudonym(secret, () => secret.toUpperCase().replace(/\d/g, '#'));
  return (text: string) => {
    let count = 0;
    return [known.replaceIn(text, () => count++), count] as const;
  };
}

describe('a secret that was met', () => {
  it('is found again where it stands alone, and not within a word', () => {
    const find = knowing('abc-123-def');
    expect(find('x abc-123-def, (abc-123-def)')).toEqual(['x ABC-###-DEF, (ABC-###-DEF)', 2]);
    expect(find('xabc-123-def abc-123-defy')).toEqual(['xabc-123-def abc-123-defy', 0]);
    expect(find('abc-123-def')).toEqual(['ABC-###-DEF', 1]);
  });

  it('that contains another is the one that is meant', () => {
    expect(knowing('abc-123-def', 'abc-123-def-456')('abc-123-def-456 abc-123-def')).toEqual([
      'ABC-###-DEF-### ABC-###-DEF',
      2,
    ]);
  });

  it('has its pseudonym made once', () => {
    const known = createKnownSecrets();
    expect(known.pseudonym('x', () => 'first')).toBe('first');
    expect(known.pseudonym('x', () => 'second')).toBe('first');
  });

  it('is not looked for when it is too weak to be told from ordinary text', () => {
    expect(knowing('admin', 'password', '12345678', 'two words 1')('admin password 12345678 two words 1')[1]).toBe(0);
    expect(['a1b2c3d4', 'correct-horse', '123456789012'].every(isDistinctive)).toBe(true);
    expect(['hunter2', 'administrator', 'two words'].some(isDistinctive)).toBe(false);
  });

  it('is found in any text around it', () => {
    const find = knowing('s3cr3t-value-1', 's3cr3t-other-2');
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const [text, count] = find(`${before} s3cr3t-value-1 s3cr3t-other-2 ${after}`);
        expect([text.includes('s3cr3t'), count]).toEqual([before.includes('s3cr3t') || after.includes('s3cr3t'), 2]);
      }),
    );
  });

  it('is forgotten when very many others have come since', () => {
    const known = createKnownSecrets();
    known.pseudonym('first-1-secret', () => 'F');
    for (let i = 0; i < 20_000; i++) known.pseudonym(`other-${i}-secret`, () => 'O');
    expect(known.replaceIn('first-1-secret other-19999-secret', () => undefined)).toBe('first-1-secret O');
  });

  it('is still found in bytes when a longer one that begins and ends with it is forgotten', () => {
    const known = createKnownSecrets();
    known.pseudonym('Ab3dEf9hXAb3dEf9hX', () => 'L');
    known.pseudonym('Ab3dEf9hX', () => 'S');
    for (let i = 0; i < 19_999; i++) known.pseudonym(`other-${i}-secret`, () => 'O');
    expect(known.mayStandIn(utf8Encode('{"a":"Ab3dEf9hX"}'))).toBe(true);
    known.pseudonym('one-more-1-secret', () => 'O');
    expect(known.mayStandIn(utf8Encode('{"a":"Ab3dEf9hX"}'))).toBe(false);
  });
});
