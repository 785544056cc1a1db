import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinKey, keyPartText } from '../../../src/core/model/entity-key.ts';
import { RawNumber } from '../../../src/core/std/json.ts';

describe('key part', () => {
  it.each([
    ['a text', 'a/b', 'a/b'],
    ['a number', 12, '12'],
    ['a long number', new RawNumber('12345678901234567890'), '12345678901234567890'],
    ['a truth value', true, 'true'],
    ['null', null, 'null'],
    ['a reference', { $ref: 'User', key: 'ada' }, 'ada'],
    ['an entity', { $type: 'User', $key: 'ada', key: 'other' }, 'ada'],
  ])('of %s', (_what, value, text) => {
    expect(keyPartText(value)).toBe(text);
  });

  it.each([[undefined], [{}], [[1]], [{ key: 'x' }], [{ $key: 5 }]])('is missing for %j', (value) => {
    expect(keyPartText(value)).toBeUndefined();
  });
});

describe('joined key', () => {
  it('is the text itself for one part', () => {
    expect(joinKey(['a/b~c'])).toBe('a/b~c');
  });

  it('differs for any two lists of parts of one length', () => {
    const parts = fc.array(fc.stringMatching(/^[a/~01]{0,3}$/), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(joinKey(a) === joinKey(b)).toBe(a.join('\n') === b.join('\n'));
      }),
    );
  });
});
