// The compiler: recordings in, CloneModel out. Pure and deterministic: equal recordings give an equal model.
import {
  MODEL_FORMAT_VERSION,
  NOT_ISSUED,
  type Binding,
  type CloneModel,
  type Effect,
  type EntityType,
  type Generator,
  type Route,
  type Rule,
  type Service,
  type Template,
} from '../model/clone-model.ts';
import type { Assets } from '../model/assets.ts';
import type { Header } from '../exchange/exchange.ts';
import { epochsInOrder } from '../recording/epochs.ts';
import type { Recording } from '../recording/recording.ts';
import type { JsonObject } from '../std/json.ts';
import { analyse } from './analyse.ts';
import { findAskers } from './timeline/askers.ts';
import { guardLoneRefusals } from './outcomes/lone-refusals.ts';
import { eachRouteOf, isEachRoute, type Carried } from './calls/bulk-calls.ts';
import { isSuccess, normaliseCalls, originsOf, type Call } from './calls/call.ts';
import { relationText } from './types/derive.ts';
import { inferEffects } from './effects/effects.ts';
import { type EffectContext, type Effects, type FoldersDraft } from './effects/effect-draft.ts';
import { type EntityDraft } from './entities/entity-draft.ts';
import { ASKER, routeOf, type BindingDraft, type Evidence } from './evidence.ts';
import { ABOVE_NAME } from './effects/folders.ts';
import { hierarchyOf } from './entities/hierarchies.ts';
import { memberText, quote } from './explain/literal.ts';
import { advanceSequences, worldBefore } from './seed/later-world.ts';
import type { Relation } from './entities/relations.ts';
import { joinOperations } from './calls/operations.ts';
import { findRepeats, keptIn } from './calls/repeats.ts';
import { groupOutcomes } from './outcomes/outcome-groups.ts';
import { decideOutcomes, type OutcomeRule } from './outcomes/outcomes.ts';
import { sharePaging } from './replies/page-conventions.ts';
import { poolGuards, unknownPathRules } from './outcomes/pooling.ts';
import { inferPrincipalAttributes } from './timeline/principal-attributes.ts';
import { inferSignIn, type SignIn } from './sign-in/sign-in.ts';
import { findReplayedAnswers, joinRoutes } from './replayed/replayed-answers.ts';
import { inferReply } from './replies/replies.ts';
import { inferSeed } from './seed/seed.ts';
import { counterDraws } from './types/counter-draws.ts';
import { isSelected, selecting } from './calls/selections.ts';
import { inferSharedCounters } from './types/shared-counters.ts';
import { modelTypes, type TypeModel } from './types/type-models.ts';

/** What one rule rests on: kept beside the clone, not in it. */
export interface RuleEvidence {
  readonly rule: string;
  readonly support: number;
  /** Ids of exchanges that the rule was learnt from, at most a few. */
  readonly examples: readonly string[];
}

/** Exchanges that are named for a rule. */
const EXAMPLES_MAX = 5;

export interface Compilation {
  readonly model: CloneModel;
  /** Of each service, in their order. */
  readonly assets: readonly Assets[];
  readonly evidence: readonly RuleEvidence[];
  /** The model with the world before an exchange as its world at reset; with the one after the last where none is named. */
  startingBefore(exchange: string | undefined): CloneModel;
}

export function compile(given: readonly Recording[]): Compilation {
  const recordings = epochsInOrder(given);
  const origins = originsOf(recordings);
  const ruleEvidence: RuleEvidence[] = [];
  const compiled = origins.map((origin) => compileService(recordings, origin, ruleEvidence));
  const services = nameServices(compiled.map(({ service }) => service));
  const model: CloneModel = { formatVersion: MODEL_FORMAT_VERSION, clock: inferClock(recordings), services };
  const exchanges = recordings.flatMap((recording) => recording.exchanges);
  return {
    model,
    assets: compiled.map(({ assets }) => assets),
    evidence: ruleEvidence,
    startingBefore: (named) => {
      const at = named === undefined ? exchanges.length : exchanges.findIndex(({ id }) => id === named);
      const before = new Set(exchanges.slice(0, at).map(({ id }) => id));
      const startMs = Math.floor(exchanges[at]?.startedAt ?? exchanges.at(-1)?.endedAt ?? 0);
      return {
        ...model,
        clock: { ...model.clock, startMs },
        services: services.map((service, i) => ({ ...service, ...compiled[i]?.worldAfter(before) })),
      };
    },
  };
}

