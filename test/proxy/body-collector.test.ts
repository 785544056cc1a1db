import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyCollector } from '../../src/proxy/body-collector.ts';
import { BodySpool } from '../../src/proxy/body-spool.ts';
import { memorySink, noRedaction } from '../support/memory-sink.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const noRoomNeeded = () => undefined;

describe('a body that streams by', () => {
  it('is held up to one limit, stored as it comes up to another, and beyond it has length and hash only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }), async (parts) => {
        const sink = memorySink();
        const spool = () => new BodySpool({ headers: [], sink, redaction: noRedaction, bodyMax: 64 });
        const collector = new BodyCollector({ heldMax: 32, bodyMax: 64, spool });
        for (const part of parts) expect(collector.add(Buffer.from(part), noRoomNeeded)).toBe(true);
        const all = Buffer.concat(parts);
        const { bytes, spooled, reason, length, sha256: hash } = await collector.collected();
        expect(length).toBe(all.length);
        if (all.length <= 32) {
          expect(bytes?.equals(all)).toBe(true);
          return;
        }
        expect(hash).toBe(sha256(all));
        if (all.length <= 64) expect(spooled).toEqual({ sha256: sha256(all), length: all.length });
        else expect([spooled, reason]).toEqual([undefined, 'it is over 64 bytes']);
      }),
    );
  });

  it.each([
    ['held', 10_000],
    ['stored as it comes', 2000],
  ])('comes out whole when it comes in drops: %s', async (_what, heldMax) => {
    const sink = memorySink();
    const spool = () => new BodySpool({ headers: [], sink, redaction: noRedaction, bodyMax: 10_000 });
    const collector = new BodyCollector({ heldMax, bodyMax: 10_000, spool });
    const all = Buffer.from(Array.from({ length: 3000 }, (_none, at) => at & 0xff));
    for (let at = 0; at < all.length; at++) collector.add(all.subarray(at, at + 1), noRoomNeeded);
    const { bytes, spooled, length } = await collector.collected();
    expect(length).toBe(3000);
    expect(bytes ? sha256(bytes) : spooled?.sha256).toBe(sha256(all));
    expect(bytes === undefined).toBe(heldMax < 3000);
  });

  it('that is too long at once is not stored at all', async () => {
    const spool = () => expect.unreachable('nothing is to be stored');
    const collector = new BodyCollector({ heldMax: 10, bodyMax: 5, spool });
    collector.add(Buffer.from('abcdef'), noRoomNeeded);
    expect(await collector.collected()).toEqual({
      reason: 'it is over 5 bytes',
      length: 6,
      sha256: sha256(Buffer.from('abcdef')),
    });
  });
});
