import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  elementPath,
  kindOf,
  memberPath,
  profileBodies,
  splitMemberPath,
} from '../../../src/core/model/body-profile.ts';
import { RawNumber, type Json } from '../../../src/core/std/json.ts';
import { profileDepthMax, profileFieldsMax } from '../../../src/core/std/limits.ts';

describe('the profile of a body', () => {
  it('counts values by path, with all indexes of an array as one', () => {
    const profile = profileBodies([{ items: [{ id: 1, tag: 'a' }, { id: 2 }], total: 2 }]);
    expect([...profile].map(([path, { present, kinds }]) => `${path} ${present} ${[...kinds].join('|')}`)).toEqual([
      ' 1 object',
      'items 1 array',
      'items[] 2 object',
      'items[].id 2 number',
      'items[].tag 1 string',
      'total 1 number',
    ]);
    expect(profile.get('items[].tag')).toMatchObject({ holder: 'items[]', objects: 0 });
    expect(profile.get('items[]')).toMatchObject({ holder: undefined, objects: 2 });
  });

  it('knows six kinds', () => {
    const values: Json[] = ['x', 1, new RawNumber('1.0'), true, null, {}, []];
    expect(values.map(kindOf)).toEqual(['string', 'number', 'number', 'boolean', 'null', 'object', 'array']);
  });

  it('stops at its limits of fields and depth', () => {
    const wide = Object.fromEntries(Array.from({ length: profileFieldsMax + 10 }, (_, index) => [`f${index}`, 1]));
    expect(profileBodies([wide]).size).toBe(profileFieldsMax);
    let deep: Json = 1;
    for (let depth = 0; depth < profileDepthMax + 10; depth += 1) deep = { a: deep };
    expect(profileBodies([deep]).size).toBe(profileDepthMax + 1);
  });
});

describe('a path', () => {
  it('can be taken apart again, whatever the keys are', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('a.b', 'a]', '["x"]', '__proto__', '', 'it', 'a-b', '\\"'));
    fc.assert(
      fc.property(fc.array(key, { maxLength: 3 }), key, (keys, last) => {
        const holder = keys.reduce((path, each) => elementPath(memberPath(path, each)), '');
        expect(splitMemberPath(memberPath(holder, last))).toEqual({ holder, key: last });
        expect(splitMemberPath(elementPath(holder))).toBeUndefined();
      }),
    );
  });

  it('of the body itself holds no member', () => {
    expect(splitMemberPath('')).toBeUndefined();
  });
});