function nameServices(services: readonly Service[]): Service[] {
  const used = new Set<string>();
  return services.map((service) => {
    let name = service.name;
    for (let n = 2; used.has(name); n++) name = `${service.name}-${n}`;
    used.add(name);
    return { ...service, name };
  });
}

/** Starts where the recording starts and takes the median gap between requests for every step. */
function inferClock(recordings: readonly Recording[]): CloneModel['clock'] {
  const starts = recordings
    .flatMap((recording) => recording.exchanges.map((exchange) => exchange.startedAt))
    .sort((a, b) => a - b);
  const gaps = starts
    .slice(1)
    .map((at, i) => at - (starts[i] as number))
    .sort((a, b) => a - b);
  return {
    startMs: Math.floor(starts[0] ?? 0),
    stepMs: Math.max(1, Math.round(gaps[Math.floor(gaps.length / 2)] ?? 1000)),
  };
}

interface CompiledService {
  readonly service: Service;
  readonly assets: Assets;
  /** Seed and generators after the calls with these ids, which are a beginning of all calls. */
  worldAfter(calls: ReadonlySet<string>): Pick<Service, 'seed' | 'generators'>;
}

function compileService(
  recordings: readonly Recording[],
  origin: string,
  ruleEvidence: RuleEvidence[],
): CompiledService {
  const replayed = findReplayedAnswers(recordings, origin);
  for (const [rule, ids] of replayed.support)
    ruleEvidence.push({ rule, support: ids.length, examples: ids.slice(0, EXAMPLES_MAX) });
  const repeats = findRepeats(replayed.rest, origin);
  if (repeats !== undefined)
    ruleEvidence.push({
      rule: 'repeats',
      support: repeats.support.length,
      examples: repeats.support.slice(0, EXAMPLES_MAX),
    });
  const heard = repeats?.rest ?? replayed.rest;
  const signIn = inferSignIn(normaliseCalls(heard, origin));
  for (const [rule, calls] of signIn?.support ?? [])
    ruleEvidence.push({ rule, support: calls.length, examples: calls.slice(0, EXAMPLES_MAX).map(({ id }) => id) });
  const evidence = analyse(signIn === undefined ? heard : withoutTokens(heard, signIn), origin);
  if (signIn !== undefined) nameSubjects(evidence, signIn);
  inferPrincipalAttributes(evidence);
  findAskers(evidence);
  const types = modelTypes(evidence);
  const generators = new Map<string, Generator>();
  const context: EffectContext = { evidence, types, generators, counters: inferSharedCounters(evidence) };
  const routes: Route[] = [];
  for (const [id, calls] of [...evidence.byRoute].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    if (isEachRoute(id)) continue;
    routes.push(compileRoute(context, id, calls, ruleEvidence));
  }
  const entities = evidence.entities.types.map((draft) => entityType(types.get(draft) as TypeModel));
  const kept = repeats === undefined ? undefined : keptIn(repeats, [...entities, ...(signIn?.entities ?? [])]);
  const service: Service = {
    name: serviceName(origin),
    origins: [origin],
    principals: evidence.principals.all.map(({ id, credential, attributes }) => ({
      id,
      ...(credential === undefined ? {} : { credential }),
      attributes,
    })),
    ...(signIn === undefined ? {} : { issued: signIn.issued }),
    ...(kept === undefined ? {} : { repeats: kept.repeats }),
    generators: Object.fromEntries(
      [...generators, ...Object.entries(signIn?.generators ?? {})].sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    ),
    entities: [...entities, ...(signIn?.entities ?? []), ...(kept === undefined ? [] : [kept.entity])],
    routes: [
      ...joinRoutes(
        replayed.routes,
        joinOperations(
          evidence.routes,
          poolGuards(evidence, guardLoneRefusals(evidence, sharePaging(routes, entities))),
        ),
      ),
      ...(signIn?.routes ?? []),
    ],
    errors: [...replayed.errors, ...unknownPathRules(evidence)],
    ...documentsOf(evidence.calls),
    seed: { ...(inferSeed(evidence, types, generators) as Record<string, JsonObject[]>), ...signIn?.seed },
  };
  return {
    service,
    assets: replayed.assets,
    worldAfter: (ids) => {
      const index = evidence.calls.filter(({ id }) => ids.has(id)).length;
      const seed = { ...worldBefore(evidence, types, index), ...signIn?.seed };
      return { seed, generators: advanceSequences(evidence, service.generators, index) };
    },
  };
}

