// How a long body is cut into pieces that can be redacted one after the other: at places where nothing is split that is
// known by its name or its form. Text is one character a byte here; each piece is decoded before it is redacted.
import {
  colonAfter,
  isTextAnyway,
  jsonStringEnd,
  redactAnywhere,
  redactBinaryBody,
  redactBodyText,
  redactFreeText,
  redactJsonPiece,
} from './redaction-body.ts';
import { delimiterOf, isMultipart } from './redaction-multipart.ts';
import type { Direction, RedactionScope } from './redaction-scope.ts';

/** One way to cut. Pieces are redacted in order; what one says about the next is remembered. */
export interface Pieces {
  /** Length of the longest piece that can be cut from the beginning of the text; 0 when no place in it is safe. */
  cut(text: string): number;
  /** The same for a text that cannot be held any longer. */
  forcedCut(text: string): number;
  redact(piece: string, scope: RedactionScope): string;
  /** What the next piece is when it is looked at alone; undefined where it depends on what came before. */
  alone(scope: RedactionScope): PieceAlone | undefined;
  /** Told, instead of being asked to redact it, of a piece in which nothing is to be replaced. */
  pass?(): void;
}

/** How a piece is read that depends on nothing before it. */
export interface PieceAlone {
  readonly contentType: string;
  /** False: as bytes, whether they are text or not. */
  readonly isText: boolean;
}

/** Text between the shell, which moves bytes, and the rules, which read text. */
export interface TextCodec {
  /** The text that bytes (one character each) are in UTF-8; undefined when they are none. */
  decode(bytes: string): string | undefined;
  encode(text: string): string;
  /** The bytes themselves, valid until the next call. */
  bytes(text: string): Uint8Array;
  isUtf8(bytes: Uint8Array): boolean;
}

export interface BodyKind {
  readonly contentType: string;
  readonly direction: Direction;
  readonly codec: TextCodec;
}

const MEDIA_TYPE = /^(?:image(?!\/svg)|video|audio|font)\//;

