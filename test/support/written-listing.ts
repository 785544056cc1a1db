// Recorded lists written down as rows and what was shown of them, for tests of the passes that find queries.
import type { Listing, Row } from '../../src/core/compiler/replies/query-rows.ts';
import type { Json, JsonObject } from '../../src/core/std/json.ts';

/** A row by its key; its place among others is the order of insertion. */
export function row(key: string, attributes: JsonObject, rank = 0): Row {
  return { life: { key } as Row['life'], attributes, rank };
}

/** Rows in order of insertion: key and attributes of each, the key among the attributes as `id`. */
export function rowsOf(table: Readonly<Record<string, JsonObject>>): Row[] {
  return Object.entries(table).map(([key, attributes], rank) => row(key, { id: key, ...attributes }, rank));
}

/** A list that was asked for with parameters and showed the keys. */
export function listing(
  rows: readonly Row[],
  shown: readonly string[],
  params: Readonly<Record<string, Json>> = {},
): Listing {
  return { call: { index: 0 } as Listing['call'], params, shown, rows };
}
