// Redaction: secrets and personal contact data become pseudonyms before anything of an exchange reaches a disk, and in what
// an agent sends before a clone looks at it. Pure; the key stays in the shell, which passes a keyed hash.
import {
  headerValue,
  type Body,
  type Exchange,
  type Header,
  type HttpRequest,
  type HttpResponse,
  type SocketMessage,
} from '../exchange/exchange.ts';
import { redactAnywhere, redactBinaryBody, redactBodyText } from './redaction-body.ts';
import { isOrdinaryPath, redactHeaders, redactTarget } from './redaction-head.ts';
import { latin1FromBase64, base64FromLatin1 } from './latin1.ts';
import { createBodySieve, type BodySieve } from './sieve.ts';
import type { FindableSecrets, KnownSecrets } from './known-secrets.ts';
import type { KeyedHash } from './pseudonym.ts';
import { DEFAULT_REDACTION_RULES, type RedactionRules } from './redaction-rules.ts';
import { RedactionScope, type Direction } from './redaction-scope.ts';

export { DEFAULT_REDACTION_RULES, type RedactionRules };

/** What was replaced. */
export interface RedactionAccount {
  /** How often, by kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each pseudonym with what it stands for, so that whoever sent the original can be given it back. Never to be stored. */
  readonly originals: ReadonlyMap<string, string>;
}

export interface RedactionOptions {
  readonly rules?: RedactionRules;
  /** Secrets met before, looked for everywhere; what is met now is added. */
  readonly known?: KnownSecrets;
  /** Values that stay as they are, for example pseudonyms that were handed out and handles that a clone made. */
  readonly isPlain?: (value: string) => boolean;
  /** Says of bodies that were not read yet whether they must be. */
  readonly sieve?: BodySieve;
  /** Nothing in the headers is replaced: valuesAskedIn has told. */
  readonly headersStay?: boolean;
}

/** A body that was not read yet. */
export interface UnreadBody {
  readonly bytes: Uint8Array;
  /** The bytes are valid UTF-8. */
  readonly isText: boolean;
  readonly read: () => Body | undefined;
}

/** The two sides of an exchange. */
export interface Sides<Side> {
  readonly request?: Side;
  readonly response?: Side;
}

/** A sieve for bodies that are redacted under these rules. */
export function createSieve(rules: RedactionRules, known: FindableSecrets): BodySieve {
  const scope = new RedactionScope({ hash: () => '', rules });
  return createBodySieve({ rules, known, isOrdinaryName: (name) => scope.secrecy(name) === 'none' });
}

/** A request with pseudonyms in place of secrets. Equal arguments give equal results. */
export function redactRequest(
  request: HttpRequest,
  hash: KeyedHash,
  options: RedactionOptions = {},
): RedactionAccount & { readonly request: HttpRequest } {
  const scope = scopeOf(hash, options);
  return { request: requestIn(scope, request, ownBody, options.headersStay), ...accountOf(scope) };
}

/**
 * The values in a request's headers that decide whether anything in them is replaced: where `isPlain` holds for all of them
 * and no secret was met before, everything stays. Undefined where something is replaced in any case.
 */
export function valuesAskedIn(headers: readonly Header[], hash: KeyedHash): readonly string[] | undefined {
  const asked: string[] = [];
  const isPlain = (value: string) => asked.push(value) > 0;
  const redacted = redactHeaders(headers, 'request', scopeOf(hash, { isPlain }));
  const stay = redacted.every(([, value], at) => value === headers[at]?.[1]);
  return stay ? asked : undefined;
}

/**
 * A whole exchange with pseudonyms in place of secrets.
 * @param unread bodies that the exchange itself does not have yet
 * @returns `untouched` are those of them in which nothing is to be replaced; the others are in the exchange
 */
