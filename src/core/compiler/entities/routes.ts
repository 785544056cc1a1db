// Pass "routes": which path segments are names of resources and which are values. Values are recognised by what they
// look like, by having been seen as values in bodies (value flow), by belonging to one session only, and, where an unknown
// one was asked for, by the siblings they stand beside. See knowledge on route templating: regular expressions alone
// find a fifth of real templates, flow finds most.
import { decodePathText } from '../../model/route-path.ts';
import { isArray, isObject, type Json } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import type { Operation } from '../calls/operations.ts';
import { storedPaths } from '../calls/stored-bodies.ts';
import { identifier, identityRank, looksLikeId, singular } from './words.ts';

export interface CallRoute {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Path parameters by name, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Path up to and with each parameter, in order: identity of the trie node it stands for. */
  readonly prefixes: readonly { readonly name: string; readonly prefix: string }[];
  /** Where calls of one path are told apart by their bodies; found by the pass "operations". */
  readonly operation?: Operation;
}

interface Item {
  readonly call: Call;
  readonly segments: readonly string[];
  readonly names: string[];
  readonly template: string[];
  readonly prefixes: { name: string; prefix: string }[];
  readonly params: Record<string, string>;
}

/** Templates for every call, by call index. */
export function inferRoutes(calls: readonly Call[]): CallRoute[] {
  const items = calls.map((call): Item => ({
    call,
    segments: call.path.split('/').slice(1).map(decodePathText),
    names: [],
    template: [],
    prefixes: [],
    params: {},
  }));
  const evidence = {
    flow: collectFlow(calls),
    sessionCount: new Set(calls.map((call) => call.session)).size,
    rest: findRestDepths(items),
    stored: storedPaths(calls),
  };
  descend(items, 0, evidence);
  return items.map((item) => {
    const path = `/${item.template.join('/')}`;
    return {
      id: `${item.call.method} ${path}`,
      method: item.call.method,
      path,
      params: item.params,
      prefixes: item.prefixes,
    };
  });
}

/**
 * Text of every scalar that a body holds under a name fit for an identity, and the last part of such names that are
 * paths, with the sessions it was seen in. Other keys (`type`, `action`) name kinds, and kinds collide with path literals.
 */
function collectFlow(calls: readonly Call[]): Map<string, Set<string>> {
  const flow = new Map<string, Set<string>>();
  const note = (text: string, session: string): void => {
    const sessions = flow.get(text);
    if (sessions) sessions.add(session);
    else flow.set(text, new Set([session]));
  };
  const visit = (value: Json | undefined, key: string, session: string): void => {
    if (typeof value === 'string' || typeof value === 'number') {
      if (identityRank(key) === 0) return;
      const text = String(value);
      if (text.length > 200) return;
      note(text, session);
      if (/^[\w.-]+(\/[\w.-]+)+$/.test(text)) note(text.slice(text.lastIndexOf('/') + 1), session);
    } else if (isArray(value)) for (const element of value) visit(element, key, session);
    else if (isObject(value)) for (const [name, member] of Object.entries(value)) visit(member, name, session);
  };
  for (const call of calls) {
    visit(call.answer, '', call.session);
    if (call.bodyKind === 'json' || call.bodyKind === 'form') visit(call.body, '', call.session);
  }
  return flow;
}

interface PathEvidence {
  readonly flow: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sessionCount: number;
  /** Prefixes under which the rest of the path is one name. */
  readonly rest: ReadonlySet<string>;
  /** Paths that give back what was written there. */
  readonly stored: ReadonlySet<string>;
}

function descend(items: Item[], depth: number, evidence: PathEvidence): void {
  const going = items.filter((item) => item.segments.length > depth);
  if (going.length === 0) return;
  const prefix = (going[0] as Item).template.join('/');
  if (evidence.rest.has(prefix) || areNamesOfStored(going, depth, evidence.stored)) {
    for (const item of going) take(item, depth, 'path', '', true);
    return;
  }
  const children = new Map<string, Item[]>();
  for (const item of going) {
    const text = item.segments[depth] as string;
    const group = children.get(text);
    if (group) group.push(item);
    else children.set(text, [item]);
  }
  const values = chooseValues(children, depth, evidence);
  const parameter = new Map<string, Item[]>();
  for (const [text, group] of children) {
    if (!values.has(text)) {
      for (const item of group) item.template.push(escapeLiteral(text));
      descend(group, depth + 1, evidence);
      continue;
    }
    const suffix = suffixOf(text, depth, group);
    parameter.set(suffix, [...(parameter.get(suffix) ?? []), ...group]);
  }
  for (const [suffix, group] of parameter) {
    const before = [...(group[0] as Item).template].reverse().find((part) => !part.startsWith('{'));
    const base = identifier(singular(decodePathText((before ?? 'value').replace(/\.[a-z]{2,5}$/i, ''))));
    for (const item of group) take(item, depth, base, suffix, false);
    descend(group, depth + 1, evidence);
  }
}

