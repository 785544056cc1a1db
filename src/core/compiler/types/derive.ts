// Pass "derive": which attributes of a type follow from its other attributes (links, encoded ids, counts of children)
// and are therefore computed when shown and never stored. Attributes are settled from the shortest to the longest, and
// one may only be derived from those settled before it, so that nothing is derived from itself.
import { isRead } from '../calls/call.ts';
import type { Template } from '../../model/clone-model.ts';
import { RawNumber, isArray, type Json, type JsonObject } from '../../std/json.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { addAttributeSources, livesByKey, type Evidence } from '../evidence.ts';
import { explain } from '../explain/explain.ts';
import { memberText, quote, literalText } from '../explain/literal.ts';
import { isPlainObject, scalarOf, type Sample, type Sources } from '../explain/samples.ts';
import { related, type Relation } from '../entities/relations.ts';
import { valueAt } from '../entities/sites.ts';
import { attributesAt, attributesBefore, isRef, type Life, type Sighting } from '../timeline/timeline.ts';

export interface DerivedAttributes {
  readonly derived: ReadonlyMap<string, Template>;
  readonly stored: readonly string[];
}

interface Shown {
  readonly sighting: Sighting;
  readonly index: number;
  readonly from: number;
  readonly until: number;
}

const SHOWN_MAX = 160;

export function deriveAttributes(evidence: Evidence, type: EntityDraft): DerivedAttributes {
  const shown = pickShown(evidence, type);
  const names = attributeOrder(type, shown);
  const derived = new Map<string, Template>();
  const settled: string[] = [];
  const written = writtenNames(evidence, type);
  for (const name of names) {
    const holding = shown.filter(({ sighting }) => name in sighting.shown);
    const template = isOptional(shown, holding) ? undefined : derive(evidence, type, name, holding, settled, written);
    if (template !== undefined) derived.set(name, template);
    if (template === undefined || usesSources(template)) settled.push(name);
  }
  return { derived, stored: names.filter((name) => !derived.has(name)) };
}

/** Sometimes there and sometimes not at one site: what decides that is state. */
function isOptional(shown: readonly Shown[], holding: readonly Shown[]): boolean {
  const sites = new Set(holding.map(({ sighting }) => sighting.site));
  return shown.filter(({ sighting }) => sites.has(sighting.site)).length > holding.length;
}

/** Sightings spread over sites and lives. */
function pickShown(evidence: Evidence, type: EntityDraft): Shown[] {
  const bySite = new Map<string, Shown[]>();
  evidence.timeline.sightings.forEach((list, index) => {
    const call = evidence.calls[index];
    if (call === undefined) return;
    for (const sighting of list) {
      if (sighting.life.type !== type || sighting.isOld) continue;
      const group = bySite.get(sighting.site) ?? [];
      bySite.set(sighting.site, group);
      group.push({ sighting, index, from: call.startedAt, until: call.endedAt });
    }
  });
  const picked: Shown[] = [];
  const each = Math.max(6, Math.floor(SHOWN_MAX / (bySite.size || 1)));
  for (const group of bySite.values()) {
    const stride = Math.max(1, group.length / each);
    for (let at = 0; at < group.length; at += stride) picked.push(group[Math.floor(at)] as Shown);
  }
  return picked;
}

function attributeOrder(type: EntityDraft, shown: readonly Shown[]): string[] {
  const sizes = new Map<string, { sum: number; count: number; nested: boolean }>();
  for (const { sighting } of shown)
    for (const [name, value] of Object.entries(sighting.shown)) {
      const entry = sizes.get(name) ?? { sum: 0, count: 0, nested: false };
      sizes.set(name, entry);
      entry.count++;
      entry.sum += typeof value === 'string' ? value.length : 1;
      if (typeof value === 'object' && value !== null && !isRef(value)) entry.nested = true;
    }
  const rank = (name: string): number => {
    if (type.key.includes(name)) return -1;
    const entry = sizes.get(name);
    return entry === undefined ? 0 : entry.nested ? 1e6 : entry.sum / entry.count;
  };
  return [...sizes.keys()].sort((a, b) => rank(a) - rank(b));
}

