// How services name what they make.
import type { Dice } from '../dice.ts';
import { slug, type Noun } from '../words.ts';

export interface IdRequest {
  /** Entropy of the run: other runs make other ids. */
  readonly dice: Dice;
  /** How many have been made, this one included; in the parent's scope for scoped formats. */
  readonly count: number;
  readonly now: number;
  /** What the thing is called by its client. */
  readonly title: string;
  readonly isTaken: (id: string) => boolean;
}

export interface IdFormat {
  readonly name: string;
  readonly make: (request: IdRequest) => string | number;
  /** Well-formed, and never made. */
  readonly unknown: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** One format for things of that name; some make one with a number or a prefix of their own. */
export function drawIdFormat(dice: Dice, { one }: Noun): IdFormat {
  const prefix = one.slice(0, dice.pick([2, 3, 4]));
  const start = dice.pick([1_000, 48_210, 700_001]);
  const length = dice.pick([14, 18, 24]);
  const formats: readonly IdFormat[] = [
    { name: 'sequence', make: ({ count }) => count, unknown: '99999' },
    { name: 'sequence from afar', make: ({ count }) => start + count, unknown: '99' },
    { name: 'counted text', make: ({ count }) => String(count), unknown: '99999' },
    { name: 'prefixed number', make: ({ count }) => `${prefix.toUpperCase()}-${count}`, unknown: `${prefix}-99999` },
    { name: 'uuid', make: ({ dice: random }) => uuid(random), unknown: '00000000-0000-4000-8000-000000000000' },
    {
      name: 'prefixed',
      make: ({ dice: random }) => `${prefix}_${random.text(length, BASE62)}`,
      unknown: `${prefix}_${'0'.repeat(length)}`,
    },
    { name: 'base62', make: ({ dice: random }) => random.text(12, BASE62), unknown: '0000000000aZ' },
    { name: 'hex', make: ({ dice: random }) => random.text(24), unknown: '0'.repeat(24) },
    { name: 'ulid', make: ulid, unknown: `01${'0'.repeat(24)}` },
    { name: 'snowflake', make: snowflake, unknown: '100000000000000000' },
    { name: 'slug', make: freeSlug, unknown: 'no-such-thing' },
  ];
  return dice.pick(formats);
}

/** Counted within the parent. */
export const SCOPED_NUMBER: IdFormat = { name: 'scoped number', make: ({ count }) => count, unknown: '99999' };

function uuid(dice: Dice): string {
  const hex = dice.text(30);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${dice.pick(['8', '9', 'a', 'b'])}${hex.slice(15, 18)}-${hex.slice(18)}`;
}

function ulid({ dice, now }: IdRequest): string {
  let time = '';
  for (let rest = now, at = 0; at < 10; at++, rest = Math.floor(rest / 32)) time = CROCKFORD.charAt(rest % 32) + time;
  return time + dice.text(16, CROCKFORD);
}

/** Milliseconds since 2015 in the upper bits, as chat services count them. */
function snowflake({ dice, now }: IdRequest): string {
  return String((BigInt(now - 1_420_070_400_000) << 22n) | BigInt(dice.below(1 << 22)));
}

function freeSlug({ title, isTaken }: IdRequest): string {
  const base = slug(title) || 'untitled';
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) if (!isTaken(`${base}-${number}`)) return `${base}-${number}`;
}
