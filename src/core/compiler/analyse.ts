// The analysing half of the compiler, in order: calls, XML answers, routes, stored bodies, operations, located answers, bulk
// calls, sites, entities, timeline, principals, relations, bindings. What it returns is what every synthesising pass works from.
import type { Recording } from '../recording/recording.ts';
import { normaliseCalls, type Call } from './call.ts';
import { backfillBirths } from './backfill.ts';
import { unfoldBulkCalls } from './bulk-calls.ts';
import { applyCascades } from './cascades.ts';
import { applyNamedDeletions } from './named-deletions.ts';
import { inferEntities } from './entities.ts';
import { groupByRoute, inferBindings, type Evidence } from './evidence.ts';
import { inferHierarchies, placeFolders } from './hierarchies.ts';
import { placeImplicitBirths } from './implicit.ts';
import { listingSites } from './listings.ts';
import { inferPrincipals } from './principals.ts';
import { inferRelations } from './relations.ts';
import { liftLocations } from './located.ts';
import { placeLateBirths } from './late-births.ts';
import { inferRequestScopes } from './request-scopes.ts';
import { inferRoutes } from './routes.ts';
import { splitOperations } from './operations.ts';
import { inferSelection, isSelected } from './selections.ts';
import { collectSites } from './sites.ts';
import { findOutsiders } from './outsiders.ts';
import { liftStoredBodies } from './stored-bodies.ts';
import { buildTimeline } from './build-timeline.ts';
import { liftXmlAnswers } from './xml-layouts.ts';

export function analyse(recordings: readonly Recording[], origin: string): Evidence {
  const heard = liftXmlAnswers(normaliseCalls(recordings, origin));
  const selection = inferSelection(heard);
  const isPart = (call: Call): boolean => selection !== undefined && isSelected(selection, call);
  const sent = heard.map((call) => (isPart(call) ? { ...call, answer: undefined } : call));
  const paths = inferRoutes(sent);
  const split = splitOperations(liftStoredBodies(sent, paths), paths);
  const located = liftLocations(split.calls, split.routes, origin);
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
