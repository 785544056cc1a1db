// Paging of lists: page numbers, offsets, ranges, and cursors that name the last element seen.
import type { Query } from '../../model/clone-model.ts';
import type { Json } from '../../std/json.ts';
import { sameKeys, type Listing, type Row } from './query-rows.ts';

export interface PageRule {
  readonly model: NonNullable<Query['page']>;
}

const PAGE_NAME = /^_?(page|page_?number|p|pageindex)$/i;
const SIZE_NAME = /^_?(limit|per_?page|page_?size|size|count|max|max_?results|top|\$top|first|take)$/i;
const OFFSET_NAME = /^_?(offset|skip|start|\$skip|from|start_?index)$/i;
const END_NAME = /^_?(end|to|stop)$/i;
const BEFORE_NAME = /^_?(before|ending_?before|end_?before|max_?id|until_?id|previous|prev_?cursor)$/i;
const CURSOR_NAME = /^_?(after|starting_?after|cursor|since_?id|page_?token|next|start_?key|marker)$/i;

export const isPageParameter = (name: string): boolean =>
  [PAGE_NAME, SIZE_NAME, OFFSET_NAME, END_NAME, CURSOR_NAME, BEFORE_NAME].some((pattern) => isCalled(pattern, name)) ||
  isCalled(/^_?(sort|order|order_?by|sort_?by|direction|dir|ordering|sort_?order)$/i, name);

/** Parameters in brackets are called by their own name (`filter[limit]`) or by both (`page[number]`); conditions stand deeper. */
export function isCalled(pattern: RegExp, name: string): boolean {
  const [first, second, ...deeper] = name.replaceAll(']', '').split('[') as [string, ...string[]];
  if (second === undefined) return pattern.test(name);
  if (deeper.length > 0 || /^_?(where|selector|query|filters)$/i.test(first)) return false;
  return pattern.test(second) || pattern.test(`${first}${second}`);
}

/** Paging may have left out some of what there is: a place to begin was named, or as many as asked for are shown. */
export function isCut(params: Listing['params'], shown: number): boolean {
  return Object.entries(params).some(([name, value]) => {
    if (isCalled(SIZE_NAME, name)) return shown >= (numberOf(value) ?? Infinity);
    return [PAGE_NAME, OFFSET_NAME, END_NAME, CURSOR_NAME, BEFORE_NAME].some((pattern) => isCalled(pattern, name));
  });
}

/** The paging rule under which most lists are exactly a slice of what the filters leave, in order. */
export function fitPage(listings: readonly Listing[], names: readonly string[]): PageRule | undefined {
  const find = (pattern: RegExp): string | undefined => names.find((name) => isCalled(pattern, name));
  const sizes = find(SIZE_NAME);
  const candidates: PageRule['model'][] = [];
  const defaults = sizeDefaults(listings, sizes);
  for (const sizeDefault of defaults) {
    const common = {
      ...(sizes === undefined ? {} : { size: sizes }),
      ...(sizeDefault === undefined ? {} : { sizeDefault }),
    };
    for (const first of [1, 0])
      if (find(PAGE_NAME) !== undefined)
        candidates.push({ style: 'page', at: find(PAGE_NAME) as string, first, ...common });
    if (find(OFFSET_NAME) !== undefined)
      candidates.push({ style: 'offset', at: find(OFFSET_NAME) as string, ...common });
    if (find(CURSOR_NAME) !== undefined)
      for (const cursor of cursorAttributes(listings, find(CURSOR_NAME) as string))
        candidates.push({ style: 'after', at: find(CURSOR_NAME) as string, cursor, ...common });
    if (find(BEFORE_NAME) !== undefined)
      for (const cursor of cursorAttributes(listings, find(BEFORE_NAME) as string))
        candidates.push({ style: 'before', at: find(BEFORE_NAME) as string, cursor, ...common });
    if (sizes !== undefined || sizeDefault !== undefined) candidates.push({ style: 'offset', ...common });
  }
  if (find(OFFSET_NAME) !== undefined && find(END_NAME) !== undefined)
    candidates.push({ style: 'range', at: find(OFFSET_NAME) as string, size: find(END_NAME) as string });
  const score = (model: PageRule['model'] | undefined): number =>
    listings.filter((listing) => sameKeys(pageOf(listing, model === undefined ? undefined : { model }), listing.shown))
      .length;
  const plain = score(undefined);
  let best: { model: PageRule['model']; score: number } | undefined;
  for (const model of candidates) {
    const own = score(model);
    if (own > plain && (best === undefined || own > best.score)) best = { model, score: own };
  }
  if (best === undefined) return undefined;
  return { model: alsoBefore(extend(best.model, names, best.score, score), listings, names, score) };
}

/** Beside another style, elements up to a cursor. */
function alsoBefore(
  model: PageRule['model'],
  listings: readonly Listing[],
  names: readonly string[],
  score: (model: PageRule['model']) => number,
): PageRule['model'] {
  const at = names.find((name) => isCalled(BEFORE_NAME, name));
  if (at === undefined || model.at === at || model.also !== undefined) return model;
  const found = score(model);
  const { sizeDefault, size } = model;
  const common = { ...(size === undefined ? {} : { size }), ...(sizeDefault === undefined ? {} : { sizeDefault }) };
  return cursorAttributes(listings, at)
    .map((cursor): PageRule['model'] => ({ ...model, also: { style: 'before', at, cursor, ...common } }))
    .reduce((best, each) => (score(each) > Math.max(found, score(best)) ? each : best), model);
}

