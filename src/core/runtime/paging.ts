// Which part of an ordered list a request asks for, and what the answer may say about the rest.
import type { Page } from '../model/clone-model.ts';
import { keyPartText } from '../model/entity-key.ts';
import { putMember, type Json, type JsonObject } from '../std/json.ts';
import { compareForSort } from '../model/expression-operators.ts';
import type { EntityObject } from './entity-object.ts';
import { parameterText } from './filters.ts';

/**
 * `list` for expressions: `items`, `count` (of items), `total`, `size`, `hasMore`, `following` (the element behind the page;
 * missing at the end), and as the style allows `page`, `pages`,
 * `offset`, `first`, `next`, `previous`, `last` (page numbers, offsets or cursors as the parameter carries them; missing
 * where there is no such page).
 */
export function pageOf(rows: readonly EntityObject[], page: Page | undefined, params: JsonObject): JsonObject {
  if (page === undefined) return { ...listOf(rows, rows.length, rows.length, false), page: 1, pages: 1, offset: 0 };
  const paging = asAsked(page, params);
  const size = sizeOf(paging, params);
  switch (paging.style) {
    case 'page':
      return numberedPage(rows, paging, params, size);
    case 'offset':
      return slice(rows, Math.max(0, integerOf(parameterText(params, paging.at)) ?? paging.first ?? 0), size);
    case 'range':
      return range(rows, paging, params);
    case 'after':
      return pageAfter(rows, paging, params, size);
    case 'before':
      return pageBefore(rows, paging, params, size);
  }
}

/** The style whose `at` parameter the request has, else the first one. */
function asAsked(page: Page, params: JsonObject): Page {
  for (let other = page.also; other !== undefined; other = other.also) {
    if (parameterText(params, other.at) !== undefined) return other;
  }
  return page;
}

function listOf(items: readonly EntityObject[], total: number, size: number, hasMore: boolean): JsonObject {
  return { items, count: items.length, total, size, hasMore };
}

/** Elements of a page; Infinity where neither the request nor the API limits it. */
function sizeOf(paging: Page, params: JsonObject): number {
  const asked = integerOf(parameterText(params, paging.size));
  const size = asked !== undefined && asked > 0 ? asked : (paging.sizeDefault ?? Infinity);
  return Math.min(size, paging.sizeMax ?? Infinity);
}

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function numberedPage(rows: readonly EntityObject[], paging: Page, params: JsonObject, asked: number): JsonObject {
  const total = rows.length;
  const size = Number.isFinite(asked) ? asked : Math.max(1, total);
  const first = paging.first ?? 1;
  const page = Math.max(first, integerOf(parameterText(params, paging.at)) ?? first);
  const pages = Math.ceil(total / size);
  const last = first + Math.max(pages, 1) - 1;
  const from = (page - first) * size;
  const list = listOf(rows.slice(from, from + size), total, size, page < last);
  return withMembers(list, {
    following: rows[from + size],
    page,
    pages,
    offset: from,
    first,
    last,
    next: page < last ? page + 1 : undefined,
    previous: page > first ? page - 1 : undefined,
  });
}

function slice(rows: readonly EntityObject[], offset: number, asked: number): JsonObject {
  const total = rows.length;
  const size = Number.isFinite(asked) ? asked : Math.max(1, total - offset);
  const end = offset + size;
  const pages = Math.ceil(total / size);
  return withMembers(listOf(rows.slice(offset, end), total, size, end < total), {
    following: rows[end],
    page: Math.floor(offset / size) + 1,
    pages,
    offset,
    first: 0,
    last: Math.max(0, (pages - 1) * size),
    next: end < total ? end : undefined,
    previous: offset > 0 ? Math.max(0, offset - size) : undefined,
  });
}

/** From `at` up to, not including, `size`. Without an end, as long as the API's page. */
function range(rows: readonly EntityObject[], paging: Page, params: JsonObject): JsonObject {
  const start = Math.max(0, integerOf(parameterText(params, paging.at)) ?? paging.first ?? 0);
  const end = integerOf(parameterText(params, paging.size)) ?? start + (paging.sizeDefault ?? Infinity);
  const size = Math.min(Math.max(0, end - start), paging.sizeMax ?? Infinity);
  return size > 0
    ? slice(rows, start, size)
    : withMembers(listOf([], rows.length, 0, start < rows.length), { offset: start });
}

/** The elements behind the one that the cursor names; where it is gone, behind those that it would stand behind. */
function pageAfter(rows: readonly EntityObject[], paging: Page, params: JsonObject, asked: number): JsonObject {
  const attribute = paging.cursor ?? '$key';
  const cursorOf = (row: EntityObject | undefined): Json | undefined => row?.[attribute];
  const cursor = parameterText(params, paging.at);
  const from = cursor === undefined ? 0 : placeAfter(rows.map(cursorOf), cursor);
  const size = Number.isFinite(asked) ? asked : Math.max(1, rows.length);
  const items = rows.slice(from, from + size);
  const hasMore = from + size < rows.length;
  return withMembers(listOf(items, rows.length, size, hasMore), {
    following: rows[from + size],
    offset: from,
    next: hasMore ? cursorOf(items.at(-1)) : undefined,
    previous: from > 0 ? cursorOf(items[0]) : undefined,
  });
}

/** The elements right before the one that the cursor names; the first ones where there is none such. */
function pageBefore(rows: readonly EntityObject[], paging: Page, params: JsonObject, asked: number): JsonObject {
  const attribute = paging.cursor ?? '$key';
  const cursor = parameterText(params, paging.at);
  const found = rows.findIndex((row) => keyPartText(row[attribute]) === cursor);
  const size = Number.isFinite(asked) ? asked : Math.max(1, rows.length);
  const end = cursor === undefined || found < 0 ? Math.min(size, rows.length) : found;
  const from = Math.max(0, end - size);
  const isBefore = cursor !== undefined && found >= 0;
  return withMembers(listOf(rows.slice(from, end), rows.length, size, isBefore ? from > 0 : end < rows.length), {
    following: rows[end],
    offset: from,
    next: end < rows.length ? rows[end - 1]?.[attribute] : undefined,
    previous: from > 0 ? rows[from]?.[attribute] : undefined,
  });
}

function placeAfter(cursors: readonly (Json | undefined)[], text: string): number {
  const at = cursors.findIndex((cursor) => keyPartText(cursor) === text);
  if (at >= 0) return at + 1;
  const cursor = typeof cursors[0] === 'number' && integerOf(text) !== undefined ? Number(text) : text;
  const ascending = compareForSort(cursors[0], cursors.at(-1)) <= 0;
  // Where the order is not that of the cursors, nothing tells where the one that is gone stood.
  if (!areOrdered(cursors, ascending)) return 0;
  const behind = cursors.findIndex(
    (other) => (ascending ? compareForSort(other, cursor) : compareForSort(cursor, other)) > 0,
  );
  return behind < 0 ? cursors.length : behind;
}

const areOrdered = (cursors: readonly (Json | undefined)[], ascending: boolean): boolean =>
  cursors.every((cursor, at) => {
    const sign = at === 0 ? 0 : compareForSort(cursors[at - 1], cursor);
    return ascending ? sign <= 0 : sign >= 0;
  });

function withMembers(list: JsonObject, members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const whole: Record<string, Json> = { ...list };
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (value !== undefined) putMember(whole, name, value);
  }
  return whole;
}
