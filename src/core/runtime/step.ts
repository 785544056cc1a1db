// The deterministic interpreter: one request against one world. Pure: equal arguments give byte-equal results.
import type { HttpRequest, HttpResponse } from '../exchange/exchange.ts';
import { listParameters, viewRequest } from '../exchange/request-view.ts';
import type { Provenance } from '../model/clone-model.ts';
import { isTrue, type Scope } from '../model/expression.ts';
import type { RouteMatch } from '../model/router.ts';
import { MynahError } from '../std/errors.ts';
import type { JsonObject } from '../std/json.ts';
import { requestBodyBytesMax } from '../std/limits.ts';
import { StepHost } from './host.ts';
import type { LoadedModel, LoadedService } from './loaded-model.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { nearestAnswer } from './nearest.ts';
import { answerAgain, keepAnswer, keyedRequest } from './repeats.ts';
import { renderUnknown } from './reply.ts';
import { scopeOf } from './request-scope.ts';
import { bind, firstThatHolds, runRule } from './rule.ts';
import { UnknownAnswer, UnknownTransition } from './unknown.ts';
import { worldTime } from './world-clock.ts';
import type { World } from './world.ts';
import { WorldDraft, type Change } from './world-draft.ts';

export { loadModel, type LoadedModel, type LoadOptions } from './loaded-model.ts';
export type { World } from './world.ts';
export { withClock, worldTime } from './world-clock.ts';
export { initialWorld, worldDigest, worldEntities } from './world-views.ts';

export interface Transition {
  /** Route id, absent when no route matched. */
  readonly route?: string;
  readonly service?: string;
  /** Ids of the rules that made the answer. */
  readonly rules: readonly string[];
  readonly provenance: Provenance;
  /** Why the answer is unknown, when it is. */
  readonly unknown?: string;
  /** Virtual time of the step, milliseconds since the epoch. */
  readonly time: number;
  /** Entities that the step created, changed or deleted. */
  readonly changes: readonly EntityChange[];
}

/** `before` is absent for what the step created, `after` for what it deleted. Attributes are those stored, hidden ones too. */
export interface EntityChange {
  readonly type: string;
  readonly key: string;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
}

export interface StepResult {
  readonly world: World;
  readonly response: HttpResponse;
  readonly transition: Transition;
}

export interface StepOptions {
  /** Where the model does not know: answer as the nearest rule would, and do nothing. */
  readonly nearest?: boolean;
}

/** A request as the agent meant it: which service by origin, and the request itself. */
export interface AddressedRequest extends HttpRequest {
  readonly origin: string;
}

/**
 * Answers one request. Total: what the model does not say is a response with status 501 and a transition that tells why;
 * the world is then the same but for its step, unless only the answer of what was done is not known.
 *
 * @throws {MynahError} ERR_BODY_TOO_LARGE for a body over the limit, ERR_LIMIT_ENTITIES for an effect that would exceed the
 * entities of a world. The world given is as good as before.
 */
