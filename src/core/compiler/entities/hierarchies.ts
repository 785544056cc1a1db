// Pass "hierarchies": things whose keys are paths (`/a`, `/a/b`), listed inside what their path leads through. What is above
// a thing comes into being with it where it is not there, and what is below goes with it.
import { append, groupBy } from '../../std/grouping.ts';
import { isSuccess } from '../calls/call.ts';
import type { EntityTypes } from './entities.ts';
import type { EntityDraft } from './entity-draft.ts';
import { fitsBelow, tallyBelow } from './entity-listings.ts';
import type { Evidence } from '../evidence.ts';
import { memberText, quote } from '../explain/literal.ts';
import type { Site } from './sites.ts';
import type { Life } from '../timeline/timeline.ts';

export interface Hierarchy {
  readonly type: EntityDraft;
  /** Member that lists what is directly below. */
  readonly member: string;
}

/** Hidden derived attribute: the key of what is directly above. */
export const ABOVE = '$above';

export function inferHierarchies(entities: EntityTypes, sites: ReadonlyMap<string, Site>): Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const type of entities.types) {
    if (type.key.length !== 1 || type.key[0] !== type.field) continue;
    const tallies = new Map<string, { fits: number; total: number }>();
    for (const id of type.sites) {
      const cut = /^(.*)\.(\w+)\[\]$/.exec(id);
      const outer = cut === null ? undefined : sites.get(cut[1] as string);
      const member = cut?.[2] as string;
      if (outer === undefined || entities.bySite.get(outer.id) !== type) continue;
      const { fits, total } = tallyBelow(outer, member, type.field);
      const tally = tallies.get(member) ?? { fits: 0, total: 0 };
      tallies.set(member, { fits: tally.fits + fits, total: tally.total + total });
    }
    const [best] = [...tallies].sort((a, b) => b[1].fits - a[1].fits);
    if (best !== undefined && fitsBelow(best[1])) found.push({ type, member: best[0] });
  }
  return found;
}

/** Keys of all that is above a key, the nearest last. */
function* keysAbove(key: string): Generator<string> {
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) yield key.slice(0, at);
}

/** Things that came into being with what was put below them, by the call that did; ends what went with what was above it. */
export function placeFolders(evidence: Evidence): void {
  for (const { type } of evidence.hierarchies) {
    const lives = evidence.timeline.lives.filter((life) => life.type === type);
    placeBirths(evidence, lives);
    placeEnds(evidence, lives);
  }
}

function placeBirths(evidence: Evidence, lives: readonly Life[]): void {
  const byKey = groupBy(lives, ({ key }) => key);
  /** When something was made below a key. */
  const madeBelow = new Map<string, number[]>();
  const note = ({ key, firstSeen }: Life): void => {
    for (const above of keysAbove(key)) append(madeBelow, above, firstSeen);
  };
  for (const life of lives) if (life.origin === 'created') note(life);
  for (const life of lives) {
    if (life.origin === 'created') continue;
    const earlier = (byKey.get(life.key) ?? []).filter((other) => other.firstSeen < life.firstSeen);
    const after = earlier.reduce((latest, { diedAt = -1 }) => Math.max(latest, diedAt), -1);
    const made = (madeBelow.get(life.key) ?? []).filter((at) => at > after);
    const first = made.reduce((least, at) => Math.min(least, at), Infinity);
    if (first >= life.firstSeen || first < life.since) continue;
    life.bornAt(first);
    note(life);
    append(evidence.folderBirths, first, life);
  }
}

function placeEnds(evidence: Evidence, lives: readonly Life[]): void {
  const below = new Map<string, Life[]>();
  for (const life of lives) for (const above of keysAbove(life.key)) append(below, above, life);
  for (const life of lives) {
    const at = life.diedAt;
    const call = at === undefined ? undefined : evidence.calls[at];
    if (at === undefined || life.wasReset || call?.method !== 'DELETE' || !isSuccess(call)) continue;
    for (const other of below.get(life.key) ?? [])
      if (other.firstSeen < at && other.lastSeen <= at && (other.diedAt ?? at) >= at) other.diedAt = at;
  }
}

export const hierarchyOf = (evidence: Evidence, type: EntityDraft): Hierarchy | undefined =>
  evidence.hierarchies.find((each) => each.type === type);

/** Expression of everything directly below the entity that a variable names. */
export const belowText = ({ type }: Hierarchy, variable: string): string =>
  `rows(${quote(type.name)}, ${quote(ABOVE)}, [${memberText(variable, type.field)}])`;

/** What stands directly below, in order of keys, each rendered by a view; missing where nothing does. */
export function listedText(hierarchy: Hierarchy, variable: string, view: string): string {
  const rows = belowText(hierarchy, variable);
  const listed = `${rows}.sortBy(c, ${memberText('c', hierarchy.type.field)}).map(c, view(${quote(view)}, c))`;
  return `(size(${rows}) > 0 ? ${listed} : missing)`;
}

/** Name of the view that shows an entity with all that is below it. */
export const TREE_VIEW = 'tree';
