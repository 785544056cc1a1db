// What the compiler knows after each of its passes, as JSON that people can read: for looking into a model that is not what
// one expected. Values are cut down to what a pass added.
import { analyse } from '../compiler/analyse.ts';
import { originsOf, type Call } from '../compiler/calls/call.ts';
import { compile } from '../compiler/compile.ts';
import type { Evidence } from '../compiler/evidence.ts';
import { groupOutcomes } from '../compiler/outcomes/outcome-groups.ts';
import { decideOutcomes } from '../compiler/outcomes/outcomes.ts';
import { modelTypes } from '../compiler/types/type-models.ts';
import type { Rule, Service } from '../model/clone-model.ts';
import type { Recording } from '../recording/recording.ts';
import { MynahError } from '../std/errors.ts';
import type { Json, JsonObject } from '../std/json.ts';

type ShowPass = (evidence: Evidence, service: () => Service) => Json;

/** In the order in which they run. */
const PASSES: Readonly<Record<string, ShowPass>> = {
  normalise: ({ calls }) => calls.map(showCall),
  routes: (evidence) =>
    Object.fromEntries(
      [...evidence.byRoute].map(([id, calls]) => [
        id,
        { calls: calls.length, paths: distinct(calls.map(({ path }) => path)) },
      ]),
    ),
  sites: ({ sites }) =>
    Object.fromEntries(
      [...sites].map(([id, { nodes, fields }]) => [id, { objects: nodes.length, fields: Object.fromEntries(fields) }]),
    ),
  entities: ({ entities }) =>
    entities.types.map(({ name, key, lookups, fields, sites }) => ({
      name,
      key,
      lookups: lookups.map(({ prefix, attributes }) => ({ prefix, attributes })),
      fields: [...fields],
      sites: [...sites],
    })),
  timeline: ({ timeline, calls }) =>
    timeline.lives.map(({ type, key, origin, firstSeen, diedAt, versions }) => ({
      type: type.name,
      key,
      origin,
      first_seen: idAt(calls, firstSeen),
      ended: diedAt === undefined ? null : idAt(calls, diedAt),
      versions: versions.map(({ at, attributes }) => ({ after: idAt(calls, at), attributes })),
    })),
  principals: ({ principals, calls }) =>
    principals.all.map((principal) => ({
      id: principal.id,
      credential: principal.credential === undefined ? null : { ...principal.credential },
      calls: calls.filter((call) => principals.of[call.index] === principal).length,
    })),
  relations: ({ relations }) =>
    relations.map(({ child, parent, pairs, by }) => ({
      child: child.name,
      parent: parent.name,
      by,
      pairs: pairs.map((pair) => ({ ...pair })),
    })),
  bindings: ({ bindings }) =>
    Object.fromEntries(
      [...bindings].map(([route, drafts]) => [
        route,
        drafts.map(({ name, type, attributes, values }) => ({ name, type: type.name, attributes, values })),
      ]),
    ),
  cascades: (evidence) =>
    evidence.cascades.map(({ relation, gone, stayed, sweep }) => ({
      child: relation.child.name,
      parent: relation.parent.name,
      gone,
      stayed,
      sweep,
    })),
  types: (evidence) =>
    [...modelTypes(evidence).values()].map(({ draft, stored, derived, open, views }) => ({
      name: draft.name,
      stored,
      derived: Object.fromEntries(derived) as JsonObject,
      open,
      views: Object.fromEntries(views) as JsonObject,
    })),
  outcomes: (evidence) =>
    Object.fromEntries(
      [...evidence.byRoute].map(([route, calls]) => [
        route,
        decideOutcomes(evidence, groupOutcomes(calls)).map(({ outcome, when, support }) => ({
          status: outcome.status,
          calls: outcome.calls.length,
          when: when ?? null,
          support,
        })),
      ]),
    ),
  effects: (_evidence, service) => rulesShown(service(), ({ effects }) => effects as unknown as Json | undefined),
  replies: (_evidence, service) => rulesShown(service(), ({ reply }) => reply as unknown as Json),
  model: (_evidence, service) => service() as unknown as Json,
};

export const PASS_NAMES: readonly string[] = Object.keys(PASSES);

/**
 * What each service is after a pass, by origin.
 *
 * @throws {MynahError} ERR_USAGE for a pass that does not exist, ERR_COMPILE_FAILED where the compiler fails before its end
 */
export function passResults(recordings: readonly Recording[], pass: string): Readonly<Record<string, Json>> {
  const show = Object.hasOwn(PASSES, pass) ? PASSES[pass] : undefined;
  if (show === undefined)
    throw new MynahError('ERR_USAGE', `there is no pass "${pass}"; there are ${PASS_NAMES.join(', ')}`, { pass });
  try {
    return resultsOf(recordings, show);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `the compiler fails before the end of ${pass}: ${reason}; an earlier pass may show why`;
    throw new MynahError('ERR_COMPILE_FAILED', message, { pass }, error);
  }
}

function resultsOf(recordings: readonly Recording[], show: ShowPass): Readonly<Record<string, Json>> {
  let services: readonly Service[] | undefined;
  return Object.fromEntries(
    originsOf(recordings).map((origin) => [
      origin,
      show(analyse(recordings, origin), () => {
        services ??= compile(recordings).model.services;
        return services.find(({ origins }) => origins.includes(origin)) as Service;
      }),
    ]),
  );
}

const PATHS_SHOWN = 5;

function showCall({ id, session, method, path, query, body, bodyKind, status, answerKind }: Call): Json {
  return {
    id,
    session,
    method,
    path,
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(body === undefined ? {} : { [bodyKind]: body }),
    status,
    answer: answerKind,
  };
}

function rulesShown(service: Service, show: (rule: Rule) => Json | undefined): Json {
  const rules = service.routes.flatMap(({ guards = [], cases }) => [...guards, ...cases]);
  return Object.fromEntries(rules.flatMap((rule) => [[rule.id, show(rule) ?? []]]));
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].slice(0, PATHS_SHOWN);

const idAt = (calls: readonly Call[], index: number): string => calls[index]?.id ?? 'before';
