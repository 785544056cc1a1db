import { describe, expect, it } from 'vitest';
import type { EntityType } from '../../../src/core/model/clone-model.ts';
import { loadModel } from '../../../src/core/runtime/step.ts';
import type { LoadedType } from '../../../src/core/runtime/loaded-type.ts';
import { smallModel } from '../../support/small-clone.ts';

function loadedType(entity: Partial<EntityType>): LoadedType {
  const whole: EntityType = { name: 'User', key: ['login'], views: {}, ...entity };
  const bindings = [
    { name: 'a', type: 'User', key: ['1'], by: ['id'] },
    { name: 'b', type: 'User', key: ['1', '2'], by: ['team.name', 'nick'] },
    { name: 'c', type: 'User', key: ['1'], by: ['login'] },
    { name: 'd', type: 'User', key: ['1'] },
  ];
  const routes = [{ id: 'r', method: 'GET', path: '/', bindings, cases: [] }];
  return loadModel(smallModel({ entities: [whole], routes })).types[0] as LoadedType;
}

describe('a loaded entity type', () => {
  it('has every tuple that it is looked up by, once, but for its key', () => {
    const { key, tuples } = loadedType({ aliases: [['id'], ['email']] });
    expect(key).toEqual({ name: 'login', paths: [['login']] });
    expect(tuples.map(({ name }) => name)).toEqual(['id', 'email', 'team.name,nick']);
    expect(tuples[2]?.paths).toEqual([['team', 'name'], ['nick']]);
  });

  it('knows which values follow from an entity alone', () => {
    const derived = { url: 'base + it.login', count: "rows('User').size()", after: 'it.url', more: 'it.count + 1' };
    const views = { alone: 'it.login' };
    const type = loadedType({ derived, views });
    expect([...type.derived].map(([name, { selfContained }]) => [name, selfContained])).toEqual([
      ['url', true],
      ['count', false],
      ['after', true],
      ['more', false],
    ]);
    expect([type.selfContained, type.views.get('alone')?.selfContained]).toEqual([false, true]);
    expect([type.derive({ login: 'x' }, 'url'), type.derive({ login: 'x' }, 'count')]).toEqual([
      'https://small.examplex',
      undefined,
    ]);
  });

  it.each([
    [['name'], ['slug', 'url', 'any']],
    [['slug'], ['slug', 'url', 'any']],
    [['other'], ['any']],
    [[], ['any']],
  ])('knows what may change with the attributes %j', (changed, expected) => {
    const derived = { slug: 'lower(it.name)', url: 'base + it.slug', plain: "'x'", any: 'size(keys(it))' };
    expect([...loadedType({ derived }).derivedFrom(changed)].sort()).toEqual([...expected].sort());
  });

  it.each([
    [{ a: 'it.login' }, true],
    [{ a: 'principal.id' }, false],
    [{ a: 'now()' }, false],
    [{ $view: 'x', of: 'it' }, false],
  ])('tells that view %j is self-contained: %s', (full, expected) => {
    expect(loadedType({ views: { full } }).views.get('full')?.selfContained).toBe(expected);
  });
});