function take(item: Item, depth: number, base: string, suffix: string, isRest: boolean): void {
  let name = base;
  for (let n = 2; item.names.includes(name); n++) name = `${base}_${n}`;
  item.names.push(name);
  const text = isRest ? item.segments.slice(depth).join('/') : (item.segments[depth] as string);
  item.params[name] = suffix === '' ? text : text.slice(0, -suffix.length);
  item.template.push(isRest ? `{${name}*}` : `{${name}}${suffix}`);
  item.prefixes.push({ name, prefix: `/${item.template.join('/')}`.replace(/\.[a-z]{2,5}$/i, '') });
}

export const escapeLiteral = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('{', '%7B').replaceAll('}', '%7D');

/** `1.json` -> `.json` where the segment is the last one and the rest looks like a value. */
function suffixOf(text: string, depth: number, group: readonly Item[]): string {
  const suffix = /\.[a-z]{2,5}$/i.exec(text)?.[0] ?? '';
  return suffix !== '' &&
    suffix !== text &&
    group.every((item) => item.segments.length === depth + 1) &&
    /^\.(json|xml|html|csv|txt|atom|rss|yaml|yml|pdf)$/i.test(suffix)
    ? suffix
    : '';
}

function chooseValues(children: Map<string, Item[]>, depth: number, { flow, sessionCount }: PathEvidence): Set<string> {
  const values = new Set<string>();
  for (const [text, group] of children) {
    const bare = text.replace(/\.(json|xml)$/i, '');
    if (text === '') continue;
    if (looksLikeId(bare) || flows(bare, group, flow)) values.add(text);
  }
  addAlike(children, values, depth);
  addSessionBound(children, values, sessionCount);
  addPutNames(children, values, depth);
  addUnknownSiblings(children, values, depth);
  return values;
}

/** A segment is a value when it was a value in bodies of at least a quarter of the sessions that use it in a path. */
function flows(text: string, group: readonly Item[], flow: PathEvidence['flow']): boolean {
  const seen = flow.get(text);
  if (seen === undefined) return false;
  const sessions = new Set(group.map((item) => item.call.session));
  let both = 0;
  for (const session of sessions) if (seen.has(session)) both++;
  return both >= 1 && both / sessions.size >= 0.25;
}

/** Many siblings that each belong to a single session are names that the sessions chose. */
function addSessionBound(children: Map<string, Item[]>, values: Set<string>, sessionCount: number): void {
  if (sessionCount < 4) return;
  const bound = [...children].filter(
    ([text, group]) => text !== '' && new Set(group.map((item) => item.call.session)).size === 1,
  );
  const succeeded = bound.filter(([, group]) => group.some((item) => !item.call.refused));
  if (succeeded.length >= Math.max(4, sessionCount / 4) && bound.length >= 0.6 * children.size)
    for (const [text] of bound) if (!text.startsWith('_')) values.add(text);
  addAlikeNames(children, values, sessionCount);
}

/** Of names that sessions chose, the share that must be shaped like one that two of them chose. */
const SHAPED_ALIKE_MIN = 0.5;

/** Names that a few sessions happened to choose alike: they are shaped as most others are, which plain words do not tell. */
function addAlikeNames(children: Map<string, Item[]>, values: Set<string>, sessionCount: number): void {
  const shapes = new Map<string, number>();
  for (const text of values) shapes.set(shapeOf(text), (shapes.get(shapeOf(text)) ?? 0) + 1);
  for (const [text, group] of children) {
    const shape = shapeOf(text);
    const sessions = new Set(group.map(({ call }) => call.session)).size;
    const isAlike = shape !== 'a' && (shapes.get(shape) ?? 0) >= SHAPED_ALIKE_MIN * values.size;
    if (isAlike && sessions <= Math.max(2, sessionCount / 5)) values.add(text);
  }
}

const shapeOf = (text: string): string => text.replace(/[a-z]+/gi, 'a').replace(/\d+/g, '9');

/** Siblings that make a place one of values, and the share of all siblings that they are. */
const ALIKE_MIN = 5;
const ALIKE_SHARE_MIN = 0.6;
/** Words that stand below one sibling and another. Collections have a few in common too (`search`, `count`). */
const COMMON_WORDS_MIN = 3;

/** Many siblings below which the same words stand (`/{shop}/orders`, `/{shop}/staff`) are names of resources of one kind. */
function addAlike(children: Map<string, Item[]>, values: Set<string>, depth: number): void {
  if (children.size < ALIKE_MIN) return;
  const below = new Map([...children].map(([text, group]) => [text, wordsBelow(group, depth)]));
  const uses = new Map<string, number>();
  for (const words of below.values()) for (const word of words) uses.set(word, (uses.get(word) ?? 0) + 1);
  const isCommon = (word: string): boolean => (uses.get(word) ?? 0) >= Math.max(ALIKE_MIN, children.size / 4);
  const alike = [...below].flatMap(([text, words]) => {
    const common = [...words].filter(isCommon).length;
    return common === 0 ? [] : [{ text, common }];
  });
  const firm = alike.filter(({ common }) => common >= COMMON_WORDS_MIN);
  if (firm.length >= ALIKE_MIN && alike.length >= ALIKE_SHARE_MIN * children.size)
    for (const { text } of alike) if (!text.startsWith('_')) values.add(text);
}