export function step(
  loaded: LoadedModel,
  world: World,
  request: AddressedRequest,
  { nearest = false }: StepOptions = {},
): StepResult {
  requireBodySize(request);
  const time = worldTime(loaded, world);
  const service = loaded.services.find(({ service: { origins } }) => origins.includes(request.origin));
  if (service === undefined) return foreignOrigin(loaded, world, request.origin, time);
  const view = viewRequest(request);
  const match = service.router.match(view.method, view.path);
  const draft = new WorldDraft(loaded.dependentTuples, world);
  const scope = scopeOf(service, view, match, draft);
  const host = new StepHost(draft, service, time, scope);
  const known = { ...(match.route === undefined ? {} : { route: match.route.id }), service: service.name, time };
  try {
    const keyed = keyedRequest(service.repeats, request, view);
    const again = keyed === undefined ? undefined : answerAgain(keyed, scope, host);
    if (again !== undefined) {
      const transition: Transition = { ...known, rules: ['repeats'], provenance: 'synthesised', changes: [] };
      return { world: draft.finish(), response: again, transition };
    }
    const rule = ruleFor(service, match, scope, host);
    requireTrust(rule, scope, host);
    const response = runRule(rule, listParameters(view), scope, host);
    if (keyed !== undefined) keepAnswer(keyed, response, host);
    const changes = draft.changes().map(entityChange);
    const provenance = rule.rule.provenance ?? 'synthesised';
    return { world: draft.finish(), response, transition: { ...known, rules: [rule.rule.id], provenance, changes } };
  } catch (error) {
    if (!(error instanceof UnknownTransition)) throw error;
    const near = nearest && !(error instanceof UnknownAnswer) ? nearestAnswer(loaded, world, request, time) : undefined;
    if (near !== undefined) {
      const unknown = `${error.message}; answered as ${near.rule}, the nearest`;
      const transition: Transition = { ...known, rules: [near.rule], provenance: 'unknown', unknown, changes: [] };
      return { world: { ...world, step: world.step + 1 }, response: near.response, transition };
    }
    const response = renderUnknown(
      service.errorShape,
      scope,
      new StepHost(new WorldDraft(loaded.dependentTuples, world), service, time, scope),
    );
    const acted = error instanceof UnknownAnswer;
    const changes = acted ? draft.changes().map(entityChange) : [];
    const transition: Transition = { ...known, rules: [], provenance: 'unknown', unknown: error.message, changes };
    return { world: acted ? draft.finish() : { ...world, step: world.step + 1 }, response, transition };
  }
}

/** Throws UnknownTransition when no rule holds. */
function ruleFor(service: LoadedService, match: RouteMatch, scope: Scope, host: StepHost): LoadedRule {
  if (match.route === undefined) {
    const rule = firstThatHolds(service.errors, scope, host);
    if (rule !== undefined) return rule;
    throw new UnknownTransition(
      match.pathKnown
        ? 'the path is known, but not with this method'
        : 'no route matches the path, and no rule tells how the API answers then',
    );
  }
  const route = service.routes.get(match.route.id);
  if (route === undefined) throw new UnknownTransition(`route ${match.route.id} is not loaded`);
  bind(route.bindings, scope, host);
  const rule = firstThatHolds(route.rules, scope, host);
  if (rule === undefined) throw new UnknownTransition(`no rule of route ${route.id} holds for this request`);
  return rule;
}

/** A rule that was wrong more often than right does not answer. */
function requireTrust({ rule, doubt }: LoadedRule, scope: Scope, host: StepHost): void {
  if (doubt === undefined || !isTrue(doubt.evaluate(scope, host))) return;
  throw new UnknownTransition(
    `rule ${rule.id} answers, but was wrong more often than right where ${rule.doubt ?? ''} (see evidence.jsonl)`,
  );
}

function entityChange({ type, before, after }: Change): EntityChange {
  return {
    type: type.worldName,
    key: (after ?? before)?.key ?? '',
    ...(before === undefined ? {} : { before: before.attributes }),
    ...(after === undefined ? {} : { after: after.attributes }),
  };
}

function foreignOrigin(loaded: LoadedModel, world: World, origin: string, time: number): StepResult {
  const known = loaded.services.flatMap(({ service: { origins } }) => origins).join(', ');
  const unknown = `no service of the clone has the origin ${origin} (there are: ${known})`;
  return {
    world: { ...world, step: world.step + 1 },
    response: {
      status: 501,
      headers: [['content-type', 'application/json']],
      body: { text: '{"message":"Not Implemented"}' },
    },
    transition: { rules: [], provenance: 'unknown', unknown, time, changes: [] },
  };
}

function requireBodySize({ body }: HttpRequest): void {
  if (body === undefined) return;
  const bytes = 'text' in body ? utf8Length(body.text) : Math.floor((body.base64.length * 3) / 4);
  if (bytes <= requestBodyBytesMax) return;
  throw new MynahError(
    'ERR_BODY_TOO_LARGE',
    `the body has ${bytes} bytes; at most ${requestBodyBytesMax} are accepted.`,
    {
      bytes,
      limit: requestBodyBytesMax,
    },
  );
}

function utf8Length(text: string): number {
  if (text.length * 3 <= requestBodyBytesMax) return text.length;
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
