// Pass "generators": how values that the service makes up come to be: sequences (of the whole type, or of a scope; never
// reused, or the highest living one plus one), uuids, and text of a prefix and random characters.
import { append, groupBy } from '../../std/grouping.ts';
import type { Generator, GeneratorPart } from '../../model/clone-model.ts';
import type { Json } from '../../std/json.ts';
import { scalarText, valueAt } from '../entities/sites.ts';
import type { Evidence } from '../evidence.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { base64ToText } from '../explain/base64.ts';
import { memberText } from '../explain/literal.ts';
import { attributesAt, type Life } from '../timeline/timeline.ts';

export interface Birth {
  readonly life: Life;
  readonly at: number;
}

/** Lives of a type that calls made, in order. */
export function birthsOf(evidence: Evidence, type: EntityDraft): Birth[] {
  return evidence.timeline.lives
    .filter((life) => life.type === type && life.origin === 'created')
    .map((life) => ({ life, at: life.firstSeen }))
    .sort((a, b) => a.at - b.at);
}

/** A generator that makes the attribute of created entities; undefined when no known kind fits. */
export function inferGenerator(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  births: readonly Birth[],
): Generator | undefined {
  const found = generatorOfAll(evidence, type, attribute, births);
  if (found !== undefined || !type.key.includes(attribute)) return found;
  // Without a key nothing can be made: what most births say of it is better than that.
  return usualKey(
    type,
    attribute,
    births.filter((birth) => !isSent(evidence, birth, attribute)),
  );
}

/** The client chose it: it stands in the path or the body of the call. */
function isSent(evidence: Evidence, { life, at }: Birth, attribute: string): boolean {
  const text = scalarText(valueAt(attributesAt(life, at), attribute));
  const call = evidence.calls[at];
  if (text === undefined || call === undefined) return true;
  return call.path.split('/').includes(text) || scalarText(valueAt(call.body, attribute)) === text;
}

/** Share of the births whose keys must look alike. */
const USUAL_MIN = 0.5;

/** Numbers from here on look made up, and no client reads a meaning into the next one. */
const MADE_UP_NUMBER = 1e6;

/** A key like most of those that were given: text of the usual length, or a number where large ones follow no rule. */
function usualKey(type: EntityDraft, attribute: string, births: readonly Birth[]): Generator | undefined {
  const values = births.map(({ life, at }) => valueAt(attributesAt(life, at), attribute));
  const numbers = values.filter((value) => typeof value === 'number' && value >= MADE_UP_NUMBER);
  if (values.length > 0 && numbers.length >= USUAL_MIN * values.length)
    return { kind: 'max-plus-one', type: type.name, attribute, start: 1 };
  const texts = [...new Set(values.filter((value) => typeof value === 'string'))];
  const [usual] = [...groupBy(texts, ({ length }) => length).values()].sort((a, b) => b.length - a.length);
  return usual === undefined || usual.length < USUAL_MIN * texts.length ? undefined : textGenerator(usual);
}

function generatorOfAll(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  births: readonly Birth[],
): Generator | undefined {
  const told = births.filter(
    ({ life, at }) => !life.vague.has(at) || valueAt(attributesAt(life, at), attribute) !== undefined,
  );
  const values = likeMost(told.map(({ life, at }) => valueAt(attributesAt(life, at), attribute)));
  if (values.length === 0 || values.some((value) => value === undefined || value === null)) return undefined;
  if (values.every((value) => typeof value === 'number' && Number.isInteger(value)))
    return numberGenerator(
      evidence,
      type,
      attribute,
      told,
      values as number[],
      type.key.includes(attribute) ? 0.3 : 0.6,
    );
  const texts = values.map((value) => (typeof value === 'string' ? value : ''));
  if (texts.includes('')) return undefined;
  return textGenerator(texts);
}

/** Some places spell as text what is a number everywhere else. */
function likeMost(values: readonly (Json | undefined)[]): readonly (Json | undefined)[] {
  const numbers = values.filter((value) => typeof value === 'number').length;
  if (numbers < 0.5 * values.length) return values;
  return values.map((value) =>
    typeof value === 'string' && /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value,
  );
}

