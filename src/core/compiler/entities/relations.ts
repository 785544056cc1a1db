// Pass "relations": which attribute of one type holds what names an entity of another: by ref, by scope of the path, or
// by equal values under a name that says so. Counts, lists of children and cascades rest on them.
import { type EntityDraft } from './entity-draft.ts';
import { type EntityTypes } from './entities.ts';
import { scalarText } from './sites.ts';
import { attributesBefore, isRef, type Life, type Timeline } from '../timeline/timeline.ts';
import { singular } from './words.ts';

export interface Relation {
  readonly child: EntityDraft;
  readonly parent: EntityDraft;
  /** Pairs of (attribute of the child, attribute of the parent) that agree. */
  readonly pairs: readonly { readonly child: string; readonly parent: string }[];
  /** The child's attribute is a ref, or a list of refs, to the parent. */
  readonly by: 'scope' | 'value' | 'ref' | 'ref-list';
}

export function inferRelations(entities: EntityTypes, timeline: Timeline): Relation[] {
  const relations: Relation[] = [];
  for (const child of entities.types) {
    const lives = timeline.lives.filter((life) => life.type === child);
    for (const parent of entities.types) {
      relations.push(...scopeRelations(child, parent, entities.direct, timeline.creationSites));
      if (parent.key.length === 1 && parent.field !== '')
        relations.push(...valueRelations(child, parent, lives, timeline));
    }
    relations.push(...refRelations(child, entities, lives));
  }
  return relations;
}

/** The path that names the parent is the beginning of the path that scopes the child. */
function scopeRelations(
  child: EntityDraft,
  parent: EntityDraft,
  direct: ReadonlySet<string>,
  makers: ReadonlySet<string>,
): Relation[] {
  const found: Relation[] = [];
  for (const lookup of parent.lookups) {
    if (lookup.params.length === 0) continue;
    const scoped =
      (child.owner === parent && lookup === parent.lookups[0]) ||
      child.lookups.some((own) => own.prefix.startsWith(`${lookup.prefix}/`)) ||
      [...child.sites].some(
        (site) =>
          makers.has(site) && direct.has(site) && (site.split(' ')[1] as string).startsWith(`${lookup.prefix}/`),
      );
    if (scoped && child !== parent)
      found.push({
        child,
        parent,
        by: 'scope',
        pairs: lookup.params.map((param, i) => ({ child: `$${param}`, parent: lookup.attributes[i] as string })),
      });
  }
  return found;
}

function valueRelations(
  child: EntityDraft,
  parent: EntityDraft,
  lives: readonly Life[],
  timeline: Timeline,
): Relation[] {
  const found: Relation[] = [];
  const key = parent.key[0] as string;
  const keys = new Set(timeline.lives.filter((life) => life.type === parent).map((life) => life.key));
  for (const attribute of child.fields) {
    if (child === parent && attribute === key) continue;
    if (child === parent && namesItself(lives, attribute)) continue;
    const values = new Set(
      lives.map((life) => scalarText(life.versions.at(-1)?.attributes[attribute])).filter((text) => text !== undefined),
    );
    if (values.size === 0) continue;
    const inside = [...values].filter((value) => keys.has(value)).length;
    const named = saysParent(attribute, parent.name);
    const telling = [...values].some((value) => value.length >= 8);
    if (inside >= 0.9 * values.size && ((named && inside >= 1) || (telling && inside >= 3)))
      found.push({ child, parent, by: 'value', pairs: [{ child: attribute, parent: key }] });
  }
  return found;
}

/** A second name of the entity's own key (`id` and `name` alike) leads to no other entity. */
const namesItself = (lives: readonly Life[], attribute: string): boolean =>
  lives.every((life) => [life.key, undefined].includes(scalarText(life.versions.at(-1)?.attributes[attribute])));

/** `postId`, `post_id`, `post` for Post. */
function saysParent(attribute: string, parent: string): boolean {
  const stem = attribute
    .replace(/(_id|Id|ID|_key|Key|_uuid)$/, '')
    .replaceAll('_', '')
    .toLowerCase();
  return stem !== '' && stem !== 'id' && (stem === parent.toLowerCase() || singular(stem) === parent.toLowerCase());
}

function refRelations(child: EntityDraft, entities: EntityTypes, lives: readonly Life[]): Relation[] {
  const found: Relation[] = [];
  const attributes = new Set(lives.flatMap((life) => Object.keys(life.versions.at(-1)?.attributes ?? {})));
  for (const attribute of attributes) {
    const targets = new Map<string, 'ref' | 'ref-list'>();
    for (const life of lives) {
      const value = life.versions.at(-1)?.attributes[attribute];
      if (isRef(value)) targets.set(value.$ref, 'ref');
      else if (Array.isArray(value)) for (const item of value) if (isRef(item)) targets.set(item.$ref, 'ref-list');
    }
    for (const [name, by] of targets) {
      const parent = entities.types.find((type) => type.name === name);
      if (parent !== undefined) found.push({ child, parent, by, pairs: [{ child: attribute, parent: '$key' }] });
    }
  }
  return found;
}

/** Does the child, as it was before the call, belong to the parent? */
export function related(relation: Relation, child: Life, parent: Life, index: number): boolean {
  const own = attributesBefore(child, index);
  const other = attributesBefore(parent, index);
  return relation.pairs.every((pair) => {
    const value = own[pair.child];
    if (relation.by === 'ref') return isRef(value) && value.$ref === parent.type.name && value.key === parent.key;
    if (relation.by === 'ref-list')
      return (
        Array.isArray(value) &&
        value.some((item) => isRef(item) && item.$ref === parent.type.name && item.key === parent.key)
      );
    const text = scalarText(value);
    return text !== undefined && text === (pair.parent === '$key' ? parent.key : parentText(other, pair.parent));
  });
}

function parentText(attributes: Life['versions'][number]['attributes'], path: string): string | undefined {
  const direct = scalarText(attributes[path]);
  if (direct !== undefined || !path.includes('.')) return direct;
  const head = attributes[path.split('.')[0] as string];
  return isRef(head) ? head.key : undefined;
}
