// Pass "entity tags": what answers say in `ETag`, and requests say again in `If-None-Match` and `If-Match` (RFC 9110, 8.8.3 and
// 13.1). Where a tag follows from nothing that is shown, it is a digest of what the entity holds: equal as long as nothing changes.
import { headerValue } from '../../exchange/exchange.ts';
import { equalJson } from '../../std/json.ts';
import { isRead, isSuccess, type Call } from '../calls/call.ts';
import { routeOf, subjectOf, boundLife, type Evidence } from '../evidence.ts';
import { quote } from '../explain/literal.ts';
import type { Predicate } from '../explain/decision.ts';
import { attributesBefore } from '../timeline/timeline.ts';

const tagOf = (call: Call): string | undefined => headerValue(call.headers, 'etag');

/** So many answers must carry tags, and so many of those to one state of a thing the same one. */
const TAGGED_MIN = 4;
const STEADY_MIN = 0.9;
const DIGEST_LENGTH_MAX = 40;

/**
 * The tag of what the whole path of a route names, as an expression; undefined where its reads carry none that differ, or
 * where answers to one state carry several.
 */
export function tagText(evidence: Evidence, calls: readonly Call[]): string | undefined {
  const tagged = calls.filter((call) => isRead(call) && isSuccess(call) && tagOf(call) !== undefined);
  const [first] = tagged;
  const subject = first === undefined ? undefined : subjectOf(evidence, routeOf(evidence, first));
  if (first === undefined || subject === undefined || tagged.length < TAGGED_MIN) return undefined;
  const tags = new Set(tagged.map(tagOf));
  if (tags.size < TAGGED_MIN || !isSteady(tagged)) return undefined;
  const shape = /^(W\/)?"([^"]*)"$/.exec(tagOf(first) ?? '');
  const length = Math.min(DIGEST_LENGTH_MAX, shape?.[2]?.length ?? DIGEST_LENGTH_MAX);
  const digest = `substr(sha1(text(view("full", ${subject.name}))), 0, ${length})`;
  return shape === null ? digest : `${quote(`${shape[1] ?? ''}"`)} + ${digest} + ${quote('"')}`;
}

/** Answers of one path that are equal carry equal tags. */
function isSteady(tagged: readonly Call[]): boolean {
  const last = new Map<string, Call>();
  let judged = 0;
  let steady = 0;
  for (const call of tagged) {
    const before = last.get(call.path);
    last.set(call.path, call);
    if (before === undefined || before.epoch !== call.epoch || !equalJson(before.answer ?? null, call.answer ?? null))
      continue;
    judged++;
    if (tagOf(before) === tagOf(call)) steady++;
  }
  return judged === 0 || steady >= STEADY_MIN * judged;
}

/** Does the request name the tag of what is there? Judged by the answers that showed the tag, and what was changed since. */
export function addTagPredicates(
  evidence: Evidence,
  calls: readonly Call[],
  add: (text: string, cost: number, test: (call: Call) => boolean, about?: Predicate['about']) => void,
): void {
  const [first] = calls;
  const subject = first === undefined ? undefined : subjectOf(evidence, routeOf(evidence, first));
  if (first === undefined || subject === undefined) return;
  for (const header of ['if-none-match', 'if-match']) {
    if (!calls.some((call) => headerValue(call.requestHeaders, header) !== undefined)) continue;
    const paths = new Set(calls.map(({ path }) => path));
    const reads = evidence.calls.filter(({ path }) => paths.has(path));
    const tag = tagText(evidence, reads);
    if (tag === undefined) continue;
    add(`header[${quote(header)}] == ${tag}`, 1.5, (call) => {
      const sent = headerValue(call.requestHeaders, header);
      const shown = reads.findLast(
        (each) =>
          each.index < call.index && each.path === call.path && each.epoch === call.epoch && tagOf(each) === sent,
      );
      const life = boundLife(evidence, call, subject);
      if (sent === undefined || shown === undefined || life === undefined) return false;
      return equalJson(attributesBefore(life, shown.index + 1), attributesBefore(life, call.index));
    });
  }
}