/** Of a counter that was never seen to count on: less than that of the sequence that it may be as well. */
const UNTOLD_FIT = 0.6;

function numberGenerator(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  births: readonly Birth[],
  values: readonly number[],
  fitMin: number,
): Generator | undefined {
  const scopes = [[], ...scopeCandidates(births)];
  let best: { generator: Generator; fit: number } | undefined;
  const take = (generator: Generator, fit: number): void => {
    if (best === undefined || fit > best.fit + 0.005) best = { generator, fit };
  };
  for (const scope of scopes) {
    take(...sequenceFit(evidence, type, attribute, births, values, scope));
    take(...highestFit(evidence, type, attribute, births, values, scope));
  }
  return best !== undefined && best.fit >= fitMin ? best.generator : undefined;
}

/** Scope attributes, widest first: one counter for each combination. */
function scopeCandidates(births: readonly Birth[]): string[][] {
  const names = new Set<string>();
  for (const { life, at } of births)
    for (const name of Object.keys(attributesAt(life, at) ?? {})) if (name.startsWith('$')) names.add(name);
  const ordered = [...names];
  return ordered.map((_, i) => ordered.slice(0, i + 1));
}

const groupOf = (life: Life, at: number, scope: readonly string[]): string =>
  `${life.since} ` + JSON.stringify(scope.map((name) => scalarText(attributesAt(life, at)?.[name]) ?? ''));

function sequenceFit(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  births: readonly Birth[],
  values: readonly number[],
  scope: readonly string[],
): [Generator, number] {
  const last = new Map<string, number>();
  let hits = 0;
  let judged = 0;
  const steps = new Map<number, number>();
  const firsts: number[] = [];
  births.forEach(({ life, at }, i) => {
    const group = groupOf(life, at, scope);
    const before = last.get(group);
    const value = values[i] as number;
    if (before === undefined) firsts.push(value);
    else {
      judged++;
      if (value > before) steps.set(value - before, (steps.get(value - before) ?? 0) + 1);
      if (value - before === 1) hits++;
    }
    last.set(group, value);
  });
  const seeded = evidence.timeline.lives
    .filter((life) => life.type === type && life.origin === 'seed')
    .map((life) => valueAt(life.versions[0]?.attributes, attribute));
  const highestSeed = Math.max(0, ...seeded.filter((value): value is number => typeof value === 'number'));
  const start = scope.length === 0 ? Math.max(highestSeed + 1, lowest(firsts)) : mode(firsts);
  const sameStart = firsts.filter((value) => value === start).length;
  const startFit = scope.length === 0 ? 1 : sameStart / (firsts.length || 1);
  const fit =
    ((hits + sameStart * (scope.length > 0 ? 1 : 0)) / (judged + (scope.length > 0 ? firsts.length : 0) || 1)) *
    (startFit < 0.5 ? 0.5 : 1);
  const generator: Generator =
    scope.length === 0
      ? { kind: 'sequence', start: judged === 0 ? lowest(firsts) : start, step: 1 }
      : { kind: 'sequence', start, step: 1, scope: scope.map((name) => memberText('path', name.slice(1))) };
  return [generator, judged === 0 ? 0.61 : fit];
}

/** Of worlds that begin alike the first number, where in some of them others were drawn unseen before it. */
const lowest = ([first = 1, ...others]: readonly number[]): number =>
  others.reduce((least, value) => Math.min(least, value), first);

function mode(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 1;
}

export interface Numbered {
  readonly birth: Birth;
  readonly value: number;
}

