import { describe, expect, it } from 'vitest';
import { tiePrefixes } from '../../../../src/core/compiler/entities/entity-ties.ts';
import { analysed, type Line } from '../../../support/written-recording.ts';

/** Prefixes of ties in a recording. */
function tiesOf(lines: readonly Line[]): string[] {
  const { calls, routes, sites } = analysed(lines);
  return [...tiePrefixes({ calls, routes, sites, drafts: [], owner: new Map() })];
}

const read = (path: string): Line => ({ ask: `GET ${path}`, answer: { id: path.split('/')[2], size: path.length } });
const lesson = (noun: string, put: Partial<Line> = {}): Line[] => [
  ...['usr4f1a', 'usr9c2e', 'usr7b03'].map((id) => read(`/users/${id}`)),
  ...['team83d0', 'team17cf'].map((id) => read(`/teams/${id}`)),
  { ask: `PUT /teams/team83d0/${noun}/usr4f1a`, status: 204, ...put },
  { ask: `PUT /teams/team83d0/${noun}/usr9c2e`, status: 204, ...put },
  { ask: `PUT /teams/team17cf/${noun}/usr4f1a`, status: 204, ...put },
  { ask: `DELETE /teams/team17cf/${noun}/usr4f1a`, status: 204 },
];

describe('a tie', () => {
  it('is made by a path that says no more than what it ties, under whatever name', () => {
    expect(tiesOf(lesson('users'))).toEqual(['/teams/{team}/users/{user}']);
    expect(tiesOf(lesson('members'))).toEqual(['/teams/{team}/members/{member}']);
  });

  it('is not where something is sent, or shown', () => {
    expect(tiesOf(lesson('users', { body: { role: 'owner' } }))).toEqual([]);
    expect(tiesOf(lesson('users', { status: 200, answer: { role: 'owner' } }))).toEqual([]);
  });

  it('is not where what is named has no other path', () => {
    expect(tiesOf(lesson('labels').filter(({ ask }) => !ask.startsWith('GET /users')))).toEqual([]);
  });
});
