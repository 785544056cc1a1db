// Views of projections: how an object that tells of an entity under other names is rendered from its attributes.
import type { Template } from '../../model/clone-model.ts';
import type { Json } from '../../std/json.ts';
import type { Call } from '../calls/call.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { addAttributeSources, type Evidence } from '../evidence.ts';
import { explain } from '../explain/explain.ts';
import type { Sample, Sources } from '../explain/samples.ts';
import { attributesAt } from '../timeline/timeline.ts';

const SAMPLES_MAX = 80;

/** The view of each projection site of the type. */
export function projectionViews(evidence: Evidence, type: EntityDraft): Map<string, Template> {
  const samples = new Map<string, Sample[]>();
  for (const [index, sightings] of evidence.timeline.sightings.entries())
    for (const { life, site, projected, shown } of sightings) {
      if (life.type !== type || projected === undefined) continue;
      const call = evidence.calls[index] as Call;
      const group = samples.get(site) ?? [];
      samples.set(site, group);
      const sources: Sources = new Map();
      const known = life.vague.has(index) ? shown : { ...attributesAt(life, index), ...shown };
      addAttributeSources(evidence, sources, 'it', known, index + 1, 3);
      sources.set('ref(it)', { value: { $ref: type.name, key: life.key }, cost: 2 });
      group.push({ sources, target: projected as Json, from: call.startedAt, until: call.endedAt });
    }
  return new Map(
    [...samples].map(([site, group]) => [
      site,
      explain(group, { name: '', depth: 1, noClock: true, samplesMax: SAMPLES_MAX }).template,
    ]),
  );
}