/** How well numbers count up by one over all births, or within a scope, when others draw from the counter unseen. */
export function fitSequence(
  own: readonly Numbered[],
  others: readonly Birth[],
): { fit: number; scope: readonly string[] } {
  let best: { fit: number; scope: readonly string[] } = { fit: 0, scope: [] };
  const first = own[0];
  if (first === undefined) return best;
  const names = Object.keys(attributesAt(first.birth.life, first.birth.at) ?? {}).filter((name) =>
    name.startsWith('$'),
  );
  const scopes = [[], ...names.map((_, i) => names.slice(0, i + 1))];
  for (const scope of scopes) {
    const last = new Map<string, Numbered>();
    const firsts: number[] = [];
    let hits = 0;
    let judged = 0;
    for (const entry of own) {
      const group = groupOf(entry.birth.life, entry.birth.at, scope);
      const before = last.get(group);
      last.set(group, entry);
      if (before === undefined) {
        firsts.push(entry.value);
        continue;
      }
      judged++;
      const between = others.filter(
        (other) =>
          other.at > before.birth.at && other.at < entry.birth.at && groupOf(other.life, other.at, scope) === group,
      ).length;
      if (entry.value === before.value + 1 + between) hits++;
    }
    const fit = judged < 2 || !beginAlike(firsts) ? 0 : hits / judged;
    if (fit > best.fit + 0.005) best = { fit, scope };
  }
  return best;
}

/** A counter of each scope begins at one number in all of them. */
function beginAlike(firsts: readonly number[]): boolean {
  const start = mode(firsts);
  return firsts.filter((value) => value === start).length >= 0.5 * firsts.length;
}

/** The sequence that such numbers are drawn from. */
export function sequenceOf(own: readonly Numbered[], scope: readonly string[]): Generator {
  const firsts = new Map<string, number>();
  for (const { birth, value } of own) {
    const group = groupOf(birth.life, birth.at, scope);
    if (!firsts.has(group)) firsts.set(group, value);
  }
  const start = scope.length === 0 ? lowest([...firsts.values()]) : mode([...firsts.values()]);
  return scope.length === 0
    ? { kind: 'sequence', start, step: 1 }
    : { kind: 'sequence', start, step: 1, scope: scope.map((name) => memberText('path', name.slice(1))) };
}

/** The highest among the living (of a scope), plus one: ids come back after the last one was deleted. */
function highestFit(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  births: readonly Birth[],
  values: readonly number[],
  scope: readonly string[],
): [Generator, number] {
  const groups = new Map<string, Life[]>();
  for (const life of evidence.timeline.lives) {
    if (life.type !== type) continue;
    const group = groupOf(life, life.firstSeen, scope);
    append(groups, group, life);
  }
  let hits = 0;
  births.forEach(({ life, at }, i) => {
    let highest = 0;
    for (const other of groups.get(groupOf(life, at, scope)) ?? []) {
      if (
        other === life ||
        (other.origin !== 'seed' && other.firstSeen >= at) ||
        (other.diedAt !== undefined && other.diedAt < at)
      )
        continue;
      const value = valueAt(attributesAt(other, at) ?? other.versions[0]?.attributes, attribute);
      if (typeof value === 'number' && value > highest) highest = value;
    }
    if (values[i] === highest + 1) hits++;
  });
  const fit = births.length === 0 ? 0 : hits / births.length;
  const isTold = scope.length === 0 || [...groups.values()].some((group) => group.length > 1);
  return [
    { kind: 'max-plus-one', type: type.name, attribute, start: 1, ...(scope.length > 0 ? { scope } : {}) },
    isTold ? fit : Math.min(fit, UNTOLD_FIT),
  ];
}

/** Text that counts: `7`, `inv-0007`, `PROJ-12`. */
export interface TextCounter {
  readonly generator: Generator;
  readonly prefix: string;
  readonly suffix: string;
  /** Digits are filled up with zeros to this width; 0 when they are not. */
  readonly width: number;
  /** How the text is written: as it is, or as base64 with or without its padding. */
  readonly encoding: 'plain' | 'base64' | 'base64-bare';
  /** Share of the births that count on from the one before. */
  readonly fit: number;
}

const ENCODINGS: readonly { readonly encoding: TextCounter['encoding']; open(text: string): string | undefined }[] = [
  { encoding: 'plain', open: (text) => text },
  { encoding: 'base64', open: (text) => base64ToText(text, true) },
  { encoding: 'base64-bare', open: (text) => base64ToText(text, false) },
];

