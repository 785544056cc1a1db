// Candidate expressions for a target, made from matches found in the examples rather than by enumeration, each with the
// set of examples it reproduces.
import { slug } from '../../model/expression-text-functions.ts';
import { equalJson, isArray, type Json } from '../../std/json.ts';
import { isRef } from '../timeline/timeline.ts';
import { clocks } from './clocks.ts';
import { memberText, quote } from './literal.ts';
import { addDigests } from './digests.ts';
import { addLiterals } from './literal-candidates.ts';
import { addPaddedNumbers } from './padded.ts';
import { isList, isPlainObject, sameValue, scalarOf, type Sample, type Sources } from './samples.ts';
import { sumForms } from './sums.ts';
import { textTemplates } from './text.ts';

export interface Candidate {
  readonly text: string;
  readonly cost: number;
  /** Bit i: reproduces example i. */
  readonly hits: bigint;
}

export interface Search {
  /** Last name of what is explained: sources of the same name are preferred. */
  readonly name: string;
  /** How an entity is named by values: tuples of attributes for each type. */
  readonly tuplesOf?: (type: string) => readonly (readonly string[])[];
  /** Attributes of an entity that a ref of an example names. */
  readonly entityOf?: (ref: Json, sample: Sample) => { readonly [name: string]: Json } | undefined;
  /** The living entity of a type that an example finds under the value of an attribute, which is a dotted path. */
  readonly entityWith?: (type: string, attribute: string, value: string, sample: Sample) => Json | undefined;
  /** Literals are not allowed (an identity, say, is never a constant). */
  readonly noLiterals?: boolean;
  readonly noClock?: boolean;
  /** Texts that belong to the recorded world, with the calls that said them first: literals with them are the last thing to believe. */
  readonly foreign?: ReadonlyMap<string, number>;
  /** What only such a literal explains is unknown. */
  readonly foreignIsUnknown?: boolean;
  /** Where a value may simply stay what it was: the source that holds it, which is as good as any though it never vary. */
  readonly own?: string;
}

type Evaluate = (sources: Sources, sample: Sample) => Json | undefined;

const CANDIDATES_MAX = 400;
const PROBED_SAMPLES_MAX = 10;

export function findCandidates(samples: readonly Sample[], search: Search): Candidate[] {
  const found = new Map<string, { cost: number; evaluate: Evaluate }>();
  const add = (text: string, cost: number, evaluate: Evaluate): void => {
    if (found.size < CANDIDATES_MAX && !found.has(text)) found.set(text, { cost, evaluate });
  };
  const probed = pickDiverse(samples);
  addPaddedNumbers(samples, probed);
  addDigests(samples, probed);
  const dull = uninformative(samples);
  for (const sample of probed) addMatches(sample, search, dull, add);
  if (search.noClock !== true)
    for (const clock of clocks(samples))
      add(clock.text, clock.cost, (_, sample) => (clock.holds(sample) ? sample.target : MISMATCH));
  if (search.noLiterals !== true) addLiterals(samples, search, add);
  for (const template of textTemplates(samples, probed, dull))
    add(template.text, template.cost, (sources) => template.evaluate(sources));
  const candidates: Candidate[] = [];
  for (const [text, { cost, evaluate }] of found) {
    let hits = 0n;
    samples.forEach((sample, i) => {
      if (sameValue(evaluate(sample.sources, sample), sample.target)) hits |= 1n << BigInt(i);
    });
    if (hits !== 0n) candidates.push({ text, cost, hits });
  }
  return candidates;
}

/** Sources that never vary: what they seem to explain, a literal explains as well. Parameters of the path are exempt. */
function uninformative(samples: readonly Sample[]): Set<string> {
  const dull = new Set<string>();
  const first = samples[0];
  if (first === undefined || samples.length < 3) return dull;
  for (const [expression, { value }] of first.sources) {
    if (expression.startsWith('path') || expression.startsWith('principal.') || expression.includes('["$')) continue;
    if (
      samples.every(
        (sample) => sample.sources.has(expression) && sameValue(sample.sources.get(expression)?.value, value),
      )
    )
      dull.add(expression);
  }
  return dull;
}

