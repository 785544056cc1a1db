import { describe, expect, it } from 'vitest';
import { coverage } from '../../../../src/core/compiler/entities/entity-anchors.ts';
import type { EntityDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const typesOf = (lines: readonly Line[]): readonly EntityDraft[] => analysed(lines).entities.types;
const note = (id: number, title: string): object => ({ id, title, body: `about ${title}` });

describe('an entity type', () => {
  it('is found where a field of the answer equals the last parameter of the path', () => {
    const [type, ...others] = typesOf([
      { ask: 'GET /notes/1', answer: note(1, 'a') },
      { ask: 'GET /notes/2', answer: note(2, 'b') },
    ]);
    expect(type).toMatchObject({ name: 'Note', field: 'id', key: ['id'] });
    expect(type?.lookups).toEqual([{ prefix: '/notes/{note}', params: ['note'], attributes: ['id'], lead: '' }]);
    expect(others).toEqual([]);
  });

  it('holds the objects of the collection that its path extends, in envelopes too', () => {
    const [type] = typesOf([
      { ask: 'GET /notes', answer: { items: [note(1, 'a')], total: 1 } },
      { ask: 'POST /notes', body: { title: 'b' }, status: 201, answer: { note: note(2, 'b') } },
      { ask: 'GET /notes/1', answer: { note: note(1, 'a') } },
    ]);
    expect([...type!.sites].sort()).toEqual([
      'GET /notes 200 $.items[]',
      'GET /notes/{note} 200 $.note',
      'POST /notes 201 $.note',
    ]);
  });

  it('holds what creations answer with, though that is no more than its name', () => {
    const lines = [1, 2].flatMap((id): Line[] => [
      { ask: 'POST /boats', body: { sail: 'red' }, status: 201, answer: { id } },
      { ask: `GET /boats/${id}`, answer: { id, sail: 'red', crew: 2, port: 'Oban' } },
    ]);
    const { entities } = analysed(lines);
    expect(entities.bySite.get('POST /boats 201 $')).toBe(entities.types[0]);
  });

  it('is known by the field of its collection when its items are never read one by one', () => {
    const [type] = typesOf([
      {
        ask: 'GET /stars',
        answer: [
          { name: 'vega', colour: 'blue' },
          { name: 'rigel', colour: 'white' },
        ],
      },
      { ask: 'DELETE /stars/vega', status: 204 },
    ]);
    expect(type).toMatchObject({ name: 'Star', key: ['name'] });
  });

  it('is not taken from an embedded object whose small number happens to be that of the path', () => {
    const user = (id: number): object => ({
      id,
      login: ['ada', 'bob'][id - 1],
      mail: ['a@x.example', 'b@x.example'][id - 1],
    });
    const lines = [1, 1, 1, 1, 1, 2, 3, 4, 5, 2, 3, 4, 5].map((id): Line => ({
      ask: `GET /notes/${id}`,
      answer: { ...note(id, 'abcdef'[id]!), owner: user(id === 1 ? 1 : 2 - (id % 2)) },
    }));
    const { entities } = analysed([
      { ask: 'GET /users/1', answer: user(1) },
      { ask: 'GET /users/2', answer: user(2) },
      ...lines,
    ]);
    expect(entities.bySite.get('GET /notes/{note} 200 $.owner')?.name).toBe('User');
  });

  it('is found where requests name their subject in the body', () => {
    const channel = (id: string): object => ({ ok: true, channel: { id, topic: `on ${id}` } });
    const types = typesOf(
      ['C101', 'C202', 'C303'].map((id): Line => ({
        ask: 'POST /channels.info',
        body: { channel: id },
        answer: channel(id),
      })),
    );
    expect(types.map(({ name, field, key }) => [name, field, key])).toEqual([['Channel', 'id', ['id']]]);
  });
});

describe('a list of what stands at a collection', () => {
  it('is not the list that stands in the thing made there', () => {
    const tag = (id: string): object => ({ id, word: `word ${id}` });
    const plan = (id: number, tags: readonly string[]): object => ({
      id,
      shown: { title: `p${id}`, tags: tags.map(tag) },
    });
    const { entities } = analysed([
      ...[1, 2, 3].map((id): Line => ({
        ask: 'POST /plans',
        body: {},
        status: 201,
        answer: plan(id, ['tag-aa', 'tag-bb']),
      })),
      ...[1, 2, 3].map((id): Line => ({ ask: `GET /plans/${id}`, answer: plan(id, ['tag-aa', 'tag-bb']) })),
    ]);
    expect(entities.bySite.get('POST /plans 201 $')?.name).toBe('Plan');
    expect(entities.bySite.get('POST /plans 201 $.shown.tags[]')?.name).not.toBe('Plan');
  });
});

describe('the share of a type that a site shows', () => {
  it('counts the members of the type alone', () => {
    expect(coverage(new Set(['id', 'title', 'noise']), new Set(['id', 'title', 'body', 'state']))).toBe(0.5);
    expect(coverage(new Set(), new Set())).toBe(1);
  });
});

describe('an object in the answer of a write, named by a member of the request', () => {
  it('is a known thing shown short, and no kind of its own', () => {
    const sensors = ['6f1c0a', '7d2e1b', '8a3f2c'];
    const sensor = (id: string): object => ({ id, name: `about ${id}`, place: `at ${id}`, on: true });
    const types = typesOf([
      ...sensors.map((id): Line => ({ ask: `GET /sensors/${id}`, answer: sensor(id) })),
      ...sensors.map((id, at): Line => ({
        ask: 'POST /surveys',
        body: { title: `t${at}`, sensor_id: id },
        status: 201,
        answer: { id: at + 1, title: `t${at}`, sensor_id: id, sensor: { id, name: `about ${id}` } },
      })),
      {
        ask: 'GET /surveys/1',
        answer: { id: 1, title: 't0', sensor_id: '6f1c0a', sensor: { id: '6f1c0a', name: 'about 6f1c0a' } },
      },
    ]);
    expect(types.map(({ name }) => name)).toEqual(['Sensor', 'Survey']);
    expect(types[0]!.sites).toContain('POST /surveys 201 $.sensor');
  });
});
