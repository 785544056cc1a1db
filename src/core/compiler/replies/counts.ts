// Numbers that say how many entities of a type there are, in the scope and under the filters of the request, where the
// answer shows none of them: `GET /things/count?kind=b`.
import { listParameters } from '../../exchange/request-view.ts';
import type { Query } from '../../model/clone-model.ts';
import { isObject, type Json } from '../../std/json.ts';
import { isRead, type Call } from '../calls/call.ts';
import type { Evidence } from '../evidence.ts';
import { inferQuery } from './queries.ts';

export interface CountDraft {
  readonly query: Query;
  /** Recorded numbers that the query finds as many entities as. */
  readonly hits: number;
}

/** Fewer numbers, or fewer different ones, agree with the size of something by chance. */
const NUMBERS_MIN = 4;
const DISTINCT_MIN = 3;
const HITS_MIN = 0.7;

/** An answer that counts says hardly more than the number. */
const MEMBERS_MAX = 3;

const saysLittle = ({ answer }: Call): boolean =>
  !isObject(answer) ||
  (Object.keys(answer).length <= MEMBERS_MAX && Object.values(answer).every((value) => typeof value !== 'object'));

/** The query that finds as many entities as the numbers say, for nearly all of them; undefined where none does. */
export function inferCount(
  evidence: Evidence,
  numbers: readonly { readonly call: Call; readonly value: Json | undefined }[],
): CountDraft | undefined {
  const found = numbers.flatMap(({ call, value }) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && isRead(call) && saysLittle(call)
      ? [{ call, shown: [], total: value }]
      : [],
  );
  if (found.length < Math.max(NUMBERS_MIN, numbers.length)) return undefined;
  if (new Set(found.map(({ total }) => total)).size < DISTINCT_MIN) return undefined;
  let best: CountDraft | undefined;
  for (const type of evidence.entities.types) {
    const { query, facts } = inferQuery(evidence, type, found, listParameters);
    const hits = found.filter(({ call, total }) => facts.get(call.index)?.total === total).length;
    if (hits < HITS_MIN * found.length || hits <= (best?.hits ?? 0)) continue;
    const { order: _order, sort: _sort, page: _page, ...counting } = query;
    best = { query: counting, hits };
  }
  return best;
}