/** Examples with different targets first. */
function pickDiverse(samples: readonly Sample[]): Sample[] {
  const seen = new Set<string>();
  const picked: Sample[] = [];
  for (const sample of samples) {
    const text = JSON.stringify(sample.target) ?? 'missing';
    if (seen.has(text) || picked.length >= PROBED_SAMPLES_MAX) continue;
    seen.add(text);
    picked.push(sample);
  }
  return picked;
}

const lastName = (expression: string): string =>
  /([A-Za-z_$][\w$]*|"[^"]*")\]?$/.exec(expression)?.[1]?.replaceAll('"', '') ?? expression;

function addMatches(
  sample: Sample,
  search: Search,
  dull: ReadonlySet<string>,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  const { target } = sample;
  const text = scalarOf(target);
  for (const [expression, { value, cost: base }] of sample.sources) {
    const cost =
      base -
      (lastName(expression) === search.name ? 2.5 : 0) +
      (dull.has(expression) && expression !== search.own ? 3 : 0);
    const read: Evaluate = (sources) => sources.get(expression)?.value;
    if (sameValue(value, target)) add(expression, cost, read);
    if (value === undefined || target === undefined) continue;
    const own = scalarOf(value);
    if (own !== undefined && text !== undefined && own !== '')
      addScalarForms(expression, cost, value, target, own, text, add);
    if (typeof target === 'number' && typeof value === 'number' && lastName(expression) === search.name)
      addSums(expression, cost, value, target, sample, dull, add);
    if (isList(value)) addListForms(expression, cost, value, target, search, sample, add);
    if (isRef(target)) addRefForm(expression, cost, value, target, add);
  }
  if (isRef(target)) addLookups(sample, target, search, add);
}

function addScalarForms(
  expression: string,
  cost: number,
  value: Json,
  target: Json,
  own: string,
  text: string,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  const source = (sources: Sources): Json | undefined => sources.get(expression)?.value;
  const mapText =
    (f: (text: string) => Json | undefined): Evaluate =>
    (sources) => {
      const at = scalarOf(source(sources));
      return at === undefined ? undefined : f(at);
    };
  if (typeof target === 'string') {
    if (typeof value !== 'string' && own === text)
      add(
        `string(${expression})`,
        cost + 1,
        mapText((at) => at),
      );
    if (own !== text && own.toLowerCase() === text)
      add(
        `lower(string(${expression}))`,
        cost + 2,
        mapText((at) => at.toLowerCase()),
      );
    if (own !== text && own.toUpperCase() === text)
      add(
        `upper(string(${expression}))`,
        cost + 2,
        mapText((at) => at.toUpperCase()),
      );
    if (own !== text && own.trim() === text)
      add(
        `trim(string(${expression}))`,
        cost + 2,
        mapText((at) => at.trim()),
      );
    if (own !== text && slug(own) === text) add(`slug(string(${expression}))`, cost + 2.5, mapText(slug));
    if (own.length > 3) {
      const parts = own.split('/');
      for (const at of [0, parts.length - 1]) {
        if (parts.length < 2 || parts[at] !== text) continue;
        const which = at === 0 ? 'first' : 'last';
        add(
          `${which}(split(${expression}, "/"))`,
          cost + 3,
          mapText((from) => (at === 0 ? from.split('/')[0] : from.split('/').at(-1))),
        );
      }
    }
  }
  if (typeof target === 'number' && typeof value === 'string' && Number.isInteger(target) && target > 0) {
    const delta = target - value.length;
    if (Math.abs(delta) <= 8)
      add(
        delta === 0 ? `size(${expression})` : `size(${expression}) ${delta > 0 ? '+' : '-'} ${Math.abs(delta)}`,
        cost + 5,
        (sources) => {
          const at = source(sources);
          return typeof at === 'string' ? at.length + delta : undefined;
        },
      );
  }
  if (typeof target === 'number') {
    if (typeof value === 'string' && own === text)
      add(
        `number(${expression})`,
        cost + 1.5,
        mapText((at) => (/^-?\d+(\.\d+)?$/.test(at) ? Number(at) : undefined)),
      );
    if (typeof value === 'number') {
      const delta = target - value;
      if (Math.abs(delta) === 1)
        add(`${expression} ${delta > 0 ? '+' : '-'} 1`, cost + 2, (sources) => addNumber(source(sources), delta));
      if (value === target * 100 || value * 100 === target)
        add(value === target * 100 ? `${expression} / 100` : `${expression} * 100`, cost + 4, (sources) =>
          scale(source(sources), value === target * 100 ? 0.01 : 100),
        );
    }
  }
  if (typeof target === 'boolean' && typeof value === 'string' && own === text)
    add(
      `bool(${expression})`,
      cost + 1.5,
      mapText((at) => (at === 'true' ? true : at === 'false' ? false : undefined)),
    );
  if (typeof target === 'boolean' && typeof value === 'boolean' && value !== target)
    add(`!${expression}`, cost + 2.5, (sources) => {
      const at = source(sources);
      return typeof at === 'boolean' ? !at : undefined;
    });
}

