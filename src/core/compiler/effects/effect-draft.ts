// Effects while they are being found, and the samples that they are explained by.
import { type Generator, type Template } from '../../model/clone-model.ts';
import { type Json, equalJson } from '../../std/json.ts';
import { type Call } from '../calls/call.ts';
import { entityOf, entityWith } from '../types/derive.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { type BindingDraft, type Evidence } from '../evidence.ts';
import { type Search } from '../explain/candidates.ts';
import { type Sample, type Sources } from '../explain/samples.ts';
import { foreignTexts } from '../calls/foreign-texts.ts';
import { type SharedCounter } from '../types/shared-counters.ts';
import { type Life } from '../timeline/timeline.ts';
import { type TypeModel } from '../types/type-models.ts';

export interface CreateDraft {
  readonly kind: 'create';
  readonly type: EntityDraft;
  /** Name by which later effects and the reply know it. */
  readonly as: string;
  /** Site whose objects are the created ones. */
  readonly site: string;
  /** Condition under which it is made; always when absent. */
  readonly when: string | undefined;
  readonly lets: ReadonlyMap<string, string>;
  readonly from: string | undefined;
  readonly set: ReadonlyMap<string, Template>;
  /** Attributes explained in every example. */
  readonly sure: ReadonlySet<string>;
}

export interface ChangeDraft {
  readonly kind: 'change';
  readonly binding: BindingDraft;
  readonly lets: ReadonlyMap<string, string>;
  readonly from: string | undefined;
  readonly replace: boolean;
  readonly set: ReadonlyMap<string, Template>;
}

export interface DeleteDraft {
  readonly kind: 'delete';
  readonly binding: BindingDraft;
}

/** What is above a new thing in its hierarchy, made where it is not there yet. */
export interface FoldersDraft {
  readonly kind: 'folders';
  readonly of: CreateDraft;
  readonly lets: ReadonlyMap<string, string>;
  readonly set: ReadonlyMap<string, Template>;
}

export type EffectDraft = CreateDraft | ChangeDraft | DeleteDraft | FoldersDraft;

export interface Effects {
  readonly effects: readonly EffectDraft[];
  /** Values of created entities, by call index and site: what replies and later passes may refer to as `made`. */
  readonly made: ReadonlyMap<number, Life>;
}

export interface EffectContext {
  readonly evidence: Evidence;
  readonly types: ReadonlyMap<EntityDraft, TypeModel>;
  /** Generators of the service, by name; filled as creations are explained. */
  readonly generators: Map<string, Generator>;
  /** Counters that several types draw from. */
  readonly counters: readonly SharedCounter[];
}

export function searchFor(context: EffectContext, name: string): Search {
  return {
    name,
    foreign: foreignTexts(context.evidence),
    tuplesOf: (type) => {
      const draft = context.evidence.entities.types.find((each) => each.name === type);
      return draft === undefined
        ? []
        : draft.lookups
            .map((lookup) => lookup.attributes)
            .filter((tuple) => tuple.length > 1 || tuple[0] !== draft.key[0]);
    },
    entityWith: (type, attribute, value, sample) =>
      entityWith(context.evidence, type, attribute, value, (sample as IndexedSample).index ?? 0),
    entityOf: (ref, sample) => entityOf(context.evidence, ref, (sample as IndexedSample).index ?? 0),
  };
}

export interface IndexedSample extends Sample {
  readonly index: number;
}

export function sampleFor(call: Call, sources: Sources, target: Json | undefined): IndexedSample {
  return { sources, target, from: call.startedAt, until: call.endedAt, index: call.index };
}

export const sameOptional = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalJson(a, b);
