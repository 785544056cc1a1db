// Pass "repeats": a header under which requests may be sent again (an idempotency key). The same request under the same key
// is answered as the first was, and nothing is done; another one is refused. Later passes do not see these exchanges.
import { headerValue } from '../../exchange/exchange.ts';
import type { EntityType, Repeats, Reply } from '../../model/clone-model.ts';
import type { Recording } from '../../recording/recording.ts';
import { equalJson } from '../../std/json.ts';
import { groupBy } from '../../std/grouping.ts';
import { isReadMethod, isSuccess, normaliseCalls, type Call } from './call.ts';
import { constantHeaders } from '../replayed/constant-headers.ts';
import { literalText } from '../explain/literal.ts';
import { sameValue } from '../explain/samples.ts';
import { withoutExchanges } from '../replayed/replayed-answers.ts';

export interface FoundRepeats {
  readonly repeats: Omit<Repeats, 'type'>;
  /** Ids of the exchanges that are answered from what was kept. */
  readonly support: readonly string[];
  /** The recordings without them. */
  readonly rest: readonly Recording[];
}

/** Headers that say who or what sends, and how, but not what for. */
const OTHER_HEADERS =
  /^(host|connection|content-.*|accept.*|user-agent|authorization|cookie|date|if-.*|origin|referer|sec-.*|traceparent|.*-version)$/;

/** So many keys must have come again. */
const KEYS_MIN = 3;
const AGREEING_MIN = 0.9;

export function findRepeats(recordings: readonly Recording[], origin: string): FoundRepeats | undefined {
  const writes = normaliseCalls(recordings, origin).filter(({ method }) => !isReadMethod(method));
  const names = new Set(
    writes
      .flatMap(({ requestHeaders }) => requestHeaders.map(([name]) => name))
      .filter((name) => !OTHER_HEADERS.test(name)),
  );
  for (const header of names) {
    const found = repeatsUnder(writes, header);
    if (found === undefined) continue;
    const support = found.again.map(({ id }) => id);
    return {
      repeats: {
        header,
        methods: [...new Set(found.again.map(({ method }) => method))].sort(),
        ...(found.otherwise === undefined ? {} : { otherwise: found.otherwise }),
      },
      support,
      rest: withoutExchanges(recordings, new Set(support)),
    };
  }
  return undefined;
}

/** What the service says of them, with the type that keeps answers beside its other types. */
export function keptIn(
  { repeats }: FoundRepeats,
  others: readonly EntityType[],
): { readonly repeats: Repeats; readonly entity: EntityType } {
  let type = 'KeptAnswer';
  for (let n = 2; others.some(({ name }) => name === type); n++) type = `KeptAnswer${n}`;
  return { repeats: { ...repeats, type }, entity: { name: type, key: ['key'], views: {} } };
}

interface Under {
  readonly again: readonly Call[];
  readonly otherwise: Reply | undefined;
}

function repeatsUnder(writes: readonly Call[], header: string): Under | undefined {
  const keyOf = (call: Call): string | undefined => headerValue(call.requestHeaders, header);
  const byKey = groupBy(
    writes.filter((call) => keyOf(call) !== undefined),
    (call) => `${call.epoch}\n${keyOf(call)}`,
  );
  const again: Call[] = [];
  const refused: Call[] = [];
  const firsts = new Set<string>();
  let repeated = 0;
  let keys = 0;
  for (const [first, ...later] of byKey.values()) {
    if (first === undefined) continue;
    const same = later.filter((call) => asksSame(first, call));
    const alike = same.filter((call) => answersSame(first, call));
    repeated += same.length;
    for (const call of alike) again.push(call);
    if (alike.length > 0) {
      keys++;
      firsts.add(JSON.stringify(first.answer ?? first.answerText ?? null));
    }
    const isSame = new Set(same);
    if (isSuccess(first)) for (const call of later) if (call.refused && !isSame.has(call)) refused.push(call);
  }
  // What answers every request alike answers it alike again.
  if (keys < KEYS_MIN || again.length < AGREEING_MIN * repeated || firsts.size < 0.7 * keys) return undefined;
  const otherwise = refusalOf(refused);
  return { again: otherwise === undefined ? again : [...again, ...refused], otherwise };
}

const asksSame = (a: Call, b: Call): boolean =>
  a.method === b.method && a.path === b.path && equalJson(a.query, b.query) && sameValue(a.body, b.body);

const answersSame = (a: Call, b: Call): boolean =>
  a.status === b.status && sameValue(a.answer, b.answer) && a.answerText === b.answerText;

/** How another request under a key that was used is refused, where that is always said alike. */
function refusalOf(refused: readonly Call[]): Reply | undefined {
  const [first] = refused;
  if (first === undefined || !refused.every((call) => answersSame(first, call))) return undefined;
  const { answer, answerText } = first;
  return {
    status: first.status,
    headers: constantHeaders(refused),
    ...(answer === undefined ? {} : { body: { $literal: answer as never } }),
    ...(answerText === undefined || answerText === '' ? {} : { text: literalText(answerText) }),
  };
}
