// Paths that tie one thing to another (`PUT /groups/7/users/3`): nothing is sent and nothing is shown, and what the last
// parameter names has a path of its own besides. What such a path makes and takes away is the tie, not the thing.
import { append } from '../../std/grouping.ts';
import { isObject } from '../../std/json.ts';
import { isSuccess, type Call } from '../calls/call.ts';
import { collectionOf, nounOf, type Context } from './entity-draft.ts';
import { type CallRoute } from './routes.ts';
import { stripSuffix } from './sites.ts';

/** Fewer ties tell nothing. */
const TIES_MIN = 2;
/** Most of what is tied is named by the other path too. */
const KNOWN_MIN = 0.7;
/** Shorter names are those of anything, where the paths do not speak of the same kind of thing. */
const TELLING_LENGTH = 6;

/** Prefixes of two parameters and more whose requests tie what other paths name. */
export function tiePrefixes(context: Context): ReadonlySet<string> {
  const named = new Map<string, Set<string>>();
  const uses = new Map<string, Call[]>();
  for (const call of context.calls) {
    const route = context.routes[call.index] as CallRoute;
    for (const { name, prefix } of route.prefixes)
      named.set(prefix, (named.get(prefix) ?? new Set()).add(route.params[name] ?? ''));
    const last = route.prefixes.at(-1)?.prefix;
    if (last !== undefined && last === stripSuffix(route.path)) append(uses, last, call);
  }
  const ties = [...uses].filter(([prefix, calls]) => {
    if (!/\}.*\{/.test(prefix) || !areBare(calls)) return false;
    const tied = named.get(prefix) ?? new Set<string>();
    return [...named].some(
      ([other, names]) => other !== prefix && !isWithin(other, prefix) && covers(other, names, prefix, tied),
    );
  });
  return new Set(ties.map(([prefix]) => prefix));
}

/** Made and taken away by requests that say nothing, and never shown. */
function areBare(calls: readonly Call[]): boolean {
  const done = calls.filter(isSuccess);
  const made = done.filter(({ method }) => method === 'PUT' || method === 'POST');
  return (
    made.length >= TIES_MIN &&
    done.some(({ method }) => method === 'DELETE') &&
    made.every(({ body }) => body === undefined || (isObject(body) && Object.keys(body).length === 0)) &&
    done.every(({ answer }) => answer === undefined)
  );
}

const isWithin = (inner: string, outer: string): boolean =>
  inner.startsWith(`${outer}/`) || outer.startsWith(`${inner}/`);

function covers(other: string, names: ReadonlySet<string>, prefix: string, tied: ReadonlySet<string>): boolean {
  const isKin = nounOf(collectionOf(other)) === nounOf(collectionOf(prefix));
  const known = [...tied].filter((name) => names.has(name) && (isKin || name.length >= TELLING_LENGTH));
  return known.length >= KNOWN_MIN * tied.size;
}
