// The analysing half of the compiler, in order: calls, XML answers, routes, stored bodies, operations, located answers, echoes, bulk
// calls, sites, entities, timeline, principals, relations, bindings. What it returns is what every synthesising pass works from.
import type { Recording } from '../recording/recording.ts';
import { normaliseCalls, type Call } from './calls/call.ts';
import { backfillBirths } from './timeline/backfill.ts';
import { unfoldBulkCalls } from './calls/bulk-calls.ts';
import { applyCascades } from './timeline/cascades.ts';
import { applyNamedDeletions } from './timeline/named-deletions.ts';
import { inferEntities } from './entities/entities.ts';
import { groupByRoute, inferBindings, type Evidence } from './evidence.ts';
import { inferHierarchies, placeFolders } from './entities/hierarchies.ts';
import { placeImplicitBirths } from './timeline/implicit.ts';
import { listingSites } from './entities/listings.ts';
import { inferPrincipals } from './timeline/principals.ts';
import { inferRelations } from './entities/relations.ts';
import { liftEchoes } from './calls/subject-echoes.ts';
import { liftLocations } from './calls/located.ts';
import { placeLateBirths } from './timeline/late-births.ts';
import { inferRequestScopes } from './timeline/request-scopes.ts';
import { inferRoutes } from './entities/routes.ts';
import { splitOperations } from './calls/operations.ts';
import { inferSelection, isSelected } from './calls/selections.ts';
import { collectSites } from './entities/sites.ts';
import { findOutsiders } from './timeline/outsiders.ts';
import { liftStoredBodies } from './calls/stored-bodies.ts';
import { buildTimeline } from './timeline/build-timeline.ts';
import { liftXmlAnswers } from './calls/xml-layouts.ts';

export function analyse(recordings: readonly Recording[], origin: string): Evidence {
  const heard = liftXmlAnswers(normaliseCalls(recordings, origin));
  const selection = inferSelection(heard);
  const isPart = (call: Call): boolean => selection !== undefined && isSelected(selection, call);
  const sent = heard.map((call) => (isPart(call) ? { ...call, answer: undefined } : call));
  const paths = inferRoutes(sent);
  const split = splitOperations(liftStoredBodies(sent, paths), paths);
  const located = liftEchoes(liftLocations(split.calls, split.routes, origin), split.routes);
  const { calls, routes } = unfoldBulkCalls(located, split.routes);
  const sites = collectSites(calls, routes);
  for (const listing of listingSites(sites, calls)) sites.delete(listing);
  const entities = inferEntities(calls, routes, sites);
  const hierarchies = inferHierarchies(entities, sites);
  const timeline = buildTimeline(calls, routes, sites, entities, hierarchies);
  const relations = inferRelations(entities, timeline);
  const evidence: Evidence = {
    origin,
    calls,
    routes,
    sites,
    entities,
    timeline,
    principals: inferPrincipals(calls),
    relations,
    bindings: inferBindings(calls, routes, entities, timeline),
    byRoute: groupByRoute(calls, routes),
    ...(selection === undefined ? {} : { selection }),
    cascades: [],
    unseenBirths: new Map(),
    hierarchies,
    folderBirths: new Map(),
  };
  placeFolders(evidence);
  inferRequestScopes(evidence);
  placeLateBirths(evidence);
  applyNamedDeletions(evidence);
  applyCascades(evidence);
  placeImplicitBirths(evidence);
  findOutsiders(evidence);
  timeline.rebind();
  backfillBirths(evidence);
  return evidence;
}