/** What a number was, and as much more or less as the request says: deposits, stock, scores. */
function addSums(
  expression: string,
  cost: number,
  value: number,
  target: number,
  sample: Sample,
  dull: ReadonlySet<string>,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  for (const [other, { value: more, cost: moreCost }] of sample.sources) {
    if (typeof more !== 'number' || more === 0 || other === expression || dull.has(other)) continue;
    for (const sign of [1, -1])
      if (value + sign * more === target)
        add(`${expression} ${sign > 0 ? '+' : '-'} ${other}`, cost + moreCost + 2, (sources) => {
          const [own, by] = [sources.get(expression)?.value, sources.get(other)?.value];
          return typeof own === 'number' && typeof by === 'number' ? own + sign * by : undefined;
        });
  }
}

const addNumber = (value: Json | undefined, delta: number): Json | undefined =>
  typeof value === 'number' ? value + delta : undefined;
const scale = (value: Json | undefined, factor: number): Json | undefined =>
  typeof value === 'number' ? Math.round(value * factor * 1e6) / 1e6 : undefined;

function addListForms(
  expression: string,
  cost: number,
  value: readonly Json[],
  target: Json,
  search: Search,
  sample: Sample,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  const list = (sources: Sources): readonly Json[] | undefined => {
    const at = sources.get(expression)?.value;
    return isArray(at) ? at : undefined;
  };
  if (typeof target === 'number' && value.length === target)
    add(`size(${expression})`, cost + 3, (sources) => list(sources)?.length);
  if (typeof target === 'number')
    for (const { text, cost: more, evaluate } of sumForms(expression, value, target))
      add(text, cost + more, (sources) => evaluate(sources.get(expression)?.value));
  if (value.length > 0 && sameValue(value[0], target))
    add(`first(${expression})`, cost + 2, (sources) => list(sources)?.[0]);
  if (value.length > 1 && sameValue(value.at(-1), target))
    add(`last(${expression})`, cost + 2.5, (sources) => list(sources)?.at(-1));
  if (isRef(target) && value.length > 0 && scalarOf(value[0]) === target.key)
    add(`ref(${quote(target.$ref)}, first(${expression}))`, cost + 4, (sources) => {
      const key = scalarOf(list(sources)?.[0]);
      return key === undefined ? undefined : { $ref: target.$ref, key };
    });
  if (!isList(target)) return;
  const sorted = (items: readonly Json[]): Json[] =>
    [...items].sort((a, b) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0));
  const distinct = (items: readonly Json[]): Json[] =>
    items.filter((item, at) => items.findIndex((other) => equalJson(other, item)) === at);
  if (
    target.length === value.length &&
    value.length > 1 &&
    value.every((item) => typeof item === 'string') &&
    sameValue(sorted(value), target)
  )
    add(`sort(${expression})`, cost + 2, (sources) => {
      const at = list(sources);
      return at === undefined ? undefined : sorted(at);
    });
  if (target.length < value.length && sameValue(distinct(value), target))
    add(`distinct(${expression})`, cost + 2, (sources) => {
      const at = list(sources);
      return at === undefined ? undefined : distinct(at);
    });
  if (target.length > 0 && isRef(target[0])) addRefListForm(expression, cost, target, search, sample, add);
  for (const [other, { value: more, cost: moreCost }] of sample.sources) {
    if (!isList(more) || other === expression || target.length !== value.length + more.length || more.length === 0)
      continue;
    if (sameValue([...value, ...more], target))
      add(`${expression} + ${other}`, cost + moreCost, (sources) =>
        concatenate(list(sources), sources.get(other)?.value),
      );
  }
}

