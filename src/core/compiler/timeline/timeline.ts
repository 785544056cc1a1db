// The timeline: what the recording lets us believe about every entity, call by call. An answer shows an entity's
// attributes at that moment; a deletion ends it. Identity is (type, scope, key), never the bare value, and a key that
// comes back after a deletion is another life. The pass that finds all this is in build-timeline.ts.
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { type Expansion } from './expansions.ts';
import type { NameLists } from '../entities/name-lists.ts';

export interface Version {
  /** Index of the call after which the attributes hold. */
  readonly at: number;
  readonly attributes: JsonObject;
}

/** One existence of an entity: from its making, or from the beginning of the recording, to its end. */
export class Life {
  readonly type: EntityDraft;
  /** Key text, as refs carry it. */
  readonly key: string;
  firstSeen: number;
  origin: 'seed' | 'created' | 'implicit';
  readonly versions: Version[] = [];
  diedAt: number | undefined = undefined;
  lastSeen: number;
  /** The original was reset: it ended, and nothing in the API ended it. */
  wasReset = false;
  /** Index of the first call of its epoch: what is a seed was there from then on. */
  readonly since: number;

  constructor(type: EntityDraft, key: string, firstSeen: number, origin: Life['origin'], since: number) {
    this.since = since;
    this.type = type;
    this.key = key;
    this.firstSeen = firstSeen;
    this.lastSeen = firstSeen;
    this.origin = origin;
  }

  readonly marks = new Map<string, EntityDraft>();
  /** Calls after which not all attributes are known: the answer told of some, and nothing read them all before the next write. */
  readonly vague = new Set<number>();
  /** Attributes that an answer could have shown and did not: by name the index of the first such call. */
  readonly lacks = new Map<string, number>();
  /** Where it was first shown. */
  firstSite = '';
  /** The entity that it stood in where it was first shown. */
  inside: Life | undefined = undefined;
  /** Index of the call that ended an earlier life of the same name, which a read showed again. */
  returnedFrom: number | undefined = undefined;

  /** Notes under a hidden attribute which entity it belongs to. */
  mark(name: string, owner: Life): void {
    this.marks.set(name, owner.type);
    this.versions.forEach((version, at) => {
      this.versions[at] = { at: version.at, attributes: { ...version.attributes, [name]: owner.key } };
    });
  }

  /** Adds attributes that it had from the beginning to all versions that lack them, up to the first that has each. */
  complete(attributes: JsonObject): void {
    for (const [name, value] of Object.entries(attributes))
      for (const [at, version] of this.versions.entries()) {
        if (name in version.attributes) break;
        this.versions[at] = { at: version.at, attributes: { ...version.attributes, [name]: value } };
      }
  }

  /** There before the call of that index, as far as anybody knows. */
  isAliveAt(index: number): boolean {
    const began = this.origin === 'seed' ? this.since <= index : this.firstSeen < index;
    return began && (this.diedAt === undefined || this.diedAt >= index);
  }

  /** Made by nobody who was recorded, after the call of that index; it looked then as it was first seen. */
  cameFromOutside(index: number): void {
    this.bornAt(index);
    this.origin = 'implicit';
  }

  /** Made by an earlier call than the one that showed it first; it looked then as it was first seen. */
  bornAt(index: number): void {
    const first = this.versions[0];
    this.origin = 'created';
    this.firstSeen = index;
    if (first !== undefined) this.versions.unshift({ at: index, attributes: first.attributes });
  }
}

/** An entity as one answer showed it. */
export interface Sighting {
  readonly life: Life;
  readonly site: string;
  readonly pattern: string;
  /** Attributes shown there, refs in place of embedded entities. */
  readonly shown: JsonObject;
  readonly isNew: boolean;
  /** Shown as it was before the call, beside how it is after it. */
  readonly isOld: boolean;
  /** Members shown because the request asked for them. */
  readonly expanded: JsonObject;
  /** The object as it stood there, where it tells of the entity under other names and not of all of it. */
  readonly projected?: JsonObject;
}

export interface Timeline {
  readonly lives: readonly Life[];
  /** Sightings by call index, in order of the document. */
  readonly sightings: readonly (readonly Sighting[])[];
  /** Entity that a path prefix of the call names, as it was before the call: by prefix. */
  readonly bound: readonly ReadonlyMap<string, Life>[];
  /** Sites whose objects are mostly made by the call itself. */
  readonly creationSites: ReadonlySet<string>;
  /** Lists that name things, by site. */
  readonly nameLists: NameLists;
  /** What requests can ask to be shown besides, by site. */
  readonly expansions: ReadonlyMap<string, readonly Expansion[]>;
  /** Members that are left out when they are empty lists, by site. */
  readonly omissions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Answers with refs in place of entities. */
  readonly answers: readonly (Json | undefined)[];
  alive(type: EntityDraft, before: number): readonly Life[];
  /** Binds path prefixes anew, after a pass has corrected when lives ended. */
  rebind(): void;
}

export interface Ref {
  readonly $ref: string;
  readonly key: string;
}

export const isRef = (value: Json | undefined): value is JsonObject & Ref =>
  isObject(value) && typeof value['$ref'] === 'string';

export const attributesAt = (life: Life, index: number): JsonObject | undefined => {
  let found: JsonObject | undefined;
  for (const version of life.versions) {
    if (version.at > index) break;
    found = version.attributes;
  }
  return found;
};

/** Attributes before the call; for a seed not seen yet, those of its first sighting. */
export const attributesBefore = (life: Life, index: number): JsonObject =>
  attributesAt(life, index - 1) ?? (life.versions[0]?.attributes as JsonObject);
