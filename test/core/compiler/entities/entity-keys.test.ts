import { describe, expect, it } from 'vitest';
import type { EntityDraft } from '../../../../src/core/compiler/entities/entity-draft.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

const typesOf = (lines: readonly Line[]): readonly EntityDraft[] => analysed(lines).entities.types;

describe('the key of an entity type', () => {
  const issue = (repo: string, number: number, title: string): Line => ({
    ask: `GET /repos/${repo}/issues/${number}`,
    answer: { number, title, state: 'open' },
  });

  it('holds the scope where small numbers recur in it', () => {
    const types = typesOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      issue('red', 1, 'a'),
      issue('red', 2, 'b'),
      issue('blue', 1, 'c'),
    ]);
    const type = types.find(({ field }) => field === 'number');
    expect(type?.key).toEqual(['$repo', 'number']);
  });

  it('is global where the service gives things one, and the path is another name', () => {
    const withId = (repo: string, number: number, id: number): Line => ({
      ask: `GET /repos/${repo}/issues/${number}`,
      answer: { id, number, title: `t${id}`, state: 'open' },
    });
    const type = typesOf([
      { ask: 'GET /repos', answer: [{ name: 'red' }, { name: 'blue' }] },
      { ask: 'GET /repos/red', answer: { name: 'red' } },
      withId('red', 1, 501),
      withId('red', 2, 502),
      withId('blue', 1, 503),
      withId('blue', 2, 504),
    ]).find(({ fields }) => fields.has('number'));
    expect(type?.key).toEqual(['id']);
    expect(type?.lookups[0]?.attributes.at(-1)).toBe('number');
  });
});