const concatenate = (a: readonly Json[] | undefined, b: Json | undefined): Json | undefined =>
  a !== undefined && isArray(b) ? [...a, ...b] : undefined;

/** A ref whose key is a scalar source. */
function addRefForm(
  expression: string,
  cost: number,
  value: Json,
  target: { readonly $ref: string; readonly key: string },
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  if (scalarOf(value) === undefined || scalarOf(value) !== target.key) return;
  add(`ref(${quote(target.$ref)}, ${expression})`, cost + 2, (sources) => {
    const key = scalarOf(sources.get(expression)?.value);
    return key === undefined ? undefined : { $ref: target.$ref, key };
  });
}

/** Refs by an attribute tuple other than the key: `ref(find("Milestone", "$repo,number", [path.repo, body.milestone]))`. */
function addLookups(
  sample: Sample,
  target: Json & { readonly $ref: string; readonly key: string },
  search: Search,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  const attributes = search.entityOf?.(target, sample);
  if (attributes === undefined) return;
  addAttributeLookups(sample, target, attributes, search, add);
  for (const tuple of search.tuplesOf?.(target.$ref) ?? []) {
    const parts = tuple.map((name) => cheapest(sample.sources, scalarOf(attributes[name]), name));
    if (parts.some((part) => part === undefined)) continue;
    const names = parts as { expression: string; cost: number }[];
    add(
      `ref(find(${quote(target.$ref)}, ${quote(tuple.join(','))}, [${names.map((part) => part.expression).join(', ')}]))`,
      names.reduce((sum, part) => sum + part.cost, 3),
      (sources, at) => {
        const wanted = search.entityOf?.(at.target ?? null, at);
        if (!isRef(at.target) || wanted === undefined) {
          return names.some(
            (part) => sources.get(part.expression)?.value === undefined || sources.get(part.expression)?.value === null,
          )
            ? undefined
            : MISMATCH;
        }
        return tuple.every(
          (name, i) =>
            scalarOf(wanted[name]) === scalarOf(sources.get((names[i] as { expression: string }).expression)?.value),
        )
          ? at.target
          : MISMATCH;
      },
    );
  }
}

const LOOKUP_TEXT_MIN = 3;

/** Refs by any attribute that a value of the request equals: `ref(first(rows("User").filter(x, x.profile.email == body.email)))`. */
function addAttributeLookups(
  sample: Sample,
  target: Json & { readonly $ref: string; readonly key: string },
  attributes: { readonly [name: string]: Json },
  search: Search,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  const { entityWith } = search;
  if (entityWith === undefined) return;
  for (const [path, value] of scalarMembers(attributes)) {
    if (value.length < LOOKUP_TEXT_MIN) continue;
    for (const [expression, source] of sample.sources) {
      if (!/^(body|query|path)\b/.test(expression) || scalarOf(source.value) !== value) continue;
      const member = path.split('.').reduce((base, name) => memberText(base, name), 'x');
      add(
        `ref(first(rows(${quote(target.$ref)}).filter(x, string(${member}) == string(${expression}))))`,
        source.cost + (lastName(expression) === path.split('.').at(-1) ? 4 : 7),
        (sources, at) => {
          const wanted = scalarOf(sources.get(expression)?.value);
          return wanted === undefined ? undefined : entityWith(target.$ref, path, wanted, at);
        },
      );
    }
  }
}

