import { describe, expect, it } from 'vitest';
import { writtenMembers } from '../../../../src/core/compiler/calls/written-members.ts';

describe('what a body writes', () => {
  it('is its own members', () => {
    expect(writtenMembers({ title: 'a' })).toEqual({ expression: 'body', members: { title: 'a' } });
  });

  it('is what the operations of a JSON Patch name', () => {
    const patch = [
      { op: 'replace', path: '/title', value: 'b' },
      { op: 'add', path: '/colour/edge', value: 'red' },
      { op: 'remove', path: '/note' },
      { op: 'test', path: '/id', value: 1 },
      { op: 'add', path: '/tags/-', value: 'x' },
    ];
    expect(writtenMembers(patch)).toEqual({
      expression: 'patchMembers(body)',
      members: { title: 'b', colour: { edge: 'red' }, note: null },
    });
  });

  it('is nothing where a body names no members', () => {
    expect([undefined, null, 'text', [], [1], [{ op: 'add' }]].map(writtenMembers)).toEqual(
      Array.from({ length: 6 }, () => undefined),
    );
  });
});
