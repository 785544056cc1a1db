// Pass "expansions": members that an answer holds only when the request asks for them (`?include=author`, `_embed`,
// `expand[]`). They are no state of the entity that they hang on: they are found anew for each answer.
import { flattened } from '../../exchange/request-view.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import type { EntityTypes } from '../entities/entities.ts';
import type { Hierarchy } from '../entities/hierarchies.ts';
import type { Site, SiteNode } from '../entities/sites.ts';

/** The member is there when the list of words in the parameter holds the word. */
export interface Expansion {
  readonly member: string;
  /** `query` or `body`. */
  readonly from: 'query' | 'body';
  readonly parameter: string;
  readonly word: string;
  /** The list of what is below the entity in its hierarchy, which is no state of it, asked for or not. */
  readonly listing?: true;
}

const PARAMETER =
  /^_?(include|includes|expand|expands|embed|with|fields|opt_fields|view|populate|relations|extra|properties|sideload)(\[\])?$/i;

/** Judged by the last name where it stands in brackets. */
const asksForMore = (parameter: string): boolean => PARAMETER.test(pathOf(parameter).at(-1) as string);

const pathOf = (parameter: string): string[] => parameter.replaceAll(']', '').split('[');

/** Expansions by site. */
export function inferExpansions(sites: ReadonlyMap<string, Site>): Map<string, Expansion[]> {
  const found = new Map<string, Expansion[]>();
  for (const site of sites.values()) {
    const expansions = [...site.fields.keys()]
      .map((member) => expansionOf(site, member))
      .filter((each) => each !== undefined);
    if (expansions.length > 0) found.set(site.id, expansions);
  }
  return found;
}

/** The lists of hierarchies, in place of what the same member was taken for. */
export function withListings(
  expansions: Map<string, Expansion[]>,
  entities: EntityTypes,
  sites: ReadonlyMap<string, Site>,
  hierarchies: readonly Hierarchy[],
): Map<string, Expansion[]> {
  for (const { type, member } of hierarchies)
    for (const [id, owner] of entities.bySite) {
      if (owner !== type || sites.get(id)?.fields.has(member) !== true) continue;
      const others = (expansions.get(id) ?? []).filter((each) => each.member !== member);
      expansions.set(id, [...others, { member, from: 'query', parameter: '', word: '', listing: true }]);
    }
  return expansions;
}

function expansionOf(site: Site, member: string): Expansion | undefined {
  const isHeld = (node: SiteNode): boolean => typeof node.value[member] === 'object' && node.value[member] !== null;
  const holding = site.nodes.filter(isHeld);
  if (
    holding.length === 0 ||
    (holding.length < site.nodes.length && site.nodes.some((node) => isArray(node.value[member]) && !isHeld(node)))
  )
    return undefined;
  for (const { from, parameter, word } of [...wordsOf(holding[0] as SiteNode), ...flagsOf(holding[0] as SiteNode)]) {
    const asked = (node: SiteNode): boolean =>
      [...wordsOf(node), ...flagsOf(node)].some(
        (each) => each.from === from && each.parameter === parameter && each.word === word,
      );
    const agrees =
      site.nodes.every((node) => !isHeld(node) || asked(node)) &&
      site.nodes.filter(asked).length <= holding.length * 1.5;
    if (!agrees) continue;
    const telling = holding.length < site.nodes.length ? holding.length >= 2 : false;
    if (!asksForMore(parameter)) {
      if (telling && holding.length >= FLAG_MIN && site.nodes.length - holding.length >= FLAG_MIN)
        return { member, from, parameter, word };
      continue;
    }
    if (telling || resembles(word, member)) return { member, from, parameter, word };
  }
  return undefined;
}

/** A switch by another name than the usual ones is believed when so many answers hold the member, and so many do not. */
const FLAG_MIN = 3;

/** Switches that the request turns on: `?include_docs=true`, `?details=1`. */
const flagsOf = (node: SiteNode): { from: 'query' | 'body'; parameter: string; word: string }[] =>
  Object.entries(node.call.query).flatMap(([parameter, value]) =>
    !asksForMore(parameter) && (value === 'true' || value === '1' || value === 'yes')
      ? [{ from: 'query' as const, parameter, word: value }]
      : [],
  );

const resembles = (word: string, member: string): boolean => {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .replace(/s$/, '');
  return plain(word) === plain(member) || plain(word).endsWith(plain(member));
};

/** Words that a request's expansion parameters hold, divided by commas or given one by one. */
function wordsOf(node: SiteNode): { from: 'query' | 'body'; parameter: string; word: string }[] {
  return [...words(node.call, 'query'), ...words(node.call, 'body')];
}

function words(call: Call, from: 'query' | 'body'): { from: 'query' | 'body'; parameter: string; word: string }[] {
  const source = from === 'query' ? call.query : call.body;
  if (!isObject(source)) return [];
  return Object.entries(flattened(source)).flatMap(([parameter, value]) =>
    asksForMore(parameter) ? listed(value).map((word) => ({ from, parameter, word })) : [],
  );
}

function listed(value: Json): string[] {
  if (typeof value === 'string') return value.split(',').map((word) => word.trim());
  return isArray(value) ? value.flatMap(listed) : [];
}

/** CEL text of the condition. */
export function askedText(
  expansion: Expansion,
  member: (base: string, name: string) => string,
  quote: (text: string) => string,
): string {
  const value = pathOf(expansion.parameter).reduce(member, expansion.from);
  return `${quote(expansion.word)} in (typeOf(${value}) == "list" ? ${value} : split(coalesce(${value}, ""), ","))`;
}

/** The members of an object apart from those that the request asked for. */
export function withoutExpansions(members: JsonObject, expansions: readonly Expansion[] | undefined): JsonObject {
  if (expansions === undefined) return members;
  return Object.fromEntries(
    Object.entries(members).filter(
      ([name, value]) =>
        typeof value !== 'object' || value === null || !expansions.some((each) => each.member === name),
    ),
  );
}
