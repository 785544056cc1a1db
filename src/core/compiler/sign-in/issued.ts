// What a service issues for clients to show again: values that first appear in its answers and come back as credentials, or where
// such credentials are made (codes, refresh tokens). Found by following values, not by their names.
import { headerValue } from '../../exchange/exchange.ts';
import { parseCookies, parseSetCookie, type SetCookie } from '../../exchange/cookies.ts';
import { formFields } from '../../exchange/form.ts';
import { groupBy } from '../../std/grouping.ts';
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';

/** Where values of one kind are issued: a member of an answer, a parameter of an address that it leads to, or a cookie. */
export interface IssuedKind {
  /** Method and path of the calls that issue it. */
  readonly route: string;
  readonly place: 'body' | 'location' | 'cookie';
  readonly name: string;
  /** In order of issue. */
  readonly values: string[];
}

/** One value, where and when it was issued. */
export interface IssuedValue {
  readonly kind: IssuedKind;
  readonly call: Call;
}

export interface IssuedValues {
  readonly byValue: ReadonlyMap<string, IssuedValue>;
  readonly kinds: readonly IssuedKind[];
  /** Kinds that are shown in this header, behind this prefix. */
  readonly header: string;
  readonly prefix: string;
  readonly tokens: ReadonlySet<IssuedKind>;
}

/** A value in a request: by name, or the credential that it carries. */
export interface ShownValue {
  readonly source: 'body' | 'query' | 'credential';
  readonly name: string;
  readonly value: string;
}

const MADE_UP = /^[A-Za-z0-9._~+/=%-]{16,}$/;
const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-auth-token', 'x-access-token', 'x-session-token'];
const VALUES_MIN = 2;

export const routeKeyOf = (call: Call): string => `${call.method} ${call.path}`;

/** Undefined where nothing that was issued came back as a credential. */
export function findIssuedValues(calls: readonly Call[]): IssuedValues | undefined {
  const all = firstAnswers(calls);
  const shown = calls.flatMap(credentialsOf).filter(({ value }) => all.has(value));
  const [first] = [...groupBy(shown, ({ header, prefix }) => `${header} ${prefix}`).values()]
    .sort((a, b) => b.length - a.length)
    .flatMap(([one]) => one ?? []);
  if (first === undefined) return undefined;
  const tokens = new Set<IssuedKind>();
  for (const { value, header, prefix } of shown)
    if (header === first.header && prefix === first.prefix) tokens.add((all.get(value) as IssuedValue).kind);
  for (const kind of tokens) {
    const used = new Set(shown.filter(({ value }) => all.get(value)?.kind === kind).map(({ value }) => value));
    if (used.size < VALUES_MIN) tokens.delete(kind);
  }
  if (tokens.size === 0) return undefined;
  const kinds = new Set(tokens);
  // What is shown where these are issued is issued itself.
  for (let size = 0; size !== kinds.size;) {
    size = kinds.size;
    const routes = new Set([...kinds].map(({ route }) => route));
    for (const call of calls)
      if (routes.has(routeKeyOf(call)))
        for (const { value } of shownValues(call)) {
          const kind = all.get(value)?.kind;
          if (kind !== undefined) kinds.add(kind);
        }
  }
  return {
    byValue: new Map([...all].filter(([, { kind }]) => kinds.has(kind))),
    kinds: [...kinds],
    header: first.header,
    prefix: first.prefix,
    tokens,
  };
}

export interface Credential {
  readonly header: string;
  /** What stands before the value: a scheme, or the name of a cookie and its equals sign. */
  readonly prefix: string;
  readonly value: string;
}

/** The credential of that kind that a request carries. */
export function credentialOf(call: Call, { header, prefix }: Omit<Credential, 'value'>): string | undefined {
  return credentialsOf(call).find((each) => each.header === header && each.prefix === prefix)?.value;
}

/** Credentials that a request may carry: every cookie may be one. */
function credentialsOf(call: Call): readonly Credential[] {
  return call.requestHeaders.flatMap(([header, text]): readonly Credential[] => {
    if (header === 'cookie') return parseCookies(text).map(([name, value]) => ({ header, prefix: `${name}=`, value }));
    if (!CREDENTIAL_HEADERS.includes(header)) return [];
    const prefix = /^(?:bearer|token)\s+/i.exec(text)?.[0] ?? '';
    return prefix === '' && /\s/.test(text) ? [] : [{ header, prefix, value: text.slice(prefix.length) }];
  });
}

/** Texts that a request shows by name, one level deep. */
export function shownValues(call: Call): readonly ShownValue[] {
  const of = (source: ShownValue['source'], value: Json | undefined): readonly ShownValue[] =>
    Object.entries(isObject(value) ? value : {}).flatMap(([name, member]) =>
      typeof member === 'string' ? [{ source, name, value: member }] : [],
    );
  return [...of('body', call.body), ...of('query', call.query)];
}

/** Parameters of the address that an answer leads to. */
export function locationParameters(call: Call): readonly (readonly [name: string, value: string])[] {
  const location = headerValue(call.headers, 'location') ?? '';
  const query = /^[^?#]*\?([^#]*)/.exec(location)?.[1] ?? '';
  return formFields(query).filter(([name]) => name !== '');
}

export const cookiesSet = (call: Call): readonly SetCookie[] =>
  call.headers.flatMap(([name, text]) => (name === 'set-cookie' ? (parseSetCookie(text) ?? []) : []));

/** Made-up texts that first appear in an answer. */
function firstAnswers(calls: readonly Call[]): Map<string, IssuedValue> {
  const found = new Map<string, IssuedValue>();
  const seen = new Set<string>();
  const kinds = new Map<string, IssuedKind>();
  for (const call of calls) {
    for (const { value } of shownValues(call)) seen.add(value);
    for (const { value } of credentialsOf(call)) seen.add(value);
    if (call.refused) continue;
    const answered = [
      ...membersOf(call.answer).map(([name, value]) => ['body', name, value] as const),
      ...locationParameters(call).map(([name, value]) => ['location', name, value] as const),
      ...cookiesSet(call).map(({ name, value }) => ['cookie', name, value] as const),
    ];
    for (const [place, name, value] of answered) {
      if (seen.has(value) || !MADE_UP.test(value)) continue;
      seen.add(value);
      const id = `${routeKeyOf(call)} ${place} ${name}`;
      const kind = kinds.get(id) ?? { route: routeKeyOf(call), place, name, values: [] };
      kinds.set(id, kind);
      kind.values.push(value);
      found.set(value, { kind, call });
    }
  }
  return found;
}

const membersOf = (answer: Json | undefined): readonly (readonly [string, string])[] =>
  Object.entries(isObject(answer) ? (answer as JsonObject) : {}).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
