// Answers of sign-in routes: values that are made anew, tokens that are signed, what the request said, and what never changes.
import { headerValue } from '../../exchange/exchange.ts';
import { append } from '../../std/grouping.ts';
import type { Reply, ReplyHeader, Template } from '../../model/clone-model.ts';
import { readSignedToken } from '../../std/signed-token.ts';
import { equalJson, isObject, type Json, type JsonObject } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { constantHeaders } from '../replayed/constant-headers.ts';
import { literalText, memberText, quote } from '../explain/literal.ts';
import { cookiesSet, locationParameters, shownValues, type IssuedKind } from './issued.ts';

export interface IssuingContext {
  /** Values that are made, by the variable that holds each. */
  readonly made: readonly { readonly kind: IssuedKind; readonly variable: string }[];
  /** Expression of whom they stand for. */
  readonly subject: string;
  subjectOf(call: Call): string | undefined;
  /** Expression of a value like these, made up; undefined where they follow no form. */
  generatorOf(name: string, values: readonly string[]): string | undefined;
}

/** The answer that most of the calls had. */
export function constantReply(calls: readonly Call[]): Reply {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const id = `${call.status} ${JSON.stringify(call.answer) ?? call.answerText ?? ''}`;
    append(groups, id, call);
  }
  const [[first] = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  const { status = 400, answer, answerText } = first ?? {};
  return {
    status,
    headers: first === undefined ? [] : [...headersOf([first]), ...cookieHeaders([first], [])],
    ...(answer === undefined ? {} : { body: { $literal: answer } as Template }),
    ...(answer !== undefined || answerText === undefined || answerText === '' ? {} : { text: literalText(answerText) }),
  };
}

export function issuingReply(
  calls: readonly Call[],
  context: IssuingContext,
): { readonly lets: Readonly<Record<string, string>>; readonly reply: Reply } {
  const [first] = calls as readonly [Call];
  const lets: Record<string, string> = {};
  for (const { kind, variable } of context.made) {
    const made = signed(calls, kind.name, kind.values, context) ?? context.generatorOf(kind.name, kind.values);
    lets[variable] = made ?? quote(kind.values[0] ?? '');
  }
  const answers = calls.map(({ answer }) => answer);
  const body = answers.every(isObject) ? explainBody(calls, answers as readonly JsonObject[], context) : undefined;
  const location = first.headers.some(([name]) => name === 'location') ? explainLocation(calls, context) : undefined;
  return {
    lets,
    reply: {
      status: first.status,
      headers: [
        ...headersOf(calls),
        ...(location === undefined ? [] : [{ name: 'location', value: location }]),
        ...cookieHeaders(calls, context.made),
      ],
      ...(body === undefined ? {} : { body }),
      ...(body !== undefined || first.answerText === undefined || first.answerText === ''
        ? {}
        : { text: literalText(first.answerText) }),
    },
  };
}

function explainBody(calls: readonly Call[], answers: readonly JsonObject[], context: IssuingContext): Template {
  const names = [...new Set(answers.flatMap((answer) => Object.keys(answer)))];
  return Object.fromEntries(
    names.map((name): [string, Template] => [
      name,
      explainMember(
        calls,
        name,
        answers.map((answer) => answer[name]),
        context,
      ),
    ]),
  );
}

function explainMember(
  calls: readonly Call[],
  name: string,
  values: readonly (Json | undefined)[],
  context: IssuingContext,
): Template {
  const own = context.made.find(({ kind }) => kind.place === 'body' && kind.name === name);
  if (own !== undefined) return own.variable;
  const texts = values.filter((value): value is string => typeof value === 'string');
  const token = texts.length === values.length ? signed(calls, name, texts, context) : undefined;
  if (token !== undefined) return token;
  const same = sameEverywhere(calls, values, context);
  if (same !== undefined) return same;
  const made = texts.length === values.length ? context.generatorOf(name, texts) : undefined;
  return made ?? ({ $literal: values[0] ?? null } as Template);
}

/** Constant, whom it stands for, or what the request said. */
function sameEverywhere(
  calls: readonly Call[],
  values: readonly (Json | undefined)[],
  { subject, subjectOf }: IssuingContext,
): string | undefined {
  const [first] = values;
  if (calls.length > 1 && calls.every((call, i) => values[i] !== undefined && values[i] === subjectOf(call)))
    return subject;
  for (const { source, name } of shownValues(calls[0] as Call))
    if (
      calls.length > 1 &&
      new Set(values).size > 1 &&
      calls.every((call, i) => saidIn(call, source, name) === values[i])
    )
      return memberText(source, name);
  if (first !== undefined && values.every((value) => value !== undefined && equalJson(value, first)))
    return literalText(first);
  return undefined;
}

