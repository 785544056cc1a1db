import { describe, expect, it } from 'vitest';
import { knownFields } from '../../../src/core/drift/known-fields.ts';
import { answer, field, shapesWith } from '../../support/drift-shapes.ts';

describe('what is known of a key', () => {
  it('is known wherever it stands', () => {
    const known = knownFields(
      shapesWith(
        answer(3, { 'items[].title': field(3, { kinds: { string: 2, null: 1 } }), title: field(3) }),
        answer(1, { code: field(1) }, 404),
      ),
    );
    expect([...known.keys].sort()).toEqual(['code', 'title']);
    expect(known.hasKind('title', 'null')).toBe(true);
    expect(known.hasKind('title', 'number')).toBe(false);
    expect(known.hasKind('other', 'string')).toBe(false);
  });
});
