import { describe, expect, it } from 'vitest';
import { tupleTextAt, tupleTextOf, valuesAt } from '../../../src/core/runtime/attribute-path.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import { WorldDraft } from '../../../src/core/runtime/world-draft.ts';
import type { LoadedType } from '../../../src/core/runtime/loaded-type.ts';
import type { JsonObject } from '../../../src/core/std/json.ts';
import { smallModel } from '../../support/small-clone.ts';

const loaded = loadModel(
  smallModel({
    entities: [
      { name: 'User', key: ['login'], derived: { url: "base + '/' + it.login" }, views: {} },
      {
        name: 'Repo',
        key: ['owner.login', 'name'],
        aliases: [['owner.url', 'note']],
        derived: { slug: 'lower(it.name)' },
        views: {},
      },
    ],
    seed: {
      User: [{ login: 'ada', teams: [{ name: 't1' }, { name: 't2' }] }],
      Repo: [
        { name: 'R', note: null, owner: { $ref: 'User', key: 'ada' }, 'a.b': 5 },
        { name: 'S', note: 'n', owner: { $ref: 'User', key: 'ada' } },
      ],
    },
  }),
);
const draft = new WorldDraft(loaded.dependentTuples, loaded.start);
const repoType = loaded.types[1] as LoadedType;
const repo = draft.withKey(repoType, 'ada/R')?.attributes as JsonObject;

describe('the values at a path', () => {
  it.each([
    ['name', ['R']],
    ['owner.login', ['ada']],
    ['owner.url', ['https://small.example/ada']],
    ['owner.teams.name', ['t1', 't2']],
    ['slug', ['r']],
    ['a.b', [5]],
    ['note', [null]],
    ['nothing.at.all', []],
    ['owner.constructor', []],
  ])('%s are %j', (path, values) => {
    expect(valuesAt(draft, repoType, repo, path.split('.'))).toEqual(values);
  });
});

describe('tuples', () => {
  it('have a text that passes through references', () => {
    expect(tupleTextAt(draft, repoType, repoType.key, repo)).toBe('ada/R');
  });

  it('have none where a part is missing, or null but in a key', () => {
    const [alias] = repoType.tuples;
    expect(alias && tupleTextAt(draft, repoType, alias, repo)).toBeUndefined();
    expect(tupleTextAt(draft, repoType, repoType.key, { name: 'x' })).toBeUndefined();
    expect(tupleTextAt(draft, repoType, { name: 'note', paths: [['note']] }, repo)).toBeUndefined();
    expect(draft.withTuple(repoType, alias as NonNullable<typeof alias>, 'https:~1~1small.example~1ada/n')?.key).toBe(
      'ada/S',
    );
  });

  it('of values are joined like keys', () => {
    expect(tupleTextOf(['a/b', 1])).toBe('a~1b/1');
    expect(tupleTextOf(['a', undefined])).toBeUndefined();
    expect(tupleTextOf([[1]])).toBeUndefined();
  });
});
