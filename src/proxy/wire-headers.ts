// Headers between the wire and the recording: which belong to one connection, which are Mynah's own, and in what form.
import type { Header } from '../core/exchange/exchange.ts';
import { HOPS_HEADER } from './loop-guard.ts';

/** Name and value pairs in one flat list, as node:http and undici take and give them; names keep their spelling. */
export type FlatHeaders = readonly string[];

/** Headers that concern one connection only and are never passed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Mynah's own request headers and those meant for a proxy: neither passed on nor recorded. */
const OWN: ReadonlySet<string> = new Set([
  'mynah-session',
  'mynah-session-start',
  'proxy-authorization',
  'proxy-connection',
]);

/** Headers as a dispatcher gives them: bytes or text. */
export function flatHeaders(raw: unknown): FlatHeaders {
  const parts = (raw ?? []) as readonly (Buffer | string)[];
  return parts.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}

/** Pairs with lower-case names, as an exchange holds them. */
export function headerPairs(flat: FlatHeaders): Header[] {
  const pairs: Header[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([(flat[i] as string).toLowerCase(), flat[i + 1] as string]);
  return pairs;
}

/** The request's headers as they are recorded: without Mynah's own and with the host that the upstream was asked for. */
export function recordedRequestHeaders(pairs: readonly Header[], host: string): Header[] {
  const kept = pairs
    .filter(([name]) => !OWN.has(name) && name !== HOPS_HEADER && !name.startsWith(':'))
    .map(([name, value]): Header => [name, name === 'host' ? host : value]);
  return kept.some(([name]) => name === 'host') ? kept : [['host', host], ...kept];
}

/** Names that the Connection headers declare to be of this connection only. */
export function connectionNames(pairs: readonly Header[]): ReadonlySet<string> {
  const names = pairs.filter(([name]) => name === 'connection').flatMap(([, value]) => value.toLowerCase().split(','));
  return new Set(names.map((name) => name.trim()));
}

/**
 * The headers to pass on: without those of the connection and those in `without` (lower-case names).
 * `change` may give another value for a header.
 */
export function passedOn(
  flat: FlatHeaders,
  without: ReadonlySet<string>,
  change: (name: string, value: string) => string | undefined = () => undefined,
): string[] {
  const declared = connectionNames(headerPairs(flat));
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase();
    const value = flat[i + 1] as string;
    if (HOP_BY_HOP.has(name) || OWN.has(name) || declared.has(name) || without.has(name) || name.startsWith(':'))
      continue;
    kept.push(flat[i] as string, change(name, value) ?? value);
  }
  return kept;
}

/**
 * Headers as Node's HTTP/2 takes them: an object. It refuses many names that come more than once (`x-content-type-options`),
 * so that they are one list here, which means the same (RFC 9110, 5.3); only cookies that are set are no list.
 */
export function headerObject(flat: FlatHeaders): Record<string, string | string[]> {
  const object: Record<string, string | string[]> = {};
  for (const [name, value] of headerPairs(flat)) {
    const earlier = Object.hasOwn(object, name) ? object[name] : undefined;
    if (earlier === undefined) object[name] = value;
    else if (name === 'set-cookie') object[name] = [earlier, value].flat();
    else object[name] = `${String(earlier)}, ${value}`;
  }
  return object;
}

/** HTTP/2 clients send a cookie in parts; everybody else takes them for one (RFC 9113, 8.2.3). */
export function wholeCookie(flat: FlatHeaders): FlatHeaders {
  const parts = headerPairs(flat).filter(([name]) => name === 'cookie');
  if (parts.length < 2) return flat;
  const whole: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2)
    if ((flat[i] as string).toLowerCase() !== 'cookie') whole.push(flat[i] as string, flat[i + 1] as string);
  return [...whole, 'cookie', parts.map(([, value]) => value).join('; ')];
}
