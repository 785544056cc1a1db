// Pass "principal attributes": what is constant for each principal and differs between them: the user that a service
// writes down as the maker of things, as a ref or by its name. Found in what creations show.
import { attributePaths, lastName } from '../entities/attribute-paths.ts';
import { isRead, isSuccess } from '../calls/call.ts';
import type { Json, JsonObject } from '../../std/json.ts';
import { principalOf, type Evidence } from '../evidence.ts';
import { isRef } from './timeline.ts';

/** Fills the attributes of the service's principals. */
export function inferPrincipalAttributes(evidence: Evidence): void {
  const known = evidence.principals.all.filter((principal) => principal.credential !== undefined);
  if (known.length < 2) return;
  const tables = new Map<string, Map<string, { value: Json; count: number }>>();
  const broken = new Set<string>();
  for (const call of evidence.calls) {
    if (isRead(call) || !isSuccess(call)) continue;
    const principal = principalOf(evidence, call);
    if (principal.credential === undefined) continue;
    for (const sighting of evidence.timeline.sightings[call.index] ?? []) {
      if (!evidence.timeline.creationSites.has(sighting.site) || !sighting.isNew) continue;
      note(tables, broken, sighting.life.type.name, sighting.shown, principal.id);
    }
  }
  const settled = new Map<string, Map<string, Json>>();
  for (const [cell, table] of tables) {
    if (broken.has(cell)) continue;
    const isNamed = [...table.values()].every(({ value }) => !isRef(value));
    if (isNamed && [...table.values()].filter(({ count }) => count >= REPEATED_MIN).length < 2) continue;
    const values = new Map([...table].map(([id, { value }]) => [id, value]));
    if (values.size < 2 || new Set([...values.values()].map((value) => JSON.stringify(value))).size < 2) continue;
    const name = lastName(cell.split('\n')[1] as string);
    const merged = settled.get(name) ?? new Map<string, Json>();
    for (const [id, value] of values) if (!merged.has(id)) merged.set(id, value);
    settled.set(name, merged);
  }
  for (const [name, values] of settled)
    for (const principal of known)
      if (values.has(principal.id)) principal.attributes[name] = values.get(principal.id) as Json;
}

/** Text must come again for two principals at least: things of one maker may share a word by chance. */
const REPEATED_MIN = 2;
const NAME_LENGTH_MAX = 80;

function note(
  tables: Map<string, Map<string, { value: Json; count: number }>>,
  broken: Set<string>,
  type: string,
  shown: JsonObject,
  principal: string,
): void {
  for (const [name, value] of attributePaths(shown)) {
    const isName = typeof value === 'string' && value !== '' && value.length <= NAME_LENGTH_MAX;
    if (!isRef(value) && !isName) continue;
    const cell = `${type}\n${name}`;
    const table = tables.get(cell) ?? new Map<string, { value: Json; count: number }>();
    tables.set(cell, table);
    const entry = table.get(principal);
    if (entry === undefined) table.set(principal, { value, count: 1 });
    else if (JSON.stringify(entry.value) !== JSON.stringify(value)) broken.add(cell);
    else entry.count++;
  }
}
