// Where values that a service issued are shown later, and what that tells: which were taken for good, and which routes end them.
import { append } from '../../std/grouping.ts';
import { isReadMethod, type Call } from '../calls/call.ts';
import { credentialOf, routeKeyOf, shownValues, type IssuedValues } from './issued.ts';

/** A value that was issued, where it is shown later. */
export interface Use {
  readonly index: number;
  /** Was it taken for good? */
  readonly accepted: boolean;
}

/** The call that showed each value first, but as a credential. */
export function firstShownOf(calls: readonly Call[]): ReadonlyMap<string, Call> {
  const first = new Map<string, Call>();
  for (const call of calls) for (const { value } of shownValues(call)) if (!first.has(value)) first.set(value, call);
  return first;
}

/** Uses of issued values, as credentials and by name. */
export function usesOf(calls: readonly Call[], issued: IssuedValues): ReadonlyMap<string, readonly Use[]> {
  const { byValue } = issued;
  const uses = new Map<string, Use[]>();
  for (const call of calls) {
    const { index, refused, status } = call;
    const credential = credentialOf(call, issued);
    const shown = new Set(shownValues(call).map(({ value }) => value));
    if (credential !== undefined) {
      shown.delete(credential);
      if (byValue.has(credential)) append(uses, credential, { index, accepted: status !== 401 });
    }
    for (const value of shown) if (byValue.has(value)) append(uses, value, { index, accepted: !refused });
  }
  return uses;
}

/** Fewer credentials than this that were never good again do not tell a route that ends them. */
const ENDED_MIN = 2;

/** Routes, besides those that are known to be about issued values, after which the credential that was carried is never good. */
export function endersOf(
  calls: readonly Call[],
  issued: IssuedValues,
  uses: ReadonlyMap<string, readonly Use[]>,
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const tallies = new Map<string, { ended: number; stayed: number }>();
  for (const call of calls) {
    const value = credentialOf(call, issued);
    if (value === undefined || call.refused || isReadMethod(call.method) || known.has(routeKeyOf(call))) continue;
    const later = (uses.get(value) ?? []).filter(({ index }) => index > call.index);
    if (later.length === 0) continue;
    const tally = tallies.get(routeKeyOf(call)) ?? { ended: 0, stayed: 0 };
    tallies.set(routeKeyOf(call), tally);
    if (later.some(({ accepted }) => accepted)) tally.stayed++;
    else tally.ended++;
  }
  return new Set(
    [...tallies].flatMap(([route, { ended, stayed }]) => (ended >= ENDED_MIN && stayed === 0 ? [route] : [])),
  );
}
