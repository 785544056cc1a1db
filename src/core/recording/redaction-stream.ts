// Redaction of a body that is too long to be held: it goes through in pieces, and no more than one is held back.
import { headerValue, type Header } from '../exchange/exchange.ts';
import { redactHeaders } from './redaction-head.ts';
import type { KeyedHash } from './pseudonym.ts';
import { piecesOf, type Pieces, type TextCodec } from './redaction-pieces.ts';
import { DEFAULT_REDACTION_RULES, type RedactionRules } from './redaction-rules.ts';
import { RedactionScope, type Direction, type ScopeOptions } from './redaction-scope.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { BodySieve } from './sieve.ts';

/** Bytes come and go as text, one character each. */
export interface BodyRedaction {
  /** Takes what comes next; gives what is redacted of all that came. */
  push(bytes: string): string;
  /** What is still held back, after the last byte. */
  end(): string;
  /** How often what kind was replaced so far. */
  counts(): Readonly<Record<string, number>>;
}

export interface BodyRedactionOptions {
  /** Headers of the message, as they were sent. */
  readonly headers: readonly Header[];
  readonly direction: Direction;
  readonly hash: KeyedHash;
  readonly codec: TextCodec;
  readonly rules?: RedactionRules;
  readonly known?: KnownSecrets;
  /** Tells pieces that need not be read; made for the same rules and known secrets. */
  readonly sieve?: BodySieve;
  /** Bytes of a piece, and bytes that are held for lack of a place to cut; for tests. */
  readonly pieceBytes?: number;
  readonly heldBytesMax?: number;
}

const PIECE_BYTES = 64 * 1024;
const HELD_BYTES_MAX = 4 * 1024 * 1024;

/** Begins the redaction of a long body. */
export function beginBodyRedaction(options: BodyRedactionOptions): BodyRedaction {
  const { headers, direction, codec, hash, rules = DEFAULT_REDACTION_RULES, known, sieve } = options;
  const { pieceBytes = PIECE_BYTES, heldBytesMax = HELD_BYTES_MAX } = options;
  const scopeOptions: ScopeOptions = { hash, rules, ...(known ? { known } : {}) };
  // What is secret by its place in the head is looked for in the body.
  redactHeaders(headers, direction, new RedactionScope(scopeOptions));

  const counts: Record<string, number> = {};
  let held = '';
  let pieces: Pieces | undefined;

  function cutter(): Pieces {
    return (pieces ??= piecesOf(
      { contentType: headerValue(headers, 'content-type') ?? '', direction, codec },
      held.slice(0, pieceBytes),
    ));
  }

  function redacted(length: number): string {
    const piece = held.slice(0, length);
    held = held.slice(length);
    // A scope of its own for each piece: it remembers every value that it replaces.
    const scope = new RedactionScope(scopeOptions);
    if (isPassed(piece, scope)) {
      cutter().pass?.();
      return piece;
    }
    const result = cutter().redact(piece, scope);
    for (const [kind, count] of scope.counts) counts[kind] = (counts[kind] ?? 0) + count;
    return result;
  }

  /** True for a piece in which nothing is to be replaced, as far as a quick look tells. */
  function isPassed(piece: string, scope: RedactionScope): boolean {
    const alone = sieve && cutter().alone(scope);
    if (alone === undefined) return false;
    const bytes = codec.bytes(piece);
    if (alone.isText && !codec.isUtf8(bytes)) return false;
    return sieve?.passes({ bytes, ...alone }) ?? false;
  }

  /** The length of the next piece; undefined when more must come first. */
  function nextLength(): number | undefined {
    for (let window = pieceBytes; window <= held.length; window *= 2) {
      const cut = cutter().cut(held.slice(0, window));
      if (cut > 0) return cut;
      if (window >= heldBytesMax) return cutter().forcedCut(held.slice(0, window));
    }
    return undefined;
  }

  function advance(): string {
    let result = '';
    while (held.length >= pieceBytes) {
      const length = nextLength();
      if (length === undefined) break;
      result += redacted(length);
    }
    return result;
  }

  return {
    push: (bytes) => {
      held += bytes;
      return advance();
    },
    end: () => {
      let result = advance();
      for (let cut = cutter().cut(held); cut > 0; cut = cutter().cut(held)) result += redacted(cut);
      return held === '' ? result : result + redacted(held.length);
    },
    counts: () => counts,
  };
}