/** Several styles may be served side by side: page and limit, start and end. */
function extend(
  model: PageRule['model'],
  names: readonly string[],
  found: number,
  score: (model: PageRule['model']) => number,
): PageRule['model'] {
  const start = names.find((name) => isCalled(OFFSET_NAME, name));
  const end = names.find((name) => isCalled(END_NAME, name));
  if (model.style === 'range' || start === undefined || end === undefined) return model;
  const both: PageRule['model'] = { ...model, also: { style: 'range', at: start, size: end } };
  return score(both) > found ? both : model;
}

/** Sizes that lists without a size parameter stop at, while more was there. */
function sizeDefaults(listings: readonly Listing[], size: string | undefined): (number | undefined)[] {
  const silent = listings.filter((listing) => size === undefined || listing.params[size] === undefined);
  const longest = Math.max(0, ...silent.map((listing) => listing.shown.length));
  const cut = silent.filter((listing) => listing.shown.length === longest && listing.rows.length > longest).length;
  return cut >= 1 && longest >= 2 ? [undefined, longest] : [undefined];
}

function cursorAttributes(listings: readonly Listing[], name: string): string[] {
  const found = new Set<string>();
  for (const listing of listings) {
    const cursor = listing.params[name];
    if (typeof cursor !== 'string' && typeof cursor !== 'number') continue;
    for (const row of listing.rows)
      for (const [attribute, value] of Object.entries(row.attributes))
        if (String(value as Json) === String(cursor) && !attribute.startsWith('$')) found.add(attribute);
    if (found.size > 4) break;
  }
  return [...found];
}

const numberOf = (value: Json | undefined): number | undefined => {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
  return number;
};

/** The page ends at a cursor that is there, so that what it leaves out stands before it. */
export function endsBefore({ params, rows }: Listing, rule: PageRule | undefined): boolean {
  const model = rule?.model.also?.style === 'before' ? rule.model.also : rule?.model;
  if (model?.style !== 'before') return false;
  const at = params[model.at ?? ''];
  return at !== undefined && rows.some((row) => String(row.attributes[model.cursor ?? '']) === String(at));
}

/** The rows that the listing's parameters leave of all rows. */
export function pageOf(listing: Listing, rule: PageRule | undefined): readonly Row[] {
  return rule === undefined ? listing.rows : slice(listing, rule.model);
}

/**
 * Where the page stands among all pages, as the runtime tells it under the same names of `list`; nothing for lists by cursor,
 * and for those that nothing divides into pages.
 */
export function placeOf({ params, rows }: Listing, rule: PageRule | undefined): Readonly<Record<string, number>> {
  const model = rule?.model;
  if (model === undefined || (model.style !== 'page' && model.style !== 'offset')) return {};
  if (model.also !== undefined && params[model.also.at ?? ''] !== undefined) return {};
  const asked = numberOf(params[model.size ?? '']) ?? model.sizeDefault;
  if (asked === undefined || asked <= 0) return {};
  const size = Math.min(asked, model.sizeMax ?? Infinity);
  const at = numberOf(params[model.at ?? '']);
  const pages = Math.ceil(rows.length / size);
  const first = model.style === 'page' ? (model.first ?? 1) : 0;
  if (model.style === 'offset') {
    const offset = at ?? model.first ?? 0;
    const next = offset + size < rows.length ? { next: offset + size } : {};
    const previous = offset > 0 ? { previous: Math.max(0, offset - size) } : {};
    return {
      size,
      page: Math.floor(offset / size) + 1,
      pages,
      offset,
      last: Math.max(0, (pages - 1) * size),
      ...next,
      ...previous,
    };
  }
  const page = Math.max(first, at ?? first);
  const last = first + Math.max(pages, 1) - 1;
  const next = page < last ? { next: page + 1 } : {};
  const previous = page > first ? { previous: page - 1 } : {};
  return { size, page, pages, offset: (page - first) * size, last, ...next, ...previous };
}

function slice(listing: Listing, model: PageRule['model']): readonly Row[] {
  const { rows, params } = listing;
  if (model.also !== undefined) {
    const other = params[model.also.at ?? ''];
    if (model.also.style === 'before' ? other !== undefined : numberOf(other) !== undefined)
      return slice(listing, model.also);
  }
  const at = model.at === undefined ? undefined : params[model.at];
  const size = numberOf(model.size === undefined ? undefined : params[model.size]) ?? model.sizeDefault;
  if (model.style === 'range')
    return at === undefined && size === undefined
      ? rows
      : rows.slice(
          numberOf(at) ?? 0,
          numberOf(model.size === undefined ? undefined : params[model.size]) ?? rows.length,
        );
  if (model.style === 'before') {
    const found = rows.findIndex((row) => String(row.attributes[model.cursor ?? '']) === String(at));
    if (at === undefined || found < 0) return size === undefined ? rows : rows.slice(0, size);
    return rows.slice(size === undefined ? 0 : Math.max(0, found - size), found);
  }
  if (model.style === 'after') {
    const from =
      at === undefined ? 0 : rows.findIndex((row) => String(row.attributes[model.cursor ?? '']) === String(at)) + 1;
    return size === undefined ? rows.slice(from) : rows.slice(from, from + size);
  }
  const capped = size === undefined ? undefined : model.sizeMax === undefined ? size : Math.min(size, model.sizeMax);
  if (model.style === 'page') {
    const number = (numberOf(at) ?? model.first ?? 1) - (model.first ?? 1);
    return capped === undefined ? rows : rows.slice(number * capped, (number + 1) * capped);
  }
  const from = numberOf(at) ?? 0;
  return capped === undefined ? rows.slice(from) : rows.slice(from, from + capped);
}