/** The counter in texts that differ in one number; undefined when there is none, or it does not count up by one. */
export function inferTextCounter(attribute: string, births: readonly Birth[]): TextCounter | undefined {
  const texts = births.map(({ life, at }) => valueAt(attributesAt(life, at), attribute));
  if (texts.length < 2 || !texts.every((text) => typeof text === 'string')) return undefined;
  for (const { encoding, open } of ENCODINGS) {
    const opened = (texts as string[]).map((text) => open(text));
    const counter = opened.every((text) => text !== undefined)
      ? counterIn(opened as string[], births, encoding)
      : undefined;
    if (counter !== undefined) return counter;
  }
  return undefined;
}

function counterIn(
  texts: readonly string[],
  births: readonly Birth[],
  encoding: TextCounter['encoding'],
): TextCounter | undefined {
  const first = /^(.*?)(\d+)(\D*)$/.exec(texts[0] as string);
  if (first === null) return undefined;
  const [, prefix, , suffix] = first as unknown as [string, string, string, string];
  const digits = texts.map((text) =>
    text.startsWith(prefix) && text.endsWith(suffix) ? text.slice(prefix.length, text.length - suffix.length) : '',
  );
  if (!digits.every((each) => /^\d{1,15}$/.test(each))) return undefined;
  const width = digits.some((each) => each.startsWith('0') && each.length > 1)
    ? Math.max(...digits.map((each) => each.length))
    : 0;
  const numbered = births.map((birth, i) => ({ birth, value: Number(digits[i]) }));
  const { fit, scope } = fitSequence(numbered, []);
  return fit >= 0.6 ? { generator: sequenceOf(numbered, scope), prefix, suffix, width, encoding, fit } : undefined;
}

/** Text of an instant and a counter: `1767225600.000012`. */
export interface TimeCounter {
  readonly generator: Generator;
  /** Spelling of the instant, as the clock knows it. */
  readonly format: string;
  readonly separator: string;
  /** Digits of the counter are filled up with zeros to this width; 0 when they are not. */
  readonly width: number;
}

/** How far the clocks of the original and of the recorder may be apart, in milliseconds. */
const CLOCK_SLACK_MS = 2000;
const TIME_COUNTER_FIT_MIN = 0.5;

