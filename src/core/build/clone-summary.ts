// What is in a clone, counted: services, the routes with their rules, entity types and the state at reset.
import type { CloneModel, Effect, EntityType, Route, Rule, Service } from '../model/clone-model.ts';

export interface RuleSummary {
  readonly id: string;
  readonly status: number;
  readonly when: string | null;
  /** `create Page`, `merge page`, `list Comment` … */
  readonly does: readonly string[];
  readonly provenance: Rule['provenance'] | null;
  readonly isLocked: boolean;
}

export interface RouteRules {
  readonly route: string;
  readonly rules: readonly RuleSummary[];
}

export interface TypeSummary {
  readonly name: string;
  readonly key: readonly string[];
  readonly views: readonly string[];
  readonly derived: readonly string[];
  /** Entities at reset. */
  readonly seeded: number;
}

export interface ServiceContents {
  readonly name: string;
  readonly origins: readonly string[];
  readonly principals: readonly string[];
  readonly types: readonly TypeSummary[];
  readonly routes: readonly RouteRules[];
  readonly errors: number;
}

export interface CloneSummary {
  readonly clock: CloneModel['clock'];
  readonly services: readonly ServiceContents[];
}

export function summariseClone({ clock, services }: CloneModel): CloneSummary {
  return { clock, services: services.map(summariseService) };
}

function summariseService(service: Service): ServiceContents {
  const { name, origins, principals, entities, routes, errors, seed } = service;
  return {
    name,
    origins,
    principals: principals.map(({ id }) => id),
    types: entities.map((type) => summariseType(type, seed[type.name]?.length ?? 0)),
    routes: routes.map(summariseRoute),
    errors: errors.length,
  };
}

const summariseType = ({ name, key, views, derived = {} }: EntityType, seeded: number): TypeSummary => ({
  name,
  key,
  views: Object.keys(views),
  derived: Object.keys(derived),
  seeded,
});

function summariseRoute({ method, path, guards = [], cases }: Route): RouteRules {
  return { route: `${method} ${path}`, rules: [...guards, ...cases].map(summariseRule) };
}

const summariseEffect = (effect: Effect): readonly string[] =>
  effect.kind === 'each'
    ? effect.do.flatMap(summariseEffect)
    : [`${effect.kind} ${'target' in effect ? effect.target : effect.type}`];

function summariseRule({ id, when, query, effects = [], reply, provenance, locked }: Rule): RuleSummary {
  const changes = effects.flatMap(summariseEffect);
  return {
    id,
    status: reply.status,
    when: when ?? null,
    does: [...(query === undefined ? [] : [`list ${query.type}`]), ...changes],
    provenance: provenance ?? null,
    isLocked: locked === true,
  };
}
