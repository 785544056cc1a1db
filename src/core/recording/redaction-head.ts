// Secrets in the head of a request or response: Authorization, cookies, headers that hold keys, and the target.
import type { Header } from '../exchange/exchange.ts';
import { base64DecodeText, base64Encode, percentDecode, percentEncode } from '../std/encoding.ts';
import { mayHoldBase64 } from './base64-runs.ts';
import { redactAnywhere, redactNamed, redactParameters } from './redaction-body.ts';
import type { Direction, RedactionScope } from './redaction-scope.ts';
import { isSecretCookie } from './secret-names.ts';
import { hintsOf, isOrdinary } from './text-hints.ts';

/** Headers by name; the order and every other header stay. */
export function redactHeaders(
  headers: readonly Header[],
  direction: Direction,
  scope: RedactionScope,
): readonly Header[] {
  return headers.map(([name, value]) => {
    if (scope.isPlainName(name)) return [name, value];
    return [name, redactAnywhere(redactHeader(name, value, direction, scope), direction, scope)];
  });
}

function redactHeader(name: string, value: string, direction: Direction, scope: RedactionScope): string {
  if (!scope.builtIn && name !== 'cookie' && name !== 'set-cookie')
    return redactNamed('header', name, value, direction, scope);
  switch (name) {
    case 'authorization':
    case 'proxy-authorization':
      return redactAuthorization(value, scope);
    case 'cookie':
      return value
        .split(';')
        .map((pair) => redactCookiePair(pair, scope))
        .join(';');
    case 'set-cookie':
      return value.replace(/^[^;]*/, (pair) => redactCookiePair(pair, scope));
    default:
      return redactNamedHeader(name, value, direction, scope);
  }
}

/** Some API keys are sent with a scheme: `x-api-key: Key abc`. */
function redactNamedHeader(name: string, value: string, direction: Direction, scope: RedactionScope): string {
  if (!scope.isSecretName(name) || direction === 'response')
    return redactNamed('header', name, value, direction, scope);
  return value.replace(
    /^((?:bearer|token|key|apikey|basic) +)?(.*)$/i,
    (_all, scheme = '', rest: string) => scheme + scope.secret('header', rest),
  );
}

/** Parameters of Authorization that are secret, or prove that the sender has one. */
const SECRET_AUTH_PARAMETER =
  /^(?:response|cnonce|signature|credential|oauth_token|oauth_signature|oauth_consumer_key|oauth_verifier|token|mac|key|apikey|api_key|auth|access_token)$/i;

function redactAuthorization(value: string, scope: RedactionScope): string {
  const [, scheme = '', space = '', rest = ''] = /^([A-Za-z][\w-]*)?( +)?(.*)$/s.exec(value) ?? [];
  // No scheme, as some services want it: the whole value is the secret.
  if (space === '' || scheme === '') return scope.secret('authorization', value);
  if (scheme.toLowerCase() === 'basic') return `${scheme}${space}${redactBasic(rest, scope)}`;
  const hasParameters = /^[\w-]+\s*=\s*(?:"|[^=\s])/.test(rest);
  if (!hasParameters) return `${scheme}${space}${scope.secret('authorization', rest)}`;
  const redacted = rest.replace(
    /([\w-]+)(\s*=\s*)("[^"]*"|[^\s,"]+)/g,
    (all, name: string, equals: string, written: string) => {
      if (!SECRET_AUTH_PARAMETER.test(name)) return all;
      const quote = written.startsWith('"') ? '"' : '';
      return `${name}${equals}${quote}${scope.secret('authorization', quote ? written.slice(1, -1) : written)}${quote}`;
    },
  );
  return `${scheme}${space}${redacted}`;
}

/** Keeps the user's name where a password says who may use it; alone it is a key itself. */
function redactBasic(encoded: string, scope: RedactionScope): string {
  const text = base64DecodeText(encoded.trim());
  if (text === undefined) return scope.secret('authorization', encoded);
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  const password = colon < 0 ? '' : text.slice(colon + 1);
  const isPlaceholder = password === '' || /^(?:x|x-oauth-basic|api_token|unused)$/i.test(password);
  const shownUser = isPlaceholder ? scope.secret('authorization', user) : scope.text(user);
  const shownPassword = isPlaceholder ? password : scope.secret('authorization', password);
  return base64Encode(colon < 0 ? shownUser : `${shownUser}:${shownPassword}`);
}

function redactCookiePair(pair: string, scope: RedactionScope): string {
  const equals = pair.indexOf('=');
  if (equals < 0) return pair;
  const name = pair.slice(0, equals).trim();
  const written = pair.slice(equals + 1).trim();
  const value = percentDecode(written) ?? written;
  if (scope.isPlainName(name)) return pair;
  const isSecret = scope.isSecretName(name) || (scope.builtIn && isSecretCookie(name, value));
  const redacted = isSecret ? scope.secret('cookie', value) : redactAnywhere(value, 'request', scope);
  if (redacted === value) return pair;
  return `${pair.slice(0, equals + 1)}${value === written ? redacted : percentEncode(redacted)}`;
}

/** A target without query in which nothing can be replaced but what was met before. */
export function isOrdinaryPath(target: string): boolean {
  if (target.includes('?') || target.includes('%') || !isOrdinary(hintsOf(target))) return false;
  return !target.split('/').some(mayHoldBase64);
}

/** Path and query. */
export function redactTarget(target: string, scope: RedactionScope): string {
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const shownPath = path
    .split('/')
    .map((segment) => redactSegment(segment, scope))
    .join('/');
  if (question < 0) return shownPath;
  return `${shownPath}?${redactParameters(target.slice(question + 1), '&', 'parameter', 'request', scope)}`;
}

function redactSegment(segment: string, scope: RedactionScope): string {
  const text = percentDecode(segment) ?? segment;
  const redacted = redactAnywhere(scope.text(text), 'request', scope);
  if (redacted === text) return segment;
  return text === segment ? redacted : percentEncode(redacted);
}
