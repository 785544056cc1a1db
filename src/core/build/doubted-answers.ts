// What was measured, as the clone with its doubts would have it: an answer that its rule doubts is unknown, neither right nor
// silently wrong.
import { viewRequest } from '../exchange/request-view.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Judgement } from '../fidelity/session-replay.ts';
import type { CloneModel } from '../model/clone-model.ts';
import { compileExpression, isTrue, NO_HOST, type CompiledExpression } from '../model/expression.ts';
import { ruleKey } from './doubts.ts';
import type { Measurement } from './measurement.ts';

/** `model` is the one with doubts; held-out answers are doubted where the clone itself doubts its answer to that exchange. */
export function withDoubtedAnswers(model: CloneModel, measurement: Measurement): Measurement {
  const doubts = doubtsOf(model);
  if (doubts.size === 0) return measurement;
  const isDoubted = ({ exchange, service, rules }: Judgement): boolean =>
    rules.some((rule) => {
      const doubt = doubts.get(ruleKey(service ?? '', rule));
      return doubt !== undefined && holdsOf(doubt, exchange);
    });
  const own = (judgement: Judgement): Judgement => (isDoubted(judgement) ? unknownAnswer(judgement) : judgement);
  const doubted = new Set(measurement.bySession.filter(isDoubted).map(({ exchange }) => exchange.id));
  return {
    ...measurement,
    replayed: measurement.replayed.map(own),
    bySession: measurement.bySession.map(own),
    heldOut: measurement.heldOut.map((each) => (doubted.has(each.exchange.id) ? unknownAnswer(each) : each)),
  };
}

function doubtsOf({ services }: CloneModel): ReadonlyMap<string, CompiledExpression> {
  const doubts = new Map<string, CompiledExpression>();
  for (const { name, routes } of services)
    for (const { guards = [], cases } of routes)
      for (const { id, doubt } of [...guards, ...cases])
        if (doubt !== undefined) doubts.set(ruleKey(name, id), compileExpression(doubt));
  return doubts;
}

/** Doubts look at nothing but the request. */
function holdsOf(doubt: CompiledExpression, { request }: Exchange): boolean {
  const { query, body } = viewRequest(request);
  return isTrue(doubt.evaluate({ query, body }, NO_HOST));
}

function unknownAnswer(judgement: Judgement): Judgement {
  return {
    ...judgement,
    provenance: 'unknown',
    unknown: judgement.unknown ?? 'the rule doubts its answer',
    comparison: { ...judgement.comparison, status: false, body: false },
    isExact: false,
  };
}
