import { describe, expect, it } from 'vitest';
import type { EntityDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const typesOf = (lines: readonly Line[]): readonly EntityDraft[] => analysed(lines).entities.types;
const note = (id: number, title: string): object => ({ id, title, body: `about ${title}` });

describe('an entity type', () => {
  it('holds objects elsewhere that agree with it in key and values', () => {
    const { entities } = analysed([
      { ask: 'GET /people/7', answer: { id: 7, login: 'ada', mail: 'ada@x.example' } },
      { ask: 'GET /people/8', answer: { id: 8, login: 'bob', mail: 'bob@x.example' } },
      { ask: 'GET /notes/1', answer: { ...note(1, 'a'), owner: { id: 7, login: 'ada', mail: 'ada@x.example' } } },
      { ask: 'GET /notes/2', answer: { ...note(2, 'b'), owner: { id: 8, login: 'bob', mail: 'bob@x.example' } } },
    ]);
    expect(entities.bySite.get('GET /notes/{note} 200 $.owner')?.name).toBe('People');
    expect(entities.direct.has('GET /notes/{note} 200 $')).toBe(true);
    expect(entities.direct.has('GET /notes/{note} 200 $.owner')).toBe(false);
  });

  it('keeps apart objects whose equal numbers mean different things', () => {
    const { entities } = analysed([
      { ask: 'GET /people/1', answer: { id: 1, login: 'ada', mail: 'ada@x.example' } },
      { ask: 'GET /people/2', answer: { id: 2, login: 'bob', mail: 'bob@x.example' } },
      { ask: 'GET /notes/1', answer: { ...note(1, 'a'), state: { id: 1, name: 'new', rank: 4 } } },
      { ask: 'GET /notes/2', answer: { ...note(2, 'b'), state: { id: 2, name: 'done', rank: 9 } } },
    ]);
    expect(entities.bySite.get('GET /notes/{note} 200 $.state')?.name).not.toBe('People');
  });

  it('is one for two paths to it that are alike in fields and share values', () => {
    const release = (id: number, tag: string): object => ({ id, tag, title: `v${tag}`, draft: false });
    const types = typesOf([
      { ask: 'GET /releases', answer: [release(1, '1.0'), release(2, '1.1')] },
      { ask: 'GET /releases/1', answer: release(1, '1.0') },
      { ask: 'GET /releases/2', answer: release(2, '1.1') },
      { ask: 'GET /releases/tags/1.0', answer: release(1, '1.0') },
      { ask: 'GET /releases/tags/1.1', answer: release(2, '1.1') },
    ]);
    expect(types.map(({ name, key }) => ({ name, key }))).toEqual([{ name: 'Release', key: ['id'] }]);
    expect(types[0]?.lookups.map(({ prefix, attributes }) => [prefix, attributes])).toEqual([
      ['/releases/{release}', ['id']],
      ['/releases/tags/{tag}', ['tag']],
    ]);
  });

  it('is shown by a write whose answers know its ids, though much was changed before it was read', () => {
    const boat = (id: string, name: string): object => ({ id, attributes: { name, size: 3 } });
    const ids = ['boat-7f1c', 'boat-8d2e', 'boat-9a3f', 'boat-1b4c', 'boat-2c5d', 'boat-3d6e', 'boat-4e7f'];
    const others = ['boat-aa01', 'boat-bb02', 'boat-cc03', 'boat-dd04'];
    const { entities } = analysed([
      ...others.map((id): Line => ({ ask: `GET /boats/${id}`, answer: boat(id, `the ${id}`) })),
      ...ids.flatMap((id, at): Line[] => [
        { ask: 'POST /boats/moor', body: { name: `old ${at}` }, status: 201, answer: boat(id, `old ${at}`) },
        ...(at < 3 ? [{ ask: `GET /boats/${id}`, answer: boat(id, at === 0 ? 'old 0' : `new ${at}`) }] : []),
      ]),
    ]);
    expect(entities.bySite.get('POST /boats/moor 201 $')?.name).toBe('Boat');
  });
});
