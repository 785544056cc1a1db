import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../../src/core/std/canonical.ts';
import { equalJson, isArray, isObject, parseJson, putMember, type Json } from '../../../src/core/std/json.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';

/** The same value with the keys of every object the other way round. */
function reordered(value: Json): Json {
  if (isArray(value)) return value.map(reordered);
  if (!isObject(value)) return value;
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value).reverse()) putMember(copy, key, reordered(value[key] as Json));
  return copy;
}

describe('canonicalText', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        expect(canonicalText(reordered(value))).toBe(canonicalText(value));
      }),
    );
  });

  it('is JSON text of the same value', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        expect(equalJson(parseJson(canonicalText(value)), value)).toBe(true);
      }),
    );
  });

  it('sorts keys by code units and keeps the text of numbers', () => {
    expect(canonicalText(parseJson('{"b":1.0,"a":[-0,1],"B":{}}'))).toBe('{"B":{},"a":[-0,1],"b":1.0}');
  });

  it('sorts keys that look like indexes as texts', () => {
    const text = '{"b":[{"9":1,"10":2}],"10":1,"9":{"c":1.0},"a":0}';
    expect(canonicalText(parseJson(text))).toBe('{"10":1,"9":{"c":1.0},"a":0,"b":[{"10":2,"9":1}]}');
  });

  it('stays well formed where a text holds half a character', () => {
    expect(canonicalText('\ud800')).toBe('"\\ud800"');
  });
});