/** Scalars of an entity and of the objects in it, by dotted path. */
function* scalarMembers(attributes: { readonly [name: string]: Json }): Generator<[string, string]> {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('$')) continue;
    const text = scalarOf(value);
    if (text !== undefined) yield [name, text];
    else if (isPlainObject(value))
      for (const [inner, member] of Object.entries(value)) {
        const innerText = scalarOf(member);
        if (innerText !== undefined && !inner.startsWith('$')) yield [`${name}.${inner}`, innerText];
      }
  }
}

/** A value that equals no answer. */
const MISMATCH: Json = '\u0000mismatch';

/** A list of refs made from a list of keys or names. */
function addRefListForm(
  expression: string,
  cost: number,
  target: readonly Json[],
  search: Search,
  sample: Sample,
  add: (text: string, cost: number, evaluate: Evaluate) => void,
): void {
  const first = target[0] as Json & { $ref: string; key: string };
  const value = sample.sources.get(expression)?.value;
  if (!isArray(value) || value.length !== target.length || !target.every(isRef)) return;
  if (value.every((item, i) => scalarOf(item) === (target[i] as unknown as { key: string }).key)) {
    add(`${expression}.map(e, ref(${quote(first.$ref)}, e))`, cost + 3, (sources) => {
      const at = sources.get(expression)?.value;
      return isArray(at) && at.every((item) => scalarOf(item) !== undefined)
        ? at.map((item) => ({ $ref: first.$ref, key: scalarOf(item) as string }))
        : undefined;
    });
    return;
  }
  const attributes = search.entityOf?.(first, sample);
  if (attributes === undefined) return;
  for (const tuple of search.tuplesOf?.(first.$ref) ?? []) {
    const own = tuple.at(-1) as string;
    const byName = (at: Json, item: Json, where: Sample): boolean =>
      scalarOf(search.entityOf?.(at, where)?.[own]) === scalarOf(item) && scalarOf(item) !== undefined;
    if (!value.every((item, i) => byName(target[i] as Json, item, sample))) continue;
    const scope = tuple.slice(0, -1).map((name) => cheapest(sample.sources, scalarOf(attributes[name]), name));
    if (scope.some((part) => part === undefined)) continue;
    const names = scope as { expression: string; cost: number }[];
    add(
      `${expression}.map(e, ref(find(${quote(first.$ref)}, ${quote(tuple.join(','))}, [${[...names.map((part) => part.expression), 'e'].join(', ')}])))`,
      cost + names.reduce((sum, part) => sum + part.cost, 3),
      (sources, at) => {
        const items = sources.get(expression)?.value;
        if (!isArray(items)) return undefined;
        if (!isArray(at.target) || at.target.length !== items.length) return MISMATCH;
        return at.target.every((ref, i) => byName(ref, items[i] as Json, at)) ? at.target : MISMATCH;
      },
    );
  }
}

function cheapest(
  sources: Sources,
  text: string | undefined,
  name: string,
): { expression: string; cost: number } | undefined {
  if (text === undefined) return undefined;
  let best: { expression: string; cost: number } | undefined;
  for (const [expression, { value, cost }] of sources) {
    if (scalarOf(value) !== text) continue;
    const adjusted = cost - (lastName(expression) === name.replace('$', '') ? 2.5 : 0);
    if (best === undefined || adjusted < best.cost) best = { expression, cost: adjusted };
  }
  return best;
}
