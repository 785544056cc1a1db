// Secrets that were met where their place gave them away, found again where it does not: in a path, in a log line, in the
// answer that shows a token again.

import { utf8Encode } from '../std/encoding.ts';
import { standsAt } from './sieve-bytes.ts';

/** Secrets kept in mind; the oldest is forgotten first. */
const KNOWN_MAX = 20_000;
/** Characters at the beginning of a secret by which it is looked for. */
const GRAM = 6;
const FILTER_BITS = 1 << 18;
const FACTOR = 31;
const FACTOR_OUT = FACTOR ** (GRAM - 1);

/** Remembers secrets with their pseudonyms and finds them in text. */
export interface KnownSecrets {
  /** There is nothing to find. */
  readonly isEmpty: boolean;
  /** The pseudonym of a secret, made once; from now on the secret is known. */
  pseudonym(secret: string, make: () => string): string;
  /** The text with every known secret that stands alone in it replaced; `found` is called for each, with its pseudonym. */
  replaceIn(text: string, found: (pseudonym: string) => void): string;
}

/** Remembered secrets that can be looked for in bytes, too. */
export interface FindableSecrets extends KnownSecrets {
  /** False when no known secret that would be replaced stands in the bytes. */
  mayStandIn(bytes: Uint8Array): boolean;
}

/**
 * Strong enough that finding it again is no chance: replacing weak ones (`admin`) everywhere would change ordinary text.
 */
export function isDistinctive(secret: string): boolean {
  if (secret.length < 8 || /\s/.test(secret)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(secret)).length;
  return /^\d+$/.test(secret) ? secret.length >= 12 : kinds >= 2 && (/\d/.test(secret) || secret.length >= 12);
}

export function createKnownSecrets(): FindableSecrets {
  const inBytes = createByteIndex();
  const pseudonyms = new Map<string, string>();
  /** Distinctive secrets by their first characters; the bit filter says quickly that there is none. */
  const byGram = new Map<string, string[]>();
  const filter = new Uint8Array(FILTER_BITS >> 3);

  function makeFindable(secret: string): void {
    for (const bytes of bytesOf(secret)) inBytes.add(bytes);
    const gram = secret.slice(0, GRAM);
    const earlier = byGram.get(gram);
    if (earlier === undefined) byGram.set(gram, [secret]);
    else earlier.push(secret);
    let hash = 0;
    for (let i = 0; i < GRAM; i++) hash = (Math.imul(hash, FACTOR) + secret.charCodeAt(i)) | 0;
    const bit = hash & (FILTER_BITS - 1);
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }

  function forgetOldest(): void {
    const secret = pseudonyms.keys().next().value as string;
    pseudonyms.delete(secret);
    const gram = secret.slice(0, GRAM);
    const rest = byGram.get(gram)?.filter((each) => each !== secret) ?? [];
    for (const bytes of bytesOf(secret)) inBytes.remove(bytes);
    if (rest.length > 0) byGram.set(gram, rest);
    else byGram.delete(gram);
  }

  function secretAt(text: string, at: number): string | undefined {
    let found: string | undefined;
    for (const secret of byGram.get(text.slice(at, at + GRAM)) ?? []) {
      // The one that contains another is the one that is meant.
      if (secret.length <= (found?.length ?? 0) || !text.startsWith(secret, at)) continue;
      if (standsAlone(text, at, at + secret.length)) found = secret;
    }
    return found;
  }

  return {
    get isEmpty() {
      return byGram.size === 0;
    },
    pseudonym: (secret, make) => {
      const known = pseudonyms.get(secret);
      if (known !== undefined) return known;
      if (pseudonyms.size >= KNOWN_MAX) forgetOldest();
      const made = make();
      pseudonyms.set(secret, made);
      if (made !== secret && isDistinctive(secret)) makeFindable(secret);
      return made;
    },
    replaceIn: (text, found) => {
      if (byGram.size === 0 || text.length < GRAM) return text;
      let result = '';
      let done = 0;
      let hash = 0;
      for (let end = 0; end < text.length; end++) {
        // A rolling hash of the last characters: what leaves the window is taken out, what enters is put in.
        if (end >= GRAM) hash -= Math.imul(text.charCodeAt(end - GRAM), FACTOR_OUT);
        hash = (Math.imul(hash, FACTOR) + text.charCodeAt(end)) | 0;
        const bit = hash & (FILTER_BITS - 1);
        const at = end - GRAM + 1;
        if (((filter[bit >> 3] as number) & (1 << (bit & 7))) === 0 || at < done) continue;
        const secret = secretAt(text, at);
        if (secret === undefined) continue;
        const pseudonym = pseudonyms.get(secret) as string;
        found(pseudonym);
        result += text.slice(done, at) + pseudonym;
        done = at + secret.length;
      }
      return done === 0 ? text : result + text.slice(done);
    },
    mayStandIn: inBytes.mayStandIn,
  };
}

