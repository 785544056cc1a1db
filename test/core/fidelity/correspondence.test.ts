import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Correspondence, numberName } from '../../../src/core/fidelity/correspondence.ts';

describe('the correspondence', () => {
  it('is a bijection, whatever is paired in whatever order', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name)), (pairs) => {
        const correspondence = new Correspondence();
        const accepted = pairs.filter(([original, clone]) => correspondence.pair(original, clone));
        for (const [original, clone] of accepted) expect(correspondence.counterpart(original)).toBe(clone);
        const distinct = new Map(accepted);
        expect(new Set(distinct.values()).size).toBe(distinct.size);
      }),
    );
  });

  it('goes back to a mark', () => {
    const correspondence = new Correspondence();
    correspondence.pair('a', 'x');
    const mark = correspondence.mark();
    correspondence.pair('b', 'y');
    correspondence.rollback(mark);
    expect(correspondence.counterpart('a')).toBe('x');
    expect(correspondence.counterpart('b')).toBeUndefined();
    expect(correspondence.pair('c', 'y')).toBe(true);
  });

  it('keeps what the client chose for itself, but not what the client was served before', () => {
    const correspondence = new Correspondence();
    correspondence.noteServed({ id: 'srv_8f3kd02ls9' });
    correspondence.noteSent({ id: 'srv_8f3kd02ls9', own: 'cli_8f3kd02ls9', path: '/things/mine_77ab31c0/x' });
    expect(correspondence.isSent('cli_8f3kd02ls9')).toBe(true);
    expect(correspondence.isSent('mine_77ab31c0')).toBe(true);
    expect(correspondence.isSent('srv_8f3kd02ls9')).toBe(false);
    expect(correspondence.pair('cli_8f3kd02ls9', 'cli_000aa11bb2')).toBe(false);
    expect(correspondence.pair('srv_8f3kd02ls9', 'srv_000aa11bb2')).toBe(true);
  });

  it('tells what a client of the clone holds, also where the clone was wrong', () => {
    const correspondence = new Correspondence();
    correspondence.pair('id-a', 'id-b');
    correspondence.pair(numberName(1234567), numberName(7654321));
    correspondence.hold('rev-1', 'rev-2');
    correspondence.holdNumber('issues', 7, 6);
    expect(correspondence.heldFor('id-a')).toBe('id-b');
    expect(correspondence.heldFor('1234567')).toBe('7654321');
    expect(correspondence.heldFor('rev-1')).toBe('rev-2');
    expect(correspondence.heldFor('other')).toBeUndefined();
    expect(correspondence.heldNumber('issues', '7')).toBe('6');
    expect(correspondence.heldNumber('issue', '7')).toBe('6');
    expect(correspondence.heldNumber('users', '7')).toBeUndefined();
    expect(correspondence.heldNumber('', '7')).toBeUndefined();
  });

  it('allows times to stand apart as far as the clocks do', () => {
    const correspondence = new Correspondence();
    const before = correspondence.clockSlackMs;
    correspondence.allowClockShift(-5000);
    correspondence.allowClockShift(1000);
    expect(correspondence.clockSlackMs).toBe(before + 5000);
  });
});