/** Names that any client ever wrote: those may change although the recording never shows it. */
function writtenNames(evidence: Evidence, type: EntityDraft): Set<string> {
  const names = new Set<string>();
  const visit = (value: Json | undefined, depth: number): void => {
    if (!isPlainObject(value)) return;
    const entries = Object.entries(value);
    for (const [name, member] of entries) {
      names.add(name);
      if (depth > 0 && entries.length === 1) visit(member, depth - 1);
    }
  };
  for (const [route, calls] of evidence.byRoute) {
    const touches =
      (evidence.bindings.get(route) ?? []).some((binding) => binding.type === type) ||
      [...type.sites].some((site) => site.startsWith(`${route} `) && evidence.entities.direct.has(site));
    if (touches) for (const call of calls) if (!isRead(call)) visit(call.body, 1);
  }
  return names;
}

function derive(
  evidence: Evidence,
  type: EntityDraft,
  name: string,
  holding: readonly Shown[],
  settled: readonly string[],
  written: ReadonlySet<string>,
): Template | undefined {
  if (
    holding.length === 0 ||
    type.key.includes(name) ||
    type.lookups.some((lookup) => lookup.attributes.some((attribute) => attribute.split('.')[0] === name))
  )
    return undefined;
  const lives = new Set(holding.map(({ sighting }) => sighting.life));
  const values = new Set(holding.map(({ sighting }) => JSON.stringify(sighting.shown[name])));
  const whole = holding[0]?.sighting.shown[name];
  if (values.size === 1) {
    if (written.has(name) || lives.size < 3) return undefined;
    return literalTemplate(whole as Json);
  }
  const samples = holding.map((shown) => sampleOf(evidence, shown, name, settled));
  if (holding.every(({ sighting }) => numberOf(sighting.shown[name]) !== undefined) && !written.has(name))
    return countOf(evidence, type, name, holding);
  if (holding.every(({ sighting }) => typeof sighting.shown[name] === 'boolean') && !written.has(name)) {
    const any = anyOf(evidence, type, name, holding);
    if (any !== undefined) return any;
  }
  const children = childrenIn(evidence, type, name, holding);
  if (children !== undefined) return children;
  if (!holding.some(({ sighting }) => eligible(sighting.shown[name]))) return undefined;
  if (written.has(name) && !holding.some(({ sighting }) => isPlainObject(sighting.shown[name]))) return undefined;
  const found = explain(samples, { name, depth: 0, noClock: true, samplesMax: SHOWN_MAX });
  return found.misses === 0 && usesSources(found.template) ? found.template : undefined;
}

/** Only text composed of other values, or objects of such, is derived; plain copies are left to the effects. */
const eligible = (value: Json | undefined): boolean =>
  (typeof value === 'string' && value.length >= 3) || isPlainObject(value) || isRef(value);

function usesSources(template: Template): boolean {
  if (typeof template === 'string')
    return template.includes('it.') || template.includes('it[') || template.includes('deref(');
  if (typeof template !== 'object' || template === null) return false;
  return Object.values(template).some(usesSources);
}

function literalTemplate(value: Json): Template {
  return typeof value === 'object' && value !== null && !JSON.stringify(value).includes('"$ref"')
    ? { $literal: value as never }
    : literalText(value);
}

function sampleOf(evidence: Evidence, shown: Shown, name: string, settled: readonly string[]): Sample {
  const { sighting, index } = shown;
  const own: Record<string, Json> = {};
  const after = attributesAt(sighting.life, index) ?? sighting.shown;
  for (const attribute of settled) {
    // What was not known yet was, as far as anybody knows, what it was first seen to be.
    const later = sighting.life.versions.find(({ attributes }) => attribute in attributes)?.attributes;
    const value = sighting.shown[attribute] ?? after[attribute] ?? later?.[attribute];
    if (value !== undefined) own[attribute] = value;
  }
  for (const [attribute, value] of Object.entries(after)) if (attribute.startsWith('$')) own[attribute] = value;
  const sources: Sources = new Map();
  addAttributeSources(evidence, sources, 'it', own, index + 1, 3);
  return { sources, target: sighting.shown[name], from: shown.from, until: shown.until };
}

