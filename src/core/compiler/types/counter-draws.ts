// Which outcomes of a route advance the counters of the service: always, never, or under a condition on the request.
import type { Call } from '../calls/call.ts';
import { sampleFor, type EffectContext } from '../effects/effect-draft.ts';
import { requestSources } from '../evidence.ts';
import { explain } from '../explain/explain.ts';
import { quote } from '../explain/literal.ts';
import { serviceCounters } from './service-counters.ts';

/** Judged calls that may go against the rule: what else advances a counter, nobody sees. */
const WRONG_MAX = 0.05;
const CALLS_MAX = 80;

/** Lets of an outcome that draw from the counters of the service, before anything reads them. */
export function counterDraws(context: EffectContext, calls: readonly Call[]): Record<string, string> {
  const lets: Record<string, string> = {};
  serviceCounters(context.evidence).forEach(({ name, generator, drew }, i) => {
    const judged = calls.filter((call) => drew[call.index] !== undefined).slice(0, CALLS_MAX);
    const draws = judged.filter((call) => drew[call.index]).length;
    const condition = draws === 0 ? undefined : conditionOf(context, judged, drew, draws);
    context.generators.set(name, generator);
    if (condition === undefined) return;
    const draw = `gen(${quote(name)})`;
    lets[`counted${i === 0 ? '' : i + 1}`] = condition === '' ? draw : `(${condition} ? ${draw} : missing)`;
  });
  return lets;
}

/** Empty where the outcome always draws; undefined where it mostly does not and nothing tells when. */
function conditionOf(
  context: EffectContext,
  judged: readonly Call[],
  drew: readonly (boolean | undefined)[],
  draws: number,
): string | undefined {
  if (draws >= (1 - WRONG_MAX) * judged.length) return '';
  const found = explain(
    judged.map((call) => sampleFor(call, requestSources(context.evidence, call), drew[call.index])),
    { name: '', depth: 1, noClock: true },
  );
  const wrong = Math.min(draws, judged.length - draws);
  const text =
    typeof found.template === 'string'
      ? found.template.replace(/^\((.*) \? true : false\)$/, '$1').replace(/^\((.*) \? false : true\)$/, '!($1)')
      : '';
  if (found.misses < wrong && found.misses <= WRONG_MAX * judged.length && text !== '' && !/^(true|false)$/.test(text))
    return text;
  return draws > 0.5 * judged.length ? '' : undefined;
}
