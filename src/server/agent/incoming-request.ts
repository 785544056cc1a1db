// An incoming request of an agent as the core takes it: connection headers left out, content encodings undone, URLs on the
// base turned into URLs on the original.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Body, Header } from '../../core/exchange/exchange.ts';
import type { AddressedRequest } from '../../core/runtime/step.ts';
import { contentEncodings, decodeContent } from '../../proxy/content-encoding.ts';
import { headerPairs, passedOn } from '../../proxy/wire-headers.ts';
import { mapToOrigins, originOf, type ServiceBase } from './base-url.ts';
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
  const headers = headerPairs(passedOn(message.rawHeaders, dropped)).map(([name, value]): Header => [
    name,
    mapValue(name, value, origin, bases),
  ]);
  const body = bodyOf(decoded ?? bytes, bases);
  return {
    origin,
    method: message.method ?? 'GET',
    target: mapToOrigins(target, bases),
    headers,
    ...(body === undefined ? {} : { body }),
  };
}

function mapValue(name: string, value: string, origin: string, bases: readonly ServiceBase[]): string {
  // A page names only the origin it was loaded from; under a base that is the host that all episodes share.
  if (name === 'origin' && bases.some(({ base }) => base === value || base.startsWith(`${value}/`))) return origin;
  return mapToOrigins(value, bases);
}

function bodyOf(bytes: Buffer, bases: readonly ServiceBase[]): Body | undefined {
  if (bytes.length === 0) return undefined;
  return isUtf8(bytes) ? { text: mapToOrigins(bytes.toString('utf8'), bases) } : { base64: bytes.toString('base64') };
}