/** Segments that may be words of the service, by how far below they stand. */
function wordsBelow(group: readonly Item[], depth: number): ReadonlySet<string> {
  return new Set(
    group.flatMap(({ segments }) =>
      segments.slice(depth + 1).flatMap((text, at) => (text === '' || looksLikeId(text) ? [] : [`${at} ${text}`])),
    ),
  );
}

const PUT_NAMES_MIN = 3;

/** Beside values, several that clients put there themselves, to read back what values are, are names that they chose. */
function addPutNames(children: Map<string, Item[]>, values: Set<string>, depth: number): void {
  if (values.size === 0) return;
  const known = [...values].flatMap((text) => children.get(text) ?? []);
  const isLeaf = (group: readonly Item[]): boolean => group.every(({ segments }) => segments.length === depth + 1);
  if (!isLeaf(known)) return;
  const shapes = new Set(known.flatMap(shapeRead));
  const put = [...children].filter(
    ([text, group]) =>
      !values.has(text) &&
      isLeaf(group) &&
      group.some(({ call }) => call.method === 'PUT' && !call.refused) &&
      group.flatMap(shapeRead).some((shape) => shapes.has(shape)),
  );
  if (put.length >= PUT_NAMES_MIN) for (const [text] of put) values.add(text);
}

/** Names of the members of an object that was read. */
function shapeRead({ call }: Item): readonly string[] {
  return call.method === 'GET' && !call.refused && isObject(call.answer)
    ? [Object.keys(call.answer).sort().join('\n')]
    : [];
}

/** What was only ever refused, beside values and with no vocabulary of its own, is a value that did not exist. */
function addUnknownSiblings(children: Map<string, Item[]>, values: Set<string>, depth: number): void {
  if (values.size === 0) return;
  const below = (group: readonly Item[]): Set<string> => new Set(group.map((item) => item.segments[depth + 1] ?? ''));
  const known = new Set<string>();
  const methods = new Set<string>();
  for (const text of values)
    for (const item of children.get(text) ?? []) {
      known.add(item.segments[depth + 1] ?? '');
      methods.add(item.call.method);
    }
  for (const [text, group] of children) {
    if (values.has(text) || text === '' || text.startsWith('_')) continue;
    const refused = group.every((item) => item.call.refused);
    if (
      refused &&
      [...below(group)].every((next) => known.has(next)) &&
      group.every((item) => methods.has(item.call.method))
    )
      values.add(text);
  }
}

/**
 * Prefixes under which the rest of the path, of varying depth, is one name: answers repeat it whole (`/a/b/c` asked under
 * `/keys` comes back as `"/a/b/c"`).
 */
function findRestDepths(items: readonly Item[]): Set<string> {
  const tallies = new Map<string, { depths: Set<number>; hits: number; total: number }>();
  for (const { call, segments } of items) {
    if (call.status >= 300 || call.answer === undefined || segments.length < 2) continue;
    const texts = new Set<string>();
    collectTexts(call.answer, texts, 3);
    for (let depth = 1; depth < segments.length; depth++) {
      const prefix = segments.slice(0, depth).join('/');
      const tally = tallies.get(prefix) ?? { depths: new Set(), hits: 0, total: 0 };
      tallies.set(prefix, tally);
      tally.total++;
      const rest = segments.slice(depth).join('/');
      if (!texts.has(`/${rest}`)) continue;
      tally.hits++;
      tally.depths.add(segments.length - depth);
    }
  }
  const found = new Set<string>();
  for (const [prefix, { depths, hits, total }] of tallies)
    if (depths.size >= 2 && hits >= 5 && hits >= 0.7 * total) found.add(prefix);
  return found;
}

const STORED_NAMES_MIN = 5;
/** Share of the longer names that may go on where another path ends. */
const GOING_ON_MAX = 0.1;

/** What is stored below has names of one segment and of more, and what they begin with is nothing by itself. */
function areNamesOfStored(going: readonly Item[], depth: number, stored: ReadonlySet<string>): boolean {
  const nameOf = ({ segments }: Item, end?: number): string => segments.slice(depth, end).join('/');
  const items = new Map(going.filter(({ call }) => stored.has(call.path)).map((item) => [nameOf(item), item]));
  const lengths = new Set([...items.values()].map(({ segments }) => segments.length));
  if (items.size < STORED_NAMES_MIN || lengths.size < 2) return false;
  const ends = new Set(going.filter(({ call }) => !call.refused).map((item) => nameOf(item)));
  const longer = [...items.values()].filter(({ segments }) => segments.length > depth + 1);
  const goesOn = (item: Item): boolean =>
    item.segments.some((_segment, at) => at > depth && ends.has(nameOf(item, at)));
  return longer.filter(goesOn).length <= GOING_ON_MAX * longer.length;
}

function collectTexts(value: Json, into: Set<string>, depth: number): void {
  if (typeof value === 'string') into.add(value);
  else if (depth > 0 && isArray(value)) for (const element of value) collectTexts(element, into, depth - 1);
  else if (depth > 0 && isObject(value))
    for (const member of Object.values(value)) collectTexts(member, into, depth - 1);
}