/** How the XML documents of the service are written. */
function documentsOf(calls: readonly Call[]): Pick<Service, 'documents'> {
  const layouts = calls.flatMap(({ xml }) => (xml === undefined ? [] : [[xml.name, xml.layout] as const]));
  const documents = Object.fromEntries(layouts.sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  return layouts.length === 0 ? {} : { documents };
}

/** Whom a token stands for is what answers say of who asks. */
function nameSubjects({ principals }: Evidence, { issued: { header, prefix } }: SignIn): void {
  for (const { credential, attributes } of principals.all) {
    const subject =
      credential?.header === header && credential.value.startsWith(prefix) && credential.value.slice(prefix.length);
    if (typeof subject === 'string' && subject !== NOT_ISSUED) attributes['subject'] = subject;
  }
}

/** The recordings without what signs in, tokens as those whom they stand for. */
function withoutTokens(recordings: readonly Recording[], { isTaken, headerOf, issued }: SignIn): readonly Recording[] {
  return recordings.map((recording) => ({
    ...recording,
    exchanges: recording.exchanges.flatMap((exchange) => {
      if (isTaken(exchange.id)) return [];
      const value = headerOf(exchange.id);
      if (value === undefined) return [exchange];
      const headers = exchange.request.headers.map(([name, old]): Header => [
        name,
        name === issued.header ? value : old,
      ]);
      return [{ ...exchange, request: { ...exchange.request, headers } }];
    }),
  }));
}

function serviceName(origin: string): string {
  return origin.replace(/^\w+:\/\//, '').replace(/[^A-Za-z0-9.-]+/g, '-');
}

function entityType(model: TypeModel): EntityType {
  const aliases = model.draft.lookups
    .map((lookup) => lookup.attributes)
    .filter((attributes) => attributes.join() !== model.draft.key.join());
  const distinct = aliases.filter(
    (attributes, i) => aliases.findIndex((other) => other.join() === attributes.join()) === i,
  );
  return {
    name: model.draft.name,
    key: model.draft.key,
    ...(distinct.length > 0 ? { aliases: distinct } : {}),
    ...(model.derived.size > 0 ? { derived: Object.fromEntries(model.derived) } : {}),
    views: Object.fromEntries(model.views),
  };
}

function compileRoute(context: EffectContext, id: string, calls: readonly Call[], ruleEvidence: RuleEvidence[]): Route {
  const { evidence } = context;
  const route = routeOf(evidence, calls[0] as Call);
  const outcomes = groupOutcomes(telling(evidence, calls));
  const rules = decideOutcomes(evidence, outcomes).map((rule, i) => compileRule(context, id, rule, i, ruleEvidence));
  const drafts = evidence.bindings.get(id) ?? [];
  const asker = evidence.askers?.binding;
  const readsAsker =
    asker !== undefined && !drafts.includes(asker) && new RegExp(`\\b${ASKER}\\b`).test(JSON.stringify(rules));
  const bindings = (readsAsker ? [...drafts, asker] : drafts).map(modelBinding);
  const guards: Rule[] = [];
  const cases: Rule[] = [];
  for (const rule of rules)
    (cases.length === 0 && rule.effects === undefined && rule.reply.status >= 400 ? guards : cases).push(rule);
  return {
    id,
    method: route.method,
    path: route.path,
    ...(bindings.length > 0 ? { bindings } : {}),
    ...(guards.length > 0 ? { guards } : {}),
    cases,
  };
}

/** Without answers to which requests chose the members, where others show all. */
function telling({ selection }: Evidence, calls: readonly Call[]): readonly Call[] {
  const whole = calls.filter((call) => selection === undefined || !isSelected(selection, call));
  return whole.some(isSuccess) ? whole : calls;
}

function modelBinding(binding: BindingDraft): Binding {
  const isKey = binding.attributes.join() === binding.type.key.join();
  return {
    name: binding.name,
    type: binding.type.name,
    key: binding.values,
    ...(isKey ? {} : { by: binding.attributes }),
  };
}

function compileRule(
  context: EffectContext,
  routeId: string,
  { outcome, when, support }: OutcomeRule,
  position: number,
  ruleEvidence: RuleEvidence[],
): Rule {
  const succeeded = outcome.status < 300 && !outcome.refused;
  const each = compileEach(context, routeId, outcome.calls, ruleEvidence);
  const effects: Effects =
    succeeded && each === undefined ? inferEffects(context, outcome.calls) : { effects: [], made: new Map() };
  const reply = inferReply(context, outcome, effects);
  const lowered = lowerEffects(context.evidence, effects);
  const { selection, byRoute } = context.evidence;
  const selects = selection !== undefined && (byRoute.get(routeId) ?? []).some((call) => isSelected(selection, call));
  const id = `${routeId} ${outcome.status}${position === 0 ? '' : `.${position + 1}`}`;
  ruleEvidence.push({ rule: id, support, examples: outcome.calls.slice(0, EXAMPLES_MAX).map((call) => call.id) });
  const lets = Object.assign(
    counterDraws(context, outcome.calls),
    Object.fromEntries(reply.lets),
    ...effects.effects.map((effect) => (effect.kind === 'delete' ? {} : Object.fromEntries(effect.lets))),
  ) as Record<string, string>;
  return {
    id,
    ...(when === undefined ? {} : { when }),
    ...(reply.query === undefined ? {} : { query: reply.query }),
    ...(Object.keys(lets).length > 0 ? { let: lets } : {}),
    ...(each === undefined ? {} : { each }),
    ...(lowered.length > 0 ? { effects: lowered } : {}),
    reply: {
      status: reply.status,
      ...(reply.headers.length > 0 ? { headers: reply.headers } : {}),
      ...(reply.body === undefined
        ? {}
        : { body: selects && succeeded ? selecting(reply.body, selection) : reply.body }),
      ...(reply.body === undefined || outcome.calls[0]?.xml === undefined ? {} : { xml: outcome.calls[0].xml.name }),
      ...(reply.text === undefined ? {} : { text: reply.text }),
    },
  };
}

/** What a rule does for each element of the list that most of its requests carry. */
function compileEach(
  context: EffectContext,
  routeId: string,
  calls: readonly Call[],
  ruleEvidence: RuleEvidence[],
): Rule['each'] {
  const carrying = calls.filter(({ carries }) => carries !== undefined);
  const small = context.evidence.byRoute.get(eachRouteOf(routeId));
  if (small === undefined || carrying.length < 0.5 * calls.length || isEachRoute(routeId)) return undefined;
  const { bindings, guards = [], cases } = compileRoute(context, eachRouteOf(routeId), small, ruleEvidence);
  return {
    in: (carrying[0]?.carries as Carried).in,
    ...(bindings === undefined ? {} : { bindings }),
    cases: [...guards, ...cases],
  };
}

function lowerEffects(evidence: Evidence, effects: Effects): Effect[] {
  const lowered: Effect[] = [];
  for (const effect of effects.effects) {
    if (effect.kind === 'create')
      lowered.push({
        kind: 'create',
        type: effect.type.name,
        as: effect.as,
        ...(effect.when === undefined ? {} : { when: effect.when }),
        ...(effect.from === undefined ? {} : { from: effect.from }),
        set: Object.fromEntries(effect.set),
      });
    else if (effect.kind === 'folders') lowered.push(lowerFolders(effect));
    else if (effect.kind === 'change')
      lowered.push({
        kind: effect.replace ? 'replace' : 'merge',
        target: effect.binding.name,
        ...(effect.from === undefined ? {} : { from: effect.from }),
        set: Object.fromEntries(effect.set),
        ...(effect.replace ? { keep: keptAttributes(effect.binding.type) } : {}),
      });
    else lowered.push(...lowerDeletion(evidence, effect.binding));
  }
  return lowered;
}

/** What is above a new thing, from the top: made where it is not there. */
function lowerFolders({ of, set }: FoldersDraft): Effect {
  const name = quote(of.type.name);
  return {
    kind: 'each',
    in: `ancestors(${memberText(of.as, of.type.field)})`,
    as: ABOVE_NAME,
    do: [
      {
        kind: 'create',
        when: `entity(${name}, ${ABOVE_NAME}) == missing`,
        type: of.type.name,
        as: `${ABOVE_NAME}_made`,
        set: Object.fromEntries(set),
      },
    ],
  };
}

const keptAttributes = (type: EntityDraft): string[] =>
  [...new Set([...type.key, ...type.lookups.flatMap((lookup) => lookup.attributes)])].filter(
    (name) => !name.includes('.'),
  );

/** The entity itself, what belongs to it, and what belongs to that; children first, while their parents can still be read. */
function lowerDeletion(evidence: Evidence, binding: BindingDraft): Effect[] {
  const effects: Effect[] = [];
  const seen = new Set<EntityDraft>([binding.type]);
  for (const cascade of evidence.cascades) {
    const { relation } = cascade;
    if (relation.parent !== binding.type || seen.has(relation.child)) continue;
    seen.add(relation.child);
    const where: Template = relationText(relation, 'x', binding.name);
    effects.push({ kind: 'delete-where', type: relation.child.name, where });
  }
  if (hierarchyOf(evidence, binding.type) !== undefined) {
    const [own, above] = [memberText('x', binding.type.field), memberText(binding.name, binding.type.field)];
    effects.push({ kind: 'delete-where', type: binding.type.name, where: `startsWith(${own}, ${above} + "/")` });
  }
  effects.push({ kind: 'delete', target: binding.name });
  const sweeps = evidence.cascades
    .filter((cascade) => cascade.sweep)
    .map((cascade): Effect => sweepEffect(cascade.relation));
  return sweeps.length === 0
    ? effects
    : [
        ...effects.filter((effect) => !sweeps.some((sweep) => isSameType(effect, sweep))),
        ...sweeps.sort(childrenFirst(evidence)),
      ];
}

/** Takes everything whose parent is not there. */
function sweepEffect(relation: Relation): Effect {
  const pair = relation.pairs[0] as Relation['pairs'][number];
  return {
    kind: 'delete-where',
    type: relation.child.name,
    where: `${memberText('x', pair.child)} != missing && entity(${quote(relation.parent.name)}, ${memberText('x', pair.child)}) == missing`,
  };
}

const isSameType = (a: Effect, b: Effect): boolean =>
  a.kind === 'delete-where' && b.kind === 'delete-where' && a.type === b.type;

/** One pass over the state that the deletion left: grandchildren are judged before their parents go. */
function childrenFirst(evidence: Evidence): (a: Effect, b: Effect) => number {
  const depth = (type: string, guard = 0): number => {
    const up = evidence.cascades.find((cascade) => cascade.sweep && cascade.relation.child.name === type);
    return up === undefined || guard > 8 ? 0 : 1 + depth(up.relation.parent.name, guard + 1);
  };
  const of = (effect: Effect): number => ('type' in effect ? depth(effect.type) : 0);
  return (a, b) => of(b) - of(a);
}
