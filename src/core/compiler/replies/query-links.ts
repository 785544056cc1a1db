// Lists of what is tied to the entity of the path: `PUT /groups/7/users/3` ties a user to a group and shows nothing,
// `GET /groups/7/users` and `GET /users/3/groups` list what is tied. The tie is a thing that has only its name.
import { groupBy } from '../../std/grouping.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { type Evidence, routeOf } from '../evidence.ts';
import { memberText, quote } from '../explain/literal.ts';
import { type Listing, type Row } from './query-rows.ts';
import { scalarText } from '../entities/sites.ts';
import { type Life } from '../timeline/timeline.ts';

/** A membership by ties: the condition, and by what rows stand in the order in which they were tied. */
export interface LinkTest {
  readonly text: string;
  readonly order: string;
  readonly keep: (row: Row, listing: Listing) => boolean;
  /** Position of a kept row in the order of tying. */
  readonly rank: (row: Row, listing: Listing) => number;
}

/** The ways in which things with only a name, scoped by two parameters, may tie entities of the type to the listings' path. */
export function linkTests(evidence: Evidence, type: EntityDraft, listings: readonly Listing[]): LinkTest[] {
  const [first] = listings;
  const [key, ...more] = type.key;
  if (first === undefined || key === undefined || more.length > 0) return [];
  const params = Object.keys(routeOf(evidence, first.call).params);
  return evidence.entities.types.flatMap((link) => {
    const here = link.key.filter((name) => params.includes(name.slice(1)));
    const [there, ...others] = link.key.filter((name) => !here.includes(name));
    const isTie = link.sites.size === 0 && here.length > 0 && link.key.every((name) => name.startsWith('$'));
    if (!isTie || there === undefined || others.length > 0) return [];
    const lives = evidence.timeline.lives.filter((life) => life.type === link);
    const ties = groupBy([...lives.entries()], ([, life]) =>
      tieOf(textOf(life, there), here, (name) => textOf(life, name)),
    );
    /** Position of the tie that holds when the list is asked for. */
    const positionOf = (row: Row, { call }: Listing): number | undefined => {
      const { params } = routeOf(evidence, call);
      const same = ties.get(tieOf(row.life.key, here, (name) => params[name.slice(1)])) ?? [];
      return same.find(([, life]) => life.isAliveAt(call.index))?.[0];
    };
    const pairs = [
      ...here.map((name) => `string(${memberText('l', name)}) == ${memberText('path', name.slice(1))}`),
      `string(${memberText('l', there)}) == string(${memberText('x', key)})`,
    ];
    const rows = `rows(${quote(link.name)})`;
    return [
      {
        text: `${rows}.exists(l, ${pairs.join(' && ')})`,
        order: `first(${rows}.filter(l, ${pairs.join(' && ')}))["$seq"]`,
        keep: (row, listing) => positionOf(row, listing) !== undefined,
        rank: (row, listing) => positionOf(row, listing) ?? -1,
      },
    ];
  });
}

/** What a tie ties, as one text; equal for equal ones only. */
const tieOf = (
  there: string | undefined,
  here: readonly string[],
  textOfName: (name: string) => string | undefined,
): string => JSON.stringify([there ?? null, ...here.map((name) => textOfName(name) ?? null)]);

const textOf = (life: Life, name: string): string | undefined => scalarText(life.versions[0]?.attributes[name]);
