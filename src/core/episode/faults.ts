// Faults that a trainer asked for: some requests meet the answer of a gateway instead of the service, which never sees them.
// Whether and which is drawn by seed and number of the step from a stream of their own, so that nothing else is drawn
// otherwise, and a replay draws the same.
import type { HttpResponse } from '../exchange/exchange.ts';
import { usualReason } from '../exchange/reason-phrases.ts';
import type { StepProvenance } from '../model/clone-model.ts';
import type { Latencies } from '../model/latencies.ts';
import {
  step,
  worldTime,
  type AddressedRequest,
  type LoadedModel,
  type Transition,
  type World,
} from '../runtime/step.ts';
import { MynahError } from '../std/errors.ts';
import { isArray, isObject, type Json } from '../std/json.ts';
import { drawBelow, openStream } from '../std/prng.ts';
import { delayed, drawnLatency } from './latency.ts';
import type { HeaderLine } from './log-line.ts';

/** A kind of fault is the status that the agent sees. */
export const FAULT_KINDS = ['429', '500', '502', '503', '504'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Faults {
  /** Share of the steps that meet one, 0 … 1. */
  readonly rate: number;
  /** Which there are, each equally likely; not empty. */
  readonly kinds: readonly FaultKind[];
}

/** Faults as a trainer asks for them. */
export interface AskedFaults {
  readonly rate: number;
  readonly kinds?: readonly FaultKind[] | undefined;
}

/** What a step of an episode gives: as of the model, or of a fault. */
export interface AnsweredStep {
  readonly world: World;
  readonly response: HttpResponse;
  readonly transition: Omit<Transition, 'provenance'> & { readonly provenance: StepProvenance };
  /** How long the answer took, in an episode whose answers take their time. */
  readonly latencyMs?: number;
}

const STREAM = 'episode faults';
const RANGE = 0x100000000;

const RETRIED: ReadonlySet<FaultKind> = new Set(['429', '503']);

/**
 * @param kinds all that there are, where it is absent
 * @throws {MynahError} ERR_CALL_INVALID for a rate that is no share, and for kinds that there are not
 */
export function checkedFaults({ rate, kinds = FAULT_KINDS }: AskedFaults): Faults {
  if (isFaults({ rate, kinds })) return { rate, kinds: FAULT_KINDS.filter((kind) => kinds.includes(kind)) };
  throw new MynahError(
    'ERR_CALL_INVALID',
    `faults must have a rate from 0 to 1 and may have kinds, a list of some of "${FAULT_KINDS.join('", "')}"`,
  );
}

/** Is this what a header says of faults? */
export function isFaults(given: Json | undefined): boolean {
  if (!isObject(given)) return false;
  const { rate, kinds } = given;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) return false;
  return isArray(kinds) && kinds.length > 0 && kinds.every((kind) => (FAULT_KINDS as readonly Json[]).includes(kind));
}

/** The fault that a step meets, if any. */
export function drawnFault({ rate, kinds }: Faults, seed: number, index: number): FaultKind | undefined {
  const stream = openStream(seed, STREAM, index);
  return stream.next() < rate * RANGE ? kinds[drawBelow(stream, kinds.length)] : undefined;
}

/**
 * Answers a request of an episode: the fault that the step meets, or what the model says. A fault changes nothing of the
 * world but its clock, and takes no time.
 *
 * @param index number of the step, from 1
 * @param latencies where answers take their time
 * @throws {MynahError} as `step` does
 */
export function answerStep(
  loaded: LoadedModel,
  { seed, faults, onUnknown }: Pick<HeaderLine, 'seed' | 'faults' | 'onUnknown'>,
  index: number,
  world: World,
  request: AddressedRequest,
  latencies?: Latencies,
): AnsweredStep {
  const kind = faults === undefined ? undefined : drawnFault(faults, seed, index);
  const service = loaded.services.find(({ service: { origins } }) => origins.includes(request.origin));
  if (kind === undefined || service === undefined) {
    const answered = step(loaded, world, request, { nearest: onUnknown === 'nearest' });
    if (latencies === undefined) return answered;
    const ms = drawnLatency(latencies, answered.transition, answered.response.status, seed, index);
    return ms === undefined ? answered : { ...answered, world: delayed(loaded, answered.world, ms), latencyMs: ms };
  }
  const { name } = service.service;
  return {
    world: { ...world, step: world.step + 1 },
    response: faultResponse(kind, request.method),
    transition: {
      service: name,
      rules: [],
      provenance: 'injected',
      time: worldTime(loaded, world),
      changes: [],
    },
  };
}

function faultResponse(kind: FaultKind, method: string): HttpResponse {
  return {
    status: Number(kind),
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ...(RETRIED.has(kind) ? ([['retry-after', '1']] as const) : []),
    ],
    ...(method === 'HEAD' ? {} : { body: { text: usualReason(Number(kind)) ?? '' } }),
  };
}