/** The instant of the birth, and behind it a number that only grows; undefined for other texts. */
export function inferTimeCounter(
  evidence: Evidence,
  attribute: string,
  births: readonly Birth[],
): TimeCounter | undefined {
  const texts = births.map(({ life, at }) => valueAt(attributesAt(life, at), attribute));
  if (texts.length < 2) return undefined;
  const parts = texts.map((text) => /^(\d{10}|\d{13})(\D{1,3})(\d{1,15})$/.exec(typeof text === 'string' ? text : ''));
  const first = parts[0];
  if (first === null || first === undefined) return undefined;
  const [, instant, separator] = first as unknown as [string, string, string];
  const unit = instant.length === 10 ? 1000 : 1;
  const isOfBirth = (part: RegExpExecArray | null, { at }: Birth): boolean => {
    const call = evidence.calls[at];
    const time = Number(part?.[1]) * unit;
    return (
      part?.[2] === separator &&
      part[1]?.length === instant.length &&
      call !== undefined &&
      time >= call.startedAt - CLOCK_SLACK_MS &&
      time <= call.endedAt + CLOCK_SLACK_MS
    );
  };
  if (!parts.every((part, i) => isOfBirth(part, births[i] as Birth))) return undefined;
  const numbers = parts.map((part) => Number(part?.[3]));
  const growing = numbers.filter((number, i) => i > 0 && number > (numbers[i - 1] as number)).length;
  if (growing < TIME_COUNTER_FIT_MIN * (numbers.length - 1)) return undefined;
  const widths = new Set(parts.map((part) => part?.[3]?.length));
  return {
    generator: { kind: 'sequence', start: numbers[0] as number, step: 1 },
    format: unit === 1000 ? 'epoch-s-text' : 'epoch-ms-text',
    separator,
    width: widths.size === 1 ? ([...widths][0] ?? 0) : 0,
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CLASSES: readonly [RegExp, string][] = [
  [/^[0-9]$/, '0123456789'],
  [/^[0-9a-f]$/, '0123456789abcdef'],
  [/^[0-9A-F]$/, '0123456789ABCDEF'],
  [/^[0-9a-z]$/, '0123456789abcdefghijklmnopqrstuvwxyz'],
  [/^[0-9A-Z]$/, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  [/^[0-9A-Za-z]$/, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'],
  [/^[0-9A-Za-z_-]$/, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_'],
  [/^[0-9A-Za-z+/=]$/, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/'],
];

/** Text seen twice so rarely may still be made up: what is believed of lives has gaps. */
const REPEATED_MAX = 0.02;

/** A generator for text that was never the same twice; undefined for text that does not look made up. */
export function textGenerator(drawn: readonly string[]): Generator | undefined {
  const texts = [...new Set(drawn)];
  if (drawn.length - texts.length > REPEATED_MAX * drawn.length) return undefined;
  const uuid = UUID.exec(texts[0] as string);
  if (uuid !== null && texts.every((text) => UUID.test(text))) {
    const version = Number(uuid[1]);
    return { kind: 'uuid', version: version === 1 || version === 7 ? version : 4 };
  }
  const length = (texts[0] as string).length;
  if (texts.length < 2)
    return looksMadeUp(texts[0] as string)
      ? { kind: 'text', pattern: patternOf(texts, fixedPrefix(texts[0] as string)) }
      : undefined;
  if (!texts.every((text) => text.length === length)) return undefined;
  let prefix = 0;
  while (prefix < length && texts.every((text) => text[prefix] === (texts[0] as string)[prefix])) prefix++;
  prefix = Math.min(
    prefix,
    Math.max(
      (texts[0] as string).slice(0, prefix).lastIndexOf('_'),
      (texts[0] as string).slice(0, prefix).lastIndexOf('-'),
    ) + 1 || prefix,
  );
  if (length - prefix < 5 || /\s/.test(texts.join(''))) return undefined;
  return { kind: 'text', pattern: patternOf(texts, prefix) };
}

const looksMadeUp = (text: string): boolean => /^[A-Za-z]{0,8}_?[0-9A-Za-z_-]{10,}$/.test(text) && /\d/.test(text);
const fixedPrefix = (text: string): number => /^[A-Za-z]+[_-]/.exec(text)?.[0].length ?? 0;

/** Literal prefix and separators, and runs of random characters of the smallest class that holds them all. */
function patternOf(texts: readonly string[], prefix: number): GeneratorPart[] {
  const length = (texts[0] as string).length;
  const parts: GeneratorPart[] = [];
  if (prefix > 0) parts.push({ literal: (texts[0] as string).slice(0, prefix) });
  let literal = '';
  let run: string[] = [];
  const flush = (): void => {
    if (run.length > 0) parts.push({ alphabet: alphabetOf(run.join('')), length: run.length / texts.length });
    run = [];
  };
  for (let at = prefix; at < length; at++) {
    const chars = texts.map((text) => text[at] as string);
    if (/[^0-9A-Za-z]/.test(chars[0] as string) && chars.every((c) => c === chars[0]) && texts.length > 2) {
      flush();
      literal = chars[0] as string;
      parts.push({ literal });
    } else run.push(...chars);
  }
  flush();
  return parts;
}

/** Letters that cannot be taken for digits, in one case (Crockford's base 32, of which ULIDs are made). */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** In so many characters one of the letters that it leaves out would have been. */
const CROCKFORD_CHARACTERS_MIN = 60;

function alphabetOf(text: string): string {
  const isFrom = (alphabet: string): boolean => [...text].every((c) => alphabet.includes(c));
  for (const [test, alphabet] of CLASSES) {
    if (![...text].every((c) => test.test(c))) continue;
    const isBare = alphabet.length > CROCKFORD.length && text.length >= CROCKFORD_CHARACTERS_MIN && isFrom(CROCKFORD);
    return isBare ? CROCKFORD : alphabet;
  }
  return [...new Set(text)].sort().join('');
}
