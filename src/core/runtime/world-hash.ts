// Hashes that add up: the digest of a world follows each change without looking at the rest. Two lanes of 32 bits.

export type Hash = readonly [high: number, low: number];

export const ZERO_HASH: Hash = [0, 0];

/** Two multiplicative hashes of the UTF-16 units with different constants, each mixed at the end. */
export function hashText(text: string): Hash {
  let high = 0x9e3779b9 ^ text.length;
  let low = 0x85ebca6b ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
    low = Math.imul(low ^ unit, 0x1b873593);
    low ^= low >>> 13;
  }
  return [mix(high), mix(low ^ high)];
}

export function addHash(a: Hash, b: Hash): Hash {
  return [(a[0] + b[0]) >>> 0, (a[1] + b[1]) >>> 0];
}

export function subtractHash(a: Hash, b: Hash): Hash {
  return [(a[0] - b[0]) >>> 0, (a[1] - b[1]) >>> 0];
}

/** 16 hexadecimal digits. */
export function printHash(hash: Hash): string {
  return hash.map((lane) => lane.toString(16).padStart(8, '0')).join('');
}

function mix(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