/** The way to cut a body, by its content type and, where that says little, by how it begins. */
export function piecesOf(kind: BodyKind, beginning: string): Pieces {
  const type = kind.contentType.toLowerCase();
  if (isMultipart(type)) {
    const delimiter = delimiterOf(kind.contentType, beginning);
    if (delimiter !== undefined) return multipartPieces(kind, delimiter);
  }
  const isText = isTextAnyway(type, beginning) || isUtf8(beginning, kind.codec);
  if (MEDIA_TYPE.test(type) || !isText) return opaquePieces();
  if (/ndjson|jsonl|event-stream/.test(type)) return textPieces(kind, (text) => text.lastIndexOf('\n') + 1);
  if (/[/+]json/.test(type) || /^\s*[[{]/.test(beginning)) return jsonPieces(kind);
  if (type.startsWith('application/x-www-form-urlencoded'))
    return textPieces(kind, (text) => text.lastIndexOf('&') + 1);
  return textPieces(kind, plainCut);
}

/** The last character may be cut in two. */
function isUtf8(beginning: string, codec: TextCodec): boolean {
  if (beginning.includes('\0')) return false;
  return [0, 1, 2, 3].some((cut) => codec.decode(beginning.slice(0, beginning.length - cut)) !== undefined);
}

/** After the last byte that no secret contains: white space, control characters, what is not ASCII. */
function looseCut(text: string): number {
  for (let at = text.length; at > 0; at--) {
    const code = text.charCodeAt(at - 1);
    if (code <= 0x20 || code >= 0x7f) return at;
  }
  return 0;
}

/** For a text that has no such byte in megabytes: after the last letter or digit run, or anywhere. */
function anyCut(text: string): number {
  const loose = looseCut(text);
  if (loose > 0) return loose;
  const run = /[A-Za-z0-9]*$/.exec(text.slice(-RUN_MAX))?.[0].length ?? 0;
  return run === RUN_MAX || run > text.length / 2 ? text.length : text.length - run;
}

/** A run of letters and digits that is longer is no secret. */
const RUN_MAX = 4096;

/** After a line, but not within a tag or a key that has lines of its own. */
function plainCut(text: string): number {
  const openKey = text.lastIndexOf('-----BEGIN ');
  const limit = openKey >= 0 && text.indexOf('-----END', openKey) < 0 ? openKey : text.length;
  const cut = limit === 0 ? 0 : text.lastIndexOf('\n', limit - 1) + 1;
  const openTag = text.lastIndexOf('<', cut - 1);
  return openTag > cut - 2000 && text.lastIndexOf('>', cut - 1) < openTag ? Math.max(0, openTag) : cut;
}

const OPAQUE: PieceAlone = { contentType: 'application/octet-stream', isText: false };

function opaquePieces(): Pieces {
  return {
    cut: looseCut,
    forcedCut: anyCut,
    redact: (piece, scope) => scope.binary(piece),
    alone: () => OPAQUE,
  };
}

function textPieces({ contentType, direction, codec }: BodyKind, cut: (text: string) => number): Pieces {
  return {
    cut,
    forcedCut: anyCut,
    redact: (piece, scope) => recoded(piece, codec, (text) => redactBodyText(text, contentType, direction, scope)),
    alone: () => ({ contentType, isText: true }),
  };
}

function recoded(piece: string, codec: TextCodec, redact: (text: string) => string): string {
  const text = codec.decode(piece);
  return text === undefined ? redact(piece) : codec.encode(redact(text));
}

/** JSON is cut before a string; the name that was read last holds for what follows it. */
function jsonPieces({ direction, codec }: BodyKind): Pieces {
  let name = '';
  /** The name that is read last before the cut; undefined where the cut is one that had to be. */
  let nameAtCut: string | undefined;
  /** Within a string that is longer than what can be held. */
  let inside: 'no' | 'plain' | 'secret' = 'no';
  let isForced = false;

  function redactWithin(piece: string, scope: RedactionScope): string {
    const isEnd = jsonStringEnd(piece, -1) === piece.length;
    const isSecret = inside === 'secret';
    if (isEnd) inside = 'no';
    // What a secret of megabytes begins with has its pseudonym already.
    if (isSecret) return isEnd ? '"' : '';
    return redactAnywhere(redactFreeText(piece, direction, scope), direction, scope);
  }

  return {
    cut: (text) => {
      if (inside !== 'no') return Math.max(0, jsonStringEnd(text, -1));
      let last = 0;
      let before = name;
      nameAtCut = name;
      for (let start = text.indexOf('"'); start >= 0;) {
        last = start;
        nameAtCut = before;
        const end = jsonStringEnd(text, start);
        if (end < 0) break;
        if (colonAfter(text, end) >= 0) before = text.slice(start + 1, end - 1);
        start = text.indexOf('"', end);
      }
      return last;
    },
    forcedCut: (text) => {
      isForced = inside === 'no' && text.startsWith('"');
      nameAtCut = undefined;
      let at = anyCut(text);
      while (at > 1 && text[at - 1] === '\\') at--;
      return at;
    },
    alone: (scope) => {
      const isAlone = inside === 'no' && !isForced && nameAtCut !== undefined && scope.secrecy(name) === 'none';
      return isAlone ? { contentType: 'application/json', isText: true } : undefined;
    },
    pass: () => {
      name = nameAtCut ?? name;
    },
    redact: (piece, scope) =>
      recoded(piece, codec, (text) => {
        if (inside !== 'no') return redactWithin(text, scope);
        if (isForced) {
          isForced = false;
          inside = scope.isSecretName(name) ? 'secret' : 'plain';
          const value = text.slice(1);
          return `"${inside === 'secret' ? scope.secret('field', value) : redactAnywhere(scope.text(value), direction, scope)}`;
        }
        const redacted = redactJsonPiece(text, name, direction, scope);
        name = redacted.name;
        return redactAnywhere(redacted.text, direction, scope);
      }),
  };
}

/** Multipart bodies are cut between parts; a part that is too long to be held is redacted by its form only. */
function multipartPieces(kind: BodyKind, delimiter: string): Pieces {
  const { contentType, direction, codec } = kind;
  let isWithin = false;
  return {
    cut: (text) => {
      if (!isWithin) return Math.max(0, text.lastIndexOf(delimiter));
      const end = text.indexOf(delimiter);
      if (end >= 0) return end;
      return looseCut(text.slice(0, Math.max(0, text.length - delimiter.length - 4)));
    },
    forcedCut: (text) => {
      isWithin = true;
      return anyCut(text.slice(0, text.length - delimiter.length - 4));
    },
    alone: () => undefined,
    redact: (piece, scope) => {
      const startsPart = piece.startsWith(delimiter);
      if (startsPart && piece.lastIndexOf(delimiter) > 0) isWithin = false;
      const type = startsPart ? contentType : 'text/plain';
      const text = codec.decode(piece);
      return text === undefined
        ? redactBinaryBody(piece, type, direction, scope)
        : codec.encode(redactBodyText(text, type, direction, scope));
    },
  };
}
