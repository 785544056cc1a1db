import { describe, expect, it } from 'vitest';
import {
  attributePaths,
  lastName,
  pathText,
  scalarPaths,
} from '../../../../src/core/compiler/entities/attribute-paths.ts';

describe('attributes by path', () => {
  it('are those of the entity and of the objects that it holds', () => {
    const attributes = {
      id: 1,
      $scope: 'a',
      attributes: { title: 'b', tags: ['c'] },
      owner: { $ref: 'User', key: '1' },
    };
    expect([...attributePaths(attributes)]).toEqual([
      ['id', 1],
      ['attributes.title', 'b'],
      ['attributes.tags', ['c']],
      ['owner', { $ref: 'User', key: '1' }],
    ]);
  });

  it('that are scalars have texts, whatever they are called', () => {
    const value = { $id: 7, title: '', tags: ['c'], note: null, owner: { name: 'b', age: 3, home: { city: 'x' } } };
    expect(scalarPaths(value)).toEqual([
      ['$id', '7'],
      ['owner.name', 'b'],
      ['owner.age', '3'],
    ]);
  });

  it('are read by expressions', () => {
    expect([pathText('x', 'attributes.size class'), lastName('attributes.title'), lastName('id')]).toEqual([
      'x.attributes["size class"]',
      'title',
      'id',
    ]);
  });
});