/** A list of everything that stands in a relation to the entity, in order of insertion. One sighting in ten may disagree. */
function childrenIn(
  evidence: Evidence,
  type: EntityDraft,
  name: string,
  holding: readonly Shown[],
): Template | undefined {
  const shown = holding.map(({ sighting }) => sighting.shown[name]);
  const child = shown.flatMap((list) => (isArray(list) ? list : []))[0];
  if (!isRef(child) || !shown.every((list) => isArray(list) && list.every((item) => isRef(item)))) return undefined;
  const lists = shown as readonly (readonly { readonly key: string }[])[];
  for (const relation of evidence.relations) {
    if (relation.parent !== type || relation.child.name !== child.$ref || relation.by !== 'scope') continue;
    const fits = holding.filter(({ sighting, index }, i) => {
      const there = childrenAt(evidence, relation, sighting.life, index).map(({ life }) => life.key);
      const keys = (lists[i] as readonly { readonly key: string }[]).map(({ key }) => key);
      return there.length === keys.length && keys.every((key) => there.includes(key));
    }).length;
    if (fits >= (relation.child.owner === type ? 0.8 : 0.9) * holding.length)
      return `rows(${quote(relation.child.name)}).filter(c, ${relationText(relation, 'c', 'it')}).map(c, ref(c))`;
  }
  return undefined;
}

interface Count {
  readonly text: string;
  readonly values: readonly number[];
}

const COUNTS_MAX = 60;

/**
 * A number that equals how many children stand in a relation to the entity, perhaps only those of one kind, or the sum
 * of two such counts. One sighting in forty may disagree: what is believed of children has gaps.
 */
function countOf(evidence: Evidence, type: EntityDraft, name: string, holding: readonly Shown[]): Template | undefined {
  const targets = holding.map(({ sighting }) => numberOf(sighting.shown[name]) as number);
  if (targets.filter((target) => target > 0).length < 2 || new Set(targets).size < 2) return undefined;
  const counts = countsOf(evidence, type, holding);
  const fits = (values: readonly number[]): number => values.filter((value, i) => value === targets[i]).length;
  const enough = Math.ceil(holding.length * 0.975);
  const single = counts
    .filter((count) => fits(count.values) >= enough)
    .sort((a, b) => fits(b.values) - fits(a.values))[0];
  if (single !== undefined) return single.text;
  let best: { text: string; hits: number } | undefined;
  for (const [i, a] of counts.entries())
    for (const b of counts.slice(i + 1)) {
      const hits = fits(a.values.map((value, at) => value + (b.values[at] as number)));
      if (hits >= enough && hits > (best?.hits ?? 0)) best = { text: `${a.text} + ${b.text}`, hits };
    }
  return best?.text;
}

const ANY_MIN = 5;

/** Whether anything stands in a relation to the entity. One sighting in ten may disagree: gaps in what is believed of children. */
function anyOf(evidence: Evidence, type: EntityDraft, name: string, holding: readonly Shown[]): Template | undefined {
  const targets = holding.map(({ sighting }) => sighting.shown[name] === true);
  const yes = targets.filter(Boolean).length;
  const fewer = Math.min(yes, targets.length - yes);
  if (fewer < ANY_MIN) return undefined;
  let best: { text: string; hits: number } | undefined;
  for (const { text, values } of countsOf(evidence, type, holding)) {
    const hits = values.filter((value, i) => value > 0 === targets[i]).length;
    const wrong = targets.length - hits;
    if (wrong <= 0.1 * targets.length && wrong <= 0.25 * fewer && hits > (best?.hits ?? 0))
      best = { text: `${text} > 0`, hits };
  }
  return best?.text;
}

/** Numbers of children by each relation, all of them and those of each kind, for every sighting. */
function countsOf(evidence: Evidence, type: EntityDraft, holding: readonly Shown[]): Count[] {
  const counts: Count[] = [];
  for (const relation of evidence.relations) {
    if (relation.parent !== type) continue;
    const tables = holding.map(({ sighting, index }) => childrenAt(evidence, relation, sighting.life, index));
    for (const filter of [undefined, ...childWords(tables)]) {
      const values = tables.map(
        (table) =>
          table.filter((child) => filter === undefined || scalarOf(child.attributes[filter.attribute]) === filter.word)
            .length,
      );
      if (counts.length < COUNTS_MAX && values.some((value) => value > 0))
        counts.push({ text: countTemplate(relation, filter), values });
    }
    for (const attribute of childNumbers(tables)) {
      const values = tables.map((table) =>
        table.reduce((sum, child) => sum + (numberOf(child.attributes[attribute]) ?? 0), 0),
      );
      if (counts.length < COUNTS_MAX && values.some((value) => value > 0))
        counts.push({ text: sumTemplate(relation, attribute), values });
    }
  }
  return counts;
}

