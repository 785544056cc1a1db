// evidence.jsonl: what each rule of the clone rests on, one rule a line, in the order of the model. Beside the clone, not
// in it, so that more traffic for a rule is no change of the rule.
import type { RuleEvidence } from '../compiler/compile.ts';
import type { CloneModel } from '../model/clone-model.ts';
import { inFileOrder } from '../model/file-layout.ts';
import { isArray, isObject, printJson, tryParseJson, type Json } from '../std/json.ts';
import type { Judgement } from '../fidelity/session-replay.ts';
import type { Measurement } from './measurement.ts';

export const EVIDENCE_FILE = 'evidence.jsonl';

interface Counted {
  readonly exchanges: number;
  readonly right: number;
}

export interface EvidenceLine {
  readonly service: string;
  readonly rule: string;
  /** Exchanges that the rule was learnt from; 0 for rules learnt elsewhere. */
  readonly support: number;
  /** Ids of some of them. */
  readonly examples: readonly string[];
  /** Exchanges that the rule answered when each session was replayed from the world before it. */
  readonly replayed: Counted;
  /** Exchanges that the rule of this id answered in folds that had not seen them. */
  readonly held_out: Counted;
}

export function evidenceLines(
  model: CloneModel,
  evidence: readonly RuleEvidence[],
  { bySession, heldOut }: Measurement,
): readonly EvidenceLine[] {
  const exchanges = new Map(bySession.map(({ exchange }) => [exchange.id, exchange.origin]));
  const learnt = new Map<string, RuleEvidence>();
  for (const each of evidence) learnt.set(`${exchanges.get(each.examples[0] ?? '') ?? ''}\n${each.rule}`, each);
  const inReplay = countByRule(bySession);
  const inFolds = countByRule(heldOut);
  return inFileOrder(model).services.flatMap(({ name, origins, routes, errors }) => {
    const rules = [...routes.flatMap((route) => [...(route.guards ?? []), ...route.cases]), ...errors];
    return rules.map(({ id }) => {
      const own = [...origins, ''].map((origin) => learnt.get(`${origin}\n${id}`)).find((each) => each !== undefined);
      return {
        service: name,
        rule: id,
        support: own?.support ?? 0,
        examples: own?.examples ?? [],
        replayed: inReplay.get(`${name}\n${id}`) ?? NOTHING,
        held_out: inFolds.get(`${name}\n${id}`) ?? NOTHING,
      };
    });
  });
}

export function printEvidence(lines: readonly EvidenceLine[]): string {
  return lines.map((line) => `${printJson(line as unknown as Json)}\n`).join('');
}

/** Reads what printEvidence made; lines that it did not make are passed over, because nothing depends on them. */
export function parseEvidence(text: string): readonly EvidenceLine[] {
  return text.split('\n').flatMap((row) => {
    const line = tryParseJson(row);
    return isEvidence(line) ? [line as unknown as EvidenceLine] : [];
  });
}

const isCounted = (value: Json | undefined): boolean =>
  isObject(value) && typeof value['exchanges'] === 'number' && typeof value['right'] === 'number';

const isEvidence = (line: Json | undefined): boolean =>
  isObject(line) &&
  typeof line['service'] === 'string' &&
  typeof line['rule'] === 'string' &&
  typeof line['support'] === 'number' &&
  isArray(line['examples']) &&
  isCounted(line['replayed']) &&
  isCounted(line['held_out']);

const NOTHING: Counted = { exchanges: 0, right: 0 };

function countByRule(judgements: readonly Judgement[]): ReadonlyMap<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { service, rules, isExact } of judgements) {
    for (const rule of rules) {
      const key = `${service ?? ''}\n${rule}`;
      const { exchanges, right } = counts.get(key) ?? NOTHING;
      counts.set(key, { exchanges: exchanges + 1, right: right + (isExact ? 1 : 0) });
    }
  }
  return counts;
}
