// Canonical text: equal JSON values give equal text, whatever the order of their keys. For digests and for comparing.
import { isArray, isObject, printJson, putMember, RawNumber, type Json, type JsonObject } from './json.ts';

/**
 * JSON text with sorted keys (by UTF-16 code units) and no space. A RawNumber prints its source text, so 1.0 and 1 differ;
 * a lone surrogate prints as an escape, so the text is always well formed.
 */
export function canonicalText(value: Json): string {
  const ordered = inOrder(value);
  return ordered === undefined ? printInOrder(value) : printJson(ordered);
}

/**
 * The value with the keys of every object in order, itself where they are; undefined where no object can have them so: keys
 * that look like array indexes stand in an order of their own.
 */
function inOrder(value: Json): Json | undefined {
  if (typeof value !== 'object' || value === null || value instanceof RawNumber) return value;
  return isArray(value) ? elementsInOrder(value) : membersInOrder(value as JsonObject);
}

function elementsInOrder(list: readonly Json[]): readonly Json[] | undefined {
  let copy: Json[] | undefined;
  for (let at = 0; at < list.length; at += 1) {
    const ordered = inOrder(list[at] as Json);
    if (ordered === undefined) return undefined;
    if (ordered !== list[at]) (copy ??= list.slice())[at] = ordered;
  }
  return copy ?? list;
}

function membersInOrder(object: JsonObject): JsonObject | undefined {
  const names = Object.keys(object);
  if (names.some(startsWithDigit)) return undefined;
  const sorted = sortedNames(names);
  const copy: Record<string, Json> = {};
  let isSame = sorted === names;
  for (const name of sorted) {
    const member = object[name];
    if (member === undefined) continue;
    const ordered = inOrder(member);
    if (ordered === undefined) return undefined;
    if (ordered !== member) isSame = false;
    putMember(copy, name, ordered);
  }
  return isSame ? object : copy;
}

function startsWithDigit(name: string): boolean {
  const unit = name.charCodeAt(0);
  return unit >= 0x30 && unit <= 0x39;
}

/** By number of names, those that came last with their order: objects of one kind come one after the other. */
const lastOrders: { readonly names: readonly string[]; readonly sorted: readonly string[] }[] = [];
const REMEMBERED_LENGTH_MAX = 256;

/** The names themselves where they are in order. */
function sortedNames(names: readonly string[]): readonly string[] {
  if (names.every((name, at) => at === 0 || (names[at - 1] as string) < name)) return names;
  const last = lastOrders[names.length];
  if (last?.names.every((name, at) => name === names[at]) === true) return last.sorted;
  const sorted = names.toSorted();
  if (names.length <= REMEMBERED_LENGTH_MAX) lastOrders[names.length] = { names, sorted };
  return sorted;
}

function printInOrder(value: Json): string {
  if (isArray(value)) return `[${value.map(printInOrder).join(',')}]`;
  if (!isObject(value)) return printJson(value);
  const members: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${printInOrder(member)}`);
  }
  return `{${members.join(',')}}`;
}