const saidIn = (call: Call, source: string, name: string): string | undefined =>
  shownValues(call).find((shown) => shown.source === source && shown.name === name)?.value;

/** The address before its query, as the request said it or always alike, and the query part by part. */
function explainLocation(calls: readonly Call[], context: IssuingContext): string {
  const addresses = calls.map((call) => headerValue(call.headers, 'location')?.split('?')[0] ?? '');
  const said = shownValues(calls[0] as Call).find(({ source, name }) =>
    calls.every((call, i) => saidIn(call, source, name) === addresses[i]),
  );
  const base = said === undefined ? quote(addresses[0] ?? '') : memberText(said.source, said.name);
  const parameters = calls.map((call) => new Map(locationParameters(call)));
  const names = [...(parameters[0]?.keys() ?? [])];
  const parts = names.map((name) => {
    const own = context.made.find(({ kind }) => kind.place === 'location' && kind.name === name);
    const values = parameters.map((each) => each.get(name));
    const text = own?.variable ?? sameEverywhere(calls, values, context) ?? quote(values[0] ?? '');
    return `${quote(`${name}=`)} + urlenc(${text})`;
  });
  return parts.length === 0 ? base : `${base} + "?" + ${parts.join(' + "&" + ')}`;
}

/** A signed token over claims that are explained one by one; undefined for texts that are no such tokens. */
function signed(
  calls: readonly Call[],
  name: string,
  texts: readonly string[],
  context: IssuingContext,
): string | undefined {
  const decoded = texts.map(readSignedToken);
  const [first] = decoded;
  if (first === undefined || decoded.length !== calls.length || decoded.some((each) => each === undefined))
    return undefined;
  const claims = Object.keys(first.claims).map((claim) => {
    const values = decoded.map((each) => each?.claims[claim]);
    return `${quote(claim)}: ${explainClaim(calls, `${name} ${claim}`, values, context)}`;
  });
  return `sign(${literalText(first.header)}, {${claims.join(', ')}})`;
}

/** Seconds by which the clocks of service and recorder may differ. */
const CLOCK_SLACK_S = 2;

/** How far a number of seconds is ahead of the time of its call, where that is always as far. */
function secondsAhead(calls: readonly Call[], values: readonly (Json | undefined)[]): number | undefined {
  const ahead = values
    .map((value, i) => (typeof value === 'number' ? value - (calls[i] as Call).startedAt / 1000 : NaN))
    .sort((a, b) => a - b);
  const middle = ahead[Math.floor(ahead.length / 2)] ?? NaN;
  if (!ahead.every((each) => Math.abs(each - middle) <= CLOCK_SLACK_S)) return undefined;
  // Seconds are told without their fraction.
  const whole = Math.ceil(middle - 0.05);
  return Math.abs(whole) <= CLOCK_SLACK_S ? 0 : whole;
}

function explainClaim(
  calls: readonly Call[],
  name: string,
  values: readonly (Json | undefined)[],
  context: IssuingContext,
): string {
  const ahead = secondsAhead(calls, values);
  if (ahead !== undefined) return ahead === 0 ? 'now("epoch-s")' : `now("epoch-s") + ${ahead}`;
  const same = sameEverywhere(calls, values, context);
  if (same !== undefined) return same;
  const texts = values.filter((value): value is string => typeof value === 'string');
  const made = texts.length === values.length ? context.generatorOf(name, texts) : undefined;
  return made ?? literalText(values[0] ?? null);
}

/** Cookies that all of the calls set, with what is issued in its place; attributes that differ (when it ends) are left out. */
function cookieHeaders(calls: readonly Call[], made: IssuingContext['made']): readonly ReplyHeader[] {
  const all = calls.map(cookiesSet);
  return (all[0] ?? []).flatMap(({ name, value }): readonly ReplyHeader[] => {
    const same = all.map((cookies) => cookies.find((each) => each.name === name));
    if (same.some((each) => each === undefined)) return [];
    const own = made.find(({ kind }) => kind.place === 'cookie' && kind.name === name);
    if (own === undefined && same.some((each) => each?.value !== value)) return [];
    const attributes = same.map((each) => (each?.attributes ?? '').split(/(?=;)/));
    const kept = (attributes[0] ?? []).filter((each) => attributes.every((others) => others.includes(each))).join('');
    const text =
      own === undefined ? quote(`${name}=${value}${kept}`) : `${quote(`${name}=`)} + ${own.variable} + ${quote(kept)}`;
    return [{ name: 'set-cookie', value: text }];
  });
}

const headersOf = (calls: readonly Call[]): readonly ReplyHeader[] =>
  constantHeaders(calls).filter(({ name }) => name !== 'location' && name !== 'etag');