export function redactExchange(
  exchange: Exchange,
  hash: KeyedHash,
  options: RedactionOptions = {},
  unread: Sides<UnreadBody> = {},
): RedactionAccount & { readonly exchange: Exchange; readonly untouched: Sides<Uint8Array> } {
  const scope = scopeOf(hash, options);
  const untouched: { -readonly [side in keyof Sides<Uint8Array>]: Uint8Array } = {};
  const bodyOf = (side: Direction, { body, headers }: HttpRequest | HttpResponse) => {
    const { bytes, isText, read } = unread[side] ?? {};
    if (bytes === undefined || read === undefined) return body;
    const contentType = headerValue(headers, 'content-type') ?? '';
    if (!options.sieve?.passes({ bytes, isText: isText === true, contentType })) return read();
    untouched[side] = bytes;
    return undefined;
  };
  const request = requestIn(scope, exchange.request, bodyOf);
  const response = exchange.response && responseIn(scope, exchange.response, bodyOf);
  const { error } = exchange;
  const messages = exchange.messages?.map((message) => messageIn(scope, message));
  const redacted: Exchange = {
    ...exchange,
    request,
    ...(response ? { response } : {}),
    ...(messages ? { messages } : {}),
    ...(error
      ? { error: { code: error.code, message: redactAnywhere(scope.text(error.message), 'response', scope) } }
      : {}),
  };
  return { exchange: redacted, untouched, ...accountOf(scope) };
}

/** A message of a WebSocket with pseudonyms in place of secrets. */
export function redactMessage(
  message: SocketMessage,
  hash: KeyedHash,
  options: RedactionOptions = {},
): RedactionAccount & { readonly message: SocketMessage } {
  const scope = scopeOf(hash, options);
  return { message: messageIn(scope, message), ...accountOf(scope) };
}

function scopeOf(
  hash: KeyedHash,
  { rules = DEFAULT_REDACTION_RULES, known, isPlain }: RedactionOptions,
): RedactionScope {
  return new RedactionScope({ hash, rules, ...(known ? { known } : {}), ...(isPlain ? { isPlain } : {}) });
}

function accountOf(scope: RedactionScope): RedactionAccount {
  return { counts: Object.fromEntries(scope.counts), originals: scope.originals };
}

/** Gives the body of a message; asked when its headers have been read. */
type BodyOf = (side: Direction, message: HttpRequest | HttpResponse) => Body | undefined;

const ownBody: BodyOf = (_side, { body }) => body;

// Headers come first: what is secret by its place there is known when target and body are read.
function requestIn(
  scope: RedactionScope,
  request: HttpRequest,
  bodyOf: BodyOf = ownBody,
  headersStay = false,
): HttpRequest {
  const headers = headersStay ? request.headers : redactHeaders(request.headers, 'request', scope);
  const body = bodyIn(scope, bodyOf('request', request), request.headers, 'request');
  const target =
    scope.remembersNothing && isOrdinaryPath(request.target) ? request.target : redactTarget(request.target, scope);
  const trailers = request.trailers && redactHeaders(request.trailers, 'request', scope);
  return { ...request, headers, target, ...(body ? { body } : {}), ...(trailers ? { trailers } : {}) };
}

function responseIn(scope: RedactionScope, response: HttpResponse, bodyOf: BodyOf): HttpResponse {
  const headers = redactHeaders(response.headers, 'response', scope);
  const body = bodyIn(scope, bodyOf('response', response), response.headers, 'response');
  const trailers = response.trailers && redactHeaders(response.trailers, 'response', scope);
  const reason = response.reason && redactAnywhere(scope.text(response.reason), 'response', scope);
  const interim = response.interim?.map((each) => ({
    ...each,
    headers: redactHeaders(each.headers, 'response', scope),
  }));
  return {
    ...response,
    headers,
    ...(body ? { body } : {}),
    ...(trailers ? { trailers } : {}),
    ...(reason ? { reason } : {}),
    ...(interim ? { interim } : {}),
  };
}

function messageIn(scope: RedactionScope, message: SocketMessage): SocketMessage {
  const body = bodyIn(scope, message.body, [], message.sender === 'client' ? 'request' : 'response');
  return body ? { ...message, body } : message;
}

function bodyIn(
  scope: RedactionScope,
  body: Body | undefined,
  headers: readonly Header[],
  direction: Direction,
): Body | undefined {
  if (body === undefined) return undefined;
  const contentType = headerValue(headers, 'content-type') ?? '';
  if ('text' in body) return { text: redactBodyText(body.text, contentType, direction, scope) };
  const latin1 = latin1FromBase64(body.base64);
  const redacted = redactBinaryBody(latin1, contentType, direction, scope);
  return redacted === latin1 ? body : { base64: base64FromLatin1(redacted) };
}