interface Child {
  readonly life: Life;
  readonly attributes: JsonObject;
}

function childrenAt(evidence: Evidence, relation: Relation, parent: Life, index: number): Child[] {
  const found: Child[] = [];
  for (const life of evidence.timeline.alive(relation.child, index + 1)) {
    if (life.diedAt === index || !related(relation, life, parent, index + 1)) continue;
    found.push({ life, attributes: attributesAt(life, index) ?? (life.versions[0]?.attributes as JsonObject) });
  }
  return found;
}

interface ChildFilter {
  readonly attribute: string;
  readonly word: string;
}

function childWords(tables: readonly (readonly Child[])[]): ChildFilter[] {
  const words = new Map<string, Set<string>>();
  for (const table of tables)
    for (const child of table)
      for (const [attribute, value] of Object.entries(child.attributes)) {
        const word = scalarOf(value);
        if (word === undefined || word.length > 20 || attribute.startsWith('$')) continue;
        const set = words.get(attribute) ?? new Set<string>();
        words.set(attribute, set);
        if (set.size <= 5) set.add(word);
      }
  return [...words].flatMap(([attribute, set]) =>
    set.size >= 2 && set.size <= 5 ? [...set].map((word) => ({ attribute, word })) : [],
  );
}

const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : value instanceof RawNumber ? Number(value.text) : undefined;

/** Numbers that all children have and that differ. */
function childNumbers(tables: readonly (readonly Child[])[]): string[] {
  const children = tables.flat();
  const names = new Set(children.flatMap(({ attributes }) => Object.keys(attributes)));
  return [...names].filter((name) => {
    const values = new Set(children.map(({ attributes }) => numberOf(attributes[name])));
    return !name.startsWith('$') && !/(^|_)id$|Id$/.test(name) && values.size >= 2 && !values.has(undefined);
  });
}

/** `sum(rows("Line").filter(x, x.order.key == it["$key"]).map(x, x.amount))` */
const sumTemplate = (relation: Relation, attribute: string): string =>
  `sum(rows(${quote(relation.child.name)}).filter(x, ${relationText(relation, 'x', 'it')}).map(x, ${memberText('x', attribute)}))`;

/** `rows("Comment").filter(x, x["$issue"] == it.number).size()` */
function countTemplate(relation: Relation, filter: ChildFilter | undefined): string {
  const where = [relationText(relation, 'x', 'it')];
  if (filter !== undefined) where.push(`string(${memberText('x', filter.attribute)}) == ${quote(filter.word)}`);
  return `size(rows(${quote(relation.child.name)}).filter(x, ${where.join(' && ')}))`;
}

/** The condition under which `child` belongs to `parent`, both named by expressions. */
export function relationText(relation: Relation, child: string, parent: string): string {
  return relation.pairs
    .map((pair) => {
      const own = memberText(child, pair.child);
      if (relation.by === 'ref') return `${memberText(own, 'key')} == ${memberText(parent, '$key')}`;
      if (relation.by === 'ref-list') return `${own}.exists(r, r.key == ${memberText(parent, '$key')})`;
      const [head, ...rest] = pair.parent.split('.') as [string, ...string[]];
      const other = rest.reduce((text, name) => memberText(`deref(${text})`, name), memberText(parent, head));
      return `string(${own}) == string(${other})`;
    })
    .join(' && ');
}

/** The first living entity of a type with that value at a dotted path, as a ref, for the explainer. */
export function entityWith(
  evidence: Evidence,
  type: string,
  attribute: string,
  value: string,
  index: number,
): Json | undefined {
  const life = evidence.timeline.lives.find(
    (each) =>
      each.type.name === type &&
      each.isAliveAt(index) &&
      scalarOf(valueAt(attributesBefore(each, index), attribute)) === value,
  );
  return life === undefined ? undefined : { $ref: type, key: life.key };
}

/** Lives by ref, for the explainer. */
export function entityOf(evidence: Evidence, ref: Json, index: number): JsonObject | undefined {
  if (!isRef(ref)) return undefined;
  const life = livesByKey(evidence, ref.$ref, ref.key).find(
    (each) => each.diedAt === undefined || each.diedAt >= index,
  );
  return life === undefined ? undefined : (attributesAt(life, index) ?? life.versions[0]?.attributes);
}
