// Which answers the clone should rather not give: rules that were wrong more often than right when what was recorded was
// asked again, either always or under a condition of the request that tells the wrong answers from the right ones. What a
// rule doubts is answered as unknown.
import { viewRequest } from '../exchange/request-view.ts';
import type { CloneModel, Expression, Route, Rule } from '../model/clone-model.ts';
import { bitCount } from '../compiler/explain/decision.ts';
import { findPredicates } from '../compiler/explain/predicates.ts';
import { addSources, type Sample, type Sources } from '../compiler/explain/samples.ts';
import { memberText } from '../compiler/explain/literal.ts';
import type { Judgement } from '../fidelity/session-replay.ts';

/** Fewer wrong answers than this make no condition. */
const WRONG_MIN = 3;
/** Of answers under a condition, at most this share may be right for the condition to be doubted. */
const RIGHT_SHARE_MAX = 0.1;
/**
 * Of a rule's answers, fewer than this share may be right for all of them to be doubted. It is far below a half: replays of long
 * recordings go wrong for more reasons than a new episode does, and an answer withheld is lost for certain.
 */
const READ_RIGHT_MAX = 0.25;
/** What a write does may be right where its answer is not, and later answers rest on it: only one of the wrong status is doubted. */
const WRITE_RIGHT_MAX = 0.1;
const WRITE_WRONG_MIN = 5;
const CONDITIONS_MAX = 3;
const BODY_DEPTH = 2;

/** Judgements by `ruleKey`. */
export type JudgementsByRule = ReadonlyMap<string, readonly Judgement[]>;

/** What tells a rule from all others of a model. */
export const ruleKey = (service: string, rule: string): string => `${service}\n${rule}`;

export function judgementsByRule(judgements: readonly Judgement[]): JudgementsByRule {
  const found = new Map<string, Judgement[]>();
  for (const judgement of judgements)
    for (const rule of judgement.rules) {
      const id = ruleKey(judgement.service ?? '', rule);
      const group = found.get(id) ?? [];
      found.set(id, group);
      group.push(judgement);
    }
  return found;
}

/**
 * Judgements of one replay, in which an exchange that another replay answered rightly counts as right: worlds before later
 * sessions are believed with gaps, and what goes wrong in one go only follows from an earlier mistake.
 */
export function rightInEither(judgements: readonly Judgement[], others: readonly Judgement[]): readonly Judgement[] {
  const right = new Set(others.filter(({ isExact }) => isExact).map(({ exchange }) => exchange.id));
  return judgements.map((each) => (right.has(each.exchange.id) ? { ...each, isExact: true } : each));
}

/** The model with a doubt on each rule that deserves one, but for those that a person decided about. */
export function withDoubts(model: CloneModel, judgements: JudgementsByRule, decided: ReadonlySet<string>): CloneModel {
  return {
    ...model,
    services: model.services.map((service) => {
      const doubted = (rule: Rule): Rule => {
        const key = ruleKey(service.name, rule.id);
        const doubt = decided.has(key) ? undefined : doubtOf(rule, judgements.get(key) ?? []);
        return doubt === undefined ? rule : { ...rule, doubt };
      };
      const routes = service.routes.map((route): Route => ({
        ...route,
        ...(route.guards === undefined ? {} : { guards: route.guards.map(doubted) }),
        cases: route.cases.map(doubted),
      }));
      return { ...service, routes };
    }),
  };
}

/** Condition of the request under which the rule's answer is more likely wrong than right. */
function doubtOf(rule: Rule, judgements: readonly Judgement[]): Expression | undefined {
  const samples = judgements.map(sampleOf);
  const all = (1n << BigInt(samples.length)) - 1n;
  const writes = rule.effects !== undefined;
  const right = maskOf(judgements, ({ isExact, comparison }) => (writes ? comparison.status : isExact));
  const wrong = all & ~right;
  if (bitCount(wrong) < WRONG_MIN) return undefined;
  if (writes)
    return bitCount(right) <= WRITE_RIGHT_MAX * samples.length && bitCount(wrong) >= WRITE_WRONG_MIN
      ? 'true'
      : undefined;
  const conditions: string[] = [];
  let open = all;
  const predicates = findPredicates(samples).flatMap(({ text, holds }) => [
    { text, holds },
    { text: `!(${text})`, holds: all & ~holds },
  ]);
  while (conditions.length < CONDITIONS_MAX) {
    const best = predicates
      .map(({ text, holds }) => ({
        text,
        holds,
        wrong: bitCount(holds & open & wrong),
        right: bitCount(holds & open & right),
      }))
      .filter((each) => each.wrong >= WRONG_MIN && each.right <= RIGHT_SHARE_MAX * (each.right + each.wrong))
      .sort((a, b) => b.wrong - b.right - (a.wrong - a.right) || a.text.length - b.text.length)[0];
    if (best === undefined) break;
    conditions.push(best.text);
    open &= ~best.holds;
  }
  const left = bitCount(open & wrong) + bitCount(open & right);
  const hopeless = bitCount(open & wrong) >= WRONG_MIN && bitCount(open & right) < READ_RIGHT_MAX * left;
  if (hopeless) return 'true';
  return conditions.length === 0 ? undefined : conditions.map((text) => `(${text})`).join(' || ');
}

function sampleOf({ exchange, isExact }: Judgement): Sample {
  const view = viewRequest(exchange.request);
  const sources: Sources = new Map();
  for (const [name, value] of Object.entries(view.query)) sources.set(memberText('query', name), { value, cost: 1 });
  if (view.body !== undefined) addSources(sources, 'body', view.body, 1, BODY_DEPTH);
  return { sources, target: isExact, from: exchange.startedAt, until: exchange.startedAt };
}

function maskOf(judgements: readonly Judgement[], test: (judgement: Judgement) => boolean): bigint {
  return judgements.reduce<bigint>((mask, judgement, i) => (test(judgement) ? mask | (1n << BigInt(i)) : mask), 0n);
}
