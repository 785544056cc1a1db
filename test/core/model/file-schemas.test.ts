import { describe, expect, it } from 'vitest';
import { describeIssue, entityFile, overridesFile, routesFile } from '../../../src/core/model/file-schemas.ts';

/** The first thing that is wrong, as `path: words`. */
function complaint(result: { error?: { issues: Parameters<typeof describeIssue>[0][] } }): string | undefined {
  const issue = result.error?.issues[0];
  return issue === undefined ? undefined : `${issue.path.join('.')}: ${describeIssue(issue)}`;
}

const withBody = (body: unknown): unknown => [
  { id: 'a', method: 'GET', path: '/', cases: [{ id: 'b', reply: { status: 200, body } }] },
];

describe('the shapes of files', () => {
  it.each([
    [{ $each: 'it.tags', as: 't', do: 't' }, undefined],
    [{ $literal: { $each: 1 } }, undefined],
    [{ a: [{ $view: 'full' }] }, '0.cases.0.reply.body.a.0: $view needs of beside it'],
    [{ $view: 'full', of: 1 }, '0.cases.0.reply.body.of: expected text for of'],
    [{ $literal: 1, more: 2 }, '0.cases.0.reply.body.more: more does not belong beside $literal'],
    [{ $merge: 'x' }, '0.cases.0.reply.body.$merge: expected a list of templates for $merge'],
    [{ $merge: [{ $each: 'x' }] }, '0.cases.0.reply.body.$merge.0: $each needs as and do beside it'],
    [{ $each: 'a', as: 'b', do: { $view: 'c' } }, '0.cases.0.reply.body.do: $view needs of beside it'],
  ])('a body template %j: %s', (body, expected) => {
    expect(complaint(routesFile.safeParse(withBody(body)))).toBe(expected);
  });

  it.each([
    [{ name: 'T', key: 'id', views: {} }, /^key: /],
    [{ name: 'T', key: [], aliases: [[]], views: {} }, /^aliases.0: /],
    [{ name: 'T', key: ['id'] }, /^views: expected an object$/],
    [{ name: 'T', key: ['id'], views: { full: {} }, veiws: {} }, /^: unknown key veiws$/],
  ])('an entity type %j is refused', (value, expected) => {
    expect(complaint(entityFile.safeParse(value))).toMatch(expected);
  });

  it('known keys come out in canonical order, recorded names in their own', () => {
    const parsed = entityFile.parse({ views: { z: { b: 1, a: 2 }, y: 1 }, key: ['id'], name: 'T' });
    expect(JSON.stringify(parsed)).toBe('{"name":"T","key":["id"],"views":{"z":{"b":1,"a":2},"y":1}}');
  });

  it('an override may hold any members of a rule but its id', () => {
    expect(overridesFile.safeParse([{ rule: 'a', when: 'x' }]).success).toBe(true);
    expect(complaint(overridesFile.safeParse([{ rule: 'a', id: 'b' }]))).toBe('0: unknown key id');
  });
});