/** A secret as text has it, and as bytes have it that are read one character each. */
function bytesOf(secret: string): readonly Uint8Array[] {
  const utf8 = utf8Encode(secret);
  return utf8.length === secret.length ? [utf8] : [utf8, Uint8Array.from(secret, (each) => each.charCodeAt(0))];
}

/** Bytes by which a secret is looked for. */
const GROUP = 4;
/** A filter has at most two to this power. */
const GROUP_FILTER_BITS = 19;
/** Every so-many-th group of a body is looked at: few, where the secrets are long enough that one of them is then in it. */
const STRIDES: readonly number[] = [4, 16];

interface ByteIndex {
  add(secret: Uint8Array): void;
  remove(secret: Uint8Array): void;
  mayStandIn(bytes: Uint8Array): boolean;
}

/** Finds secrets in bytes without looking at most of them. */
function createByteIndex(): ByteIndex {
  const [short, long] = STRIDES.map(createStrideIndex) as [ByteIndex, ByteIndex];
  const indexOf = (secret: Uint8Array) => (secret.length >= lengthMin(STRIDES[1] as number) ? long : short);
  return {
    add: (secret) => indexOf(secret).add(secret),
    remove: (secret) => indexOf(secret).remove(secret),
    mayStandIn: (bytes) => long.mayStandIn(bytes) || short.mayStandIn(bytes),
  };
}

/** Of so many bytes, every place in a body has one group of those that are looked at. */
const lengthMin = (stride: number) => stride + GROUP - 1;

function createStrideIndex(stride: number): ByteIndex {
  const byGroup = new Map<number, Uint8Array[]>();
  const filter = createGroupFilter();
  /** Where groups begin, counted from the end: tokens of one maker begin alike. */
  const offsets = Array.from({ length: stride }, (_none, index) => GROUP + index);
  const groupsOf = (secret: Uint8Array) => new Set(offsets.map((offset) => groupAt(secret, secret.length - offset)));

  return {
    add: (secret) => {
      for (const group of groupsOf(secret)) {
        const earlier = byGroup.get(group);
        if (earlier === undefined) byGroup.set(group, [secret]);
        else earlier.push(secret);
      }
      filter.fit(byGroup, groupsOf(secret));
    },
    remove: (secret) => {
      for (const group of groupsOf(secret)) {
        const rest = byGroup.get(group)?.filter((each) => !isEqual(each, secret)) ?? [];
        if (rest.length > 0) byGroup.set(group, rest);
        else byGroup.delete(group);
      }
    },
    mayStandIn: (bytes) => {
      if (byGroup.size === 0) return false;
      const { bits, shift } = filter;
      for (let at = 0; at + GROUP <= bytes.length; at += stride) {
        const group = groupAt(bytes, at);
        const bit = Math.imul(group, HASH_FACTOR) >>> shift;
        if (((bits[bit >> 3] as number) & (1 << (bit & 7))) === 0) continue;
        const isPart = (secret: Uint8Array) =>
          offsets.some((offset) => standsAt(secret, bytes, at + offset - secret.length));
        if (byGroup.get(group)?.some(isPart)) return true;
      }
      return false;
    },
  };
}

const HASH_FACTOR = 0x9e3779b1;
/** A filter of few secrets stays where the processor has it at hand. */
const FILTER_BITS_MIN = 13;
/** Bits for each group: so few are set that most groups of a body are told by one look. */
const BITS_PER_GROUP = 64;

/** Says quickly of most groups of bytes that no secret has them. */
function createGroupFilter() {
  let size = FILTER_BITS_MIN;
  const filter = {
    bits: new Uint8Array(1 << (size - 3)),
    /** Of a group's hash, to the index of its bit. */
    shift: 32 - size,
    /** Takes groups in; it grows with how many there are. */
    fit(all: ReadonlyMap<number, unknown>, added: Iterable<number>): void {
      const isFull = all.size * BITS_PER_GROUP > 1 << size && size < GROUP_FILTER_BITS;
      if (isFull) {
        size = Math.min(GROUP_FILTER_BITS, size + 2);
        filter.bits = new Uint8Array(1 << (size - 3));
        filter.shift = 32 - size;
      }
      for (const group of isFull ? all.keys() : added) {
        const bit = Math.imul(group, HASH_FACTOR) >>> filter.shift;
        filter.bits[bit >> 3] = (filter.bits[bit >> 3] as number) | (1 << (bit & 7));
      }
    },
  };
  return filter;
}

function groupAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  return low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && standsAt(a, b, 0);
}

function standsAlone(text: string, start: number, end: number): boolean {
  if (/[A-Za-z0-9]/.test(text[end] ?? '')) return false;
  return !/[A-Za-z0-9]/.test(text[start - 1] ?? '') || ESCAPE_BEFORE.test(text.slice(Math.max(0, start - 6), start));
}

/** The end of an escape is no part of a word: `%3D` in URLs, `\\n` and `\\u003d` in JSON. */
const ESCAPE_BEFORE = /(?:%[0-9A-Fa-f]{2}|\\[bfnrt]|\\u[0-9A-Fa-f]{4})$/;
