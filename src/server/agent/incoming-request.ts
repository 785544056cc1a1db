// An incoming request of an agent as the core takes it: connection headers left out, content encodings undone, URLs on the
// base turned into URLs on the original.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Body, Header } from '../../core/exchange/exchange.ts';
import type { AddressedRequest } from '../../core/runtime/step.ts';
import { contentEncodings, decodeContent } from '../../proxy/content-encoding.ts';
import { headerPairs, passedOn } from '../../proxy/wire-headers.ts';
import { originMapper, originOf } from './base-url.ts';
import type { CallAddress } from './call-address.ts';

/** What says for whom the request is or how its body travels, and is no part of it. */
const NOT_FOR_THE_ORIGINAL: ReadonlySet<string> = new Set(['mynah-episode', 'content-length', 'expect']);

/** @param bytesMax limit of the body when its encodings are undone; over it, they stay */
export function addressedRequest(
  message: IncomingMessage,
  bytes: Buffer,
  address: CallAddress,
  bytesMax: number,
): AddressedRequest {
  const { service, target, bases } = address;
  const encodings = contentEncodings(message.headers['content-encoding']);
  const decoded = encodings.length === 0 ? undefined : decodeContent(bytes, encodings, bytesMax);
  const dropped = decoded === undefined ? NOT_FOR_THE_ORIGINAL : new Set([...NOT_FOR_THE_ORIGINAL, 'content-encoding']);
  const origin = originOf(service);
  const toOrigins = originMapper(bases);
  const headers = headersOf(message.rawHeaders, dropped, (name, value) => {
    // A page names only the origin it was loaded from; under a base that is the host that all episodes share.
    if (name === 'origin' && bases.some(({ base }) => base === value || base.startsWith(`${value}/`))) return origin;
    return toOrigins(value);
  });
  const body = bodyOf(decoded ?? bytes, toOrigins);
  return {
    origin,
    method: message.method ?? 'GET',
    target: toOrigins(target),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

/** Heads that were met before, by their text, with what is passed on of them. */
const knownHeads = new Map<string, readonly Header[]>();
const KNOWN_HEADS_MAX = 1000;
const HEAD_LENGTH_MAX = 4096;

/**
 * An agent sends the same headers with every request. They are then the same list, and whoever has looked at it once need not
 * look again.
 */
function headersOf(
  raw: readonly string[],
  dropped: ReadonlySet<string>,
  mapValue: (name: string, value: string) => string,
): readonly Header[] {
  const text = dropped === NOT_FOR_THE_ORIGINAL ? textOfHead(raw) : undefined;
  const known = text === undefined ? undefined : knownHeads.get(text);
  if (known !== undefined) return known;
  const headers = headerPairs(passedOn(raw, dropped)).map(([name, value]): Header => [name, mapValue(name, value)]);
  if (text === undefined) return headers;
  if (knownHeads.size >= KNOWN_HEADS_MAX) knownHeads.clear();
  knownHeads.set(text, headers);
  return headers;
}

/** Undefined for a head that may say where this server is, or that is met only once. The length of the body is no part of it. */
function textOfHead(raw: readonly string[]): string | undefined {
  let text = '';
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    if (name === 'origin' || name === 'traceparent') return undefined;
    if (name !== 'content-length') text += `${name}\n${raw[at + 1] as string}\n`;
  }
  // Every URL on a base has a tilde in it.
  return text.length > HEAD_LENGTH_MAX || text.includes('~') ? undefined : text;
}

function bodyOf(bytes: Buffer, toOrigins: (text: string) => string): Body | undefined {
  if (bytes.length === 0) return undefined;
  return isUtf8(bytes) ? { text: toOrigins(bytes.toString('utf8')) } : { base64: bytes.toString('base64') };
}
