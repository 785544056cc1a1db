// Effects and answers of hierarchies: what is above a new thing is made with it, and listings show what is below.
import type { Template } from '../../model/clone-model.ts';
import type { Call } from '../calls/call.ts';
import { explainAttributes } from './creations.ts';
import { sampleFor, type EffectContext, type EffectDraft, type FoldersDraft } from './effect-draft.ts';
import { requestSources } from '../evidence.ts';
import { explain } from '../explain/explain.ts';
import { folderOf } from '../entities/entity-listings.ts';
import { hierarchyOf, listedText, TREE_VIEW, type Hierarchy } from '../entities/hierarchies.ts';
import type { Sources } from '../explain/samples.ts';
import { attributesAt, type Sighting } from '../timeline/timeline.ts';

/** Fewer births than this with what was put below prove nothing. */
const BIRTHS_MIN = 3;
/** Name of the path of what is made above. */
export const ABOVE_NAME = 'above';

/** What is made above the things that these calls make, where nothing is there yet. */
export function explainFolders(
  context: EffectContext,
  calls: readonly Call[],
  effects: readonly EffectDraft[],
): FoldersDraft | undefined {
  const { evidence } = context;
  const below = effects.find((effect) => effect.kind === 'create' && hierarchyOf(evidence, effect.type) !== undefined);
  if (below?.kind !== 'create') return undefined;
  const cases = calls.flatMap((call) =>
    (evidence.folderBirths.get(call.index) ?? []).map((life) => {
      const sources: Sources = requestSources(evidence, call);
      sources.set(ABOVE_NAME, { value: life.key, cost: 1 });
      return { call, life, attributes: attributesAt(life, call.index) ?? {}, sources };
    }),
  );
  if (cases.length < BIRTHS_MIN) return undefined;
  const made = explainAttributes(context, below.type, cases, 'above_');
  return made.sure.has(below.type.field) ? { kind: 'folders', of: below, ...pickMade(made) } : undefined;
}

const pickMade = ({ lets, set }: ReturnType<typeof explainAttributes>): Pick<FoldersDraft, 'lets' | 'set'> => ({
  lets,
  set,
});

/** Labelled examples that tell whether what is below what is below is listed too. */
const LABELS_MIN = 2;

/** The list of what is below an entity: with all that is below that, or without, as the request asks. */
export function explainListing(
  context: EffectContext,
  hierarchy: Hierarchy,
  calls: readonly Call[],
  pattern: string,
  variable: string,
  view: string,
): Template {
  const flat = listedText(hierarchy, variable, view);
  const tree = listedText(hierarchy, variable, TREE_VIEW);
  const labelled = calls.flatMap((call) => {
    const isDeep = depthOf(context, hierarchy, call, pattern);
    return isDeep === undefined ? [] : [sampleFor(call, requestSources(context.evidence, call), isDeep)];
  });
  const deep = labelled.filter(({ target }) => target === true).length;
  if (labelled.length < LABELS_MIN || deep === 0) return flat;
  if (deep === labelled.length) return tree;
  const found = explain(labelled, { name: '', depth: 1, noClock: true });
  const test =
    typeof found.template === 'string' ? /^\((.*) \? (true|false) : (true|false)\)$/.exec(found.template) : null;
  if (test === null || found.misses > 0.1 * labelled.length) return deep > 0.5 * labelled.length ? tree : flat;
  return test[2] === 'true' ? `(${test[1]} ? ${tree} : ${flat})` : `(${test[1]} ? ${flat} : ${tree})`;
}

/** Whether the answer shows what is below a listed thing; undefined where no listed thing has anything below it. */
function depthOf(
  context: EffectContext,
  { type, member }: Hierarchy,
  call: Call,
  pattern: string,
): boolean | undefined {
  const { evidence } = context;
  const listed = (evidence.timeline.sightings[call.index] ?? []).filter(
    (sighting: Sighting) => sighting.life.type === type && sighting.pattern === `${pattern}.${member}[]`,
  );
  if (listed.some(({ expanded }) => member in expanded)) return true;
  const full = listed.some(({ life }) =>
    evidence.timeline.lives.some(
      (other) => other.type === type && folderOf(other.key) === life.key && other.isAliveAt(call.index),
    ),
  );
  return full ? false : undefined;
}
