// Effects that change entities: attribute by attribute, from what is believed before a call and what is seen after it.
import { type Template } from '../../model/clone-model.ts';
import { compileTemplate } from '../../model/template.ts';
import { detectTimeFormat } from '../../std/clock.ts';
import { type Json, type JsonObject, equalJson, isArray } from '../../std/json.ts';
import { type Call } from '../calls/call.ts';
import { type ChangeDraft, type EffectContext, sameOptional, sampleFor, searchFor } from './effect-draft.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { stripSuffix } from '../entities/sites.ts';
import { type BindingDraft, type Evidence, boundLife, livesByKey, requestSources, routeOf } from '../evidence.ts';
import { type Explanation, explain } from '../explain/explain.ts';
import { memberText, quote } from '../explain/literal.ts';
import { type Sample, type Sources, addSources, isPlainObject, scalarOf } from '../explain/samples.ts';
import { inferMadeUp } from '../types/made-up-members.ts';
import { movingReads } from './moving-reads.ts';
import { nextRevision } from '../types/revisions.ts';
import { isFresh, shownAt, stateAfter, toldOnly } from '../timeline/states.ts';
import { type Life, attributesBefore, isRef } from '../timeline/timeline.ts';
import { type TypeModel } from '../types/type-models.ts';
import { writtenMembers } from '../calls/written-members.ts';

interface Change {
  readonly call: Call;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly sources: Sources;
  /** The only attributes known after the call, where not all are. */
  readonly told: ReadonlySet<string> | undefined;
}

/** Fewer examples than this of what was surely so before are too few to go by. */
const FRESH_MIN = 3;

/** `dying`: only how the entity is shown as it goes. */
export function explainChange(
  context: EffectContext,
  calls: readonly Call[],
  binding: BindingDraft,
  dying = false,
): ChangeDraft | undefined {
  const { evidence } = context;
  const model = context.types.get(binding.type) as TypeModel;
  const { readsBefore } = movingReads(evidence);
  const seen: (Change & { readonly fresh: boolean })[] = [];
  for (const call of calls) {
    const life = boundLife(evidence, call, binding);
    const after =
      life === undefined ? undefined : dying ? shownAt(evidence, call, life) : stateAfter(evidence, call, life);
    if (life === undefined || after === undefined) continue;
    const fresh = isFresh(evidence, call, life);
    const told = toldOnly(evidence, call, life);
    const known = attributesBefore(life, call.index);
    const before = dying ? known : withUnseen(evidence, life, call.index, known, after);
    const sources = requestSources(evidence, call);
    const reads = readsBefore.get(call.index);
    if (reads !== undefined) sources.set(READS, { value: Math.min(reads, READS_TOLD_MAX), cost: 3 });
    seen.push({ call, before, after, sources, fresh, told });
  }
  // Of its subject a route may be believed what it seems to change, even where others may have changed it unseen before.
  const fresh = seen.filter((change) => change.fresh);
  const all = fresh.length < FRESH_MIN && isSubject(evidence, calls, binding) ? seen : fresh;
  if (all.length === 0) return undefined;
  const whole = all.filter(({ told }) => told === undefined);
  const changes = whole.length > 0 ? whole : all;
  const names = [
    ...new Set(all.flatMap(({ before, after }) => [...Object.keys(before), ...Object.keys(after)])),
  ].filter((name) => !name.startsWith('$') && !model.derived.has(name));
  const set = new Map<string, Template>();
  const lets = drawCounters(context, binding.type, changes, set);
  const from = openSource(model, changes);
  const replace =
    from !== undefined &&
    changes.some(({ before, after }) => names.some((name) => before[name] !== undefined && after[name] === undefined));
  const last = new Set(names.filter((name) => all.some(({ after }) => isMoment(after[name]))));
  for (const name of [...names.filter((each) => !last.has(each)), ...last]) {
    if (set.has(name)) continue;
    const judged = all.filter(({ told }) => told === undefined || told.has(name));
    const changed = judged.filter(({ before, after }) => !sameOptional(before[name], after[name]));
    if (judged.length === 0 || (changed.length === 0 && !replace)) continue;
    if (
      from !== undefined &&
      judged.every(({ call, before, after }) =>
        sameOptional(after[name], mergedMember(call.body, before, name, replace)),
      )
    )
      continue;
    const template = explainAttribute(context, name, binding, judged, changed);
    if (template === undefined) {
      // What a client cannot write stays when all else is replaced.
      if (
        replace &&
        judged.some(({ before, after }) => after[name] !== undefined && sameOptional(before[name], after[name]))
      )
        set.set(name, memberText(binding.name, name));
      continue;
    }
    set.set(name, template);
    if (typeof template === 'string' && isState(judged, name)) addSettled(evidence, name, template, judged, lets);
  }
  for (const variable of [...lets.keys()])
    if (variable.startsWith('after_') && ![...set.values()].some((template) => uses(template, variable)))
      lets.delete(variable);
  const written = from === undefined ? partialUpdate(evidence, changes, binding, set) : undefined;
  if (written !== undefined)
    for (const name of model.echoed)
      if (
        !set.has(name) &&
        !model.derived.has(name) &&
        !binding.type.key.includes(name) &&
        changes.every(({ call, after }) => {
          const members = writtenMembers(call.body)?.members;
          return members === undefined || !(name in members) || sameOptional(members[name], after[name]);
        })
      )
        set.set(name, `coalesce(${memberText(written, name)}, ${memberText(binding.name, name)})`);
  if (set.size === 0 && from === undefined) return undefined;
  if ([...set.values(), ...lets.values()].some((template) => uses(template, READS))) countReads(binding, lets, set);
  return { kind: 'change', binding, lets, from, replace, set };
}

/** Name by which rules know how often their subject was read before, up to so many. */
const READS = 'reads';
const READS_TOLD_MAX = 5;

/** The entity keeps the count itself. */
function countReads({ name }: BindingDraft, lets: Map<string, string>, set: Map<string, Template>): void {
  const own = memberText(name, '$reads');
  const others = [...lets];
  lets.clear();
  for (const [variable, text] of [[READS, `coalesce(${own}, 0)`] as const, ...others]) lets.set(variable, text);
  set.set('$reads', `(${READS} < ${READS_TOLD_MAX} ? ${READS} + 1 : ${READS})`);
}

/** Members that nothing had shown before the call are believed to have been what they are after it. */
function withUnseen(evidence: Evidence, life: Life, index: number, before: JsonObject, after: JsonObject): JsonObject {
  const unseen = Object.entries(after).filter(([name]) => before[name] === undefined && !name.startsWith('$'));
  if (unseen.length === 0 || life.origin === 'seed') return before;
  const shown = new Set<string>();
  for (let at = life.firstSeen; at < index; at++)
    for (const sighting of evidence.timeline.sightings[at] ?? [])
      if (sighting.life === life)
        for (const name of evidence.sites.get(sighting.site)?.fields.keys() ?? []) shown.add(name);
  return { ...before, ...Object.fromEntries(unseen.filter(([name]) => !shown.has(name))) };
}

/** Where members are written that change the attributes of their names, so that others, never tried, will too. */
function partialUpdate(
  evidence: Evidence,
  changes: readonly Change[],
  binding: BindingDraft,
  set: ReadonlyMap<string, Template>,
): string | undefined {
  const calls = changes.map(({ call }) => call);
  if (!isSubject(evidence, calls, binding)) return undefined;
  const written = [...new Set(calls.map((call) => writtenMembers(call.body)?.expression))];
  return written.find(
    (expression) =>
      expression !== undefined &&
      [...set].some(
        ([name, template]) => typeof template === 'string' && template.includes(memberText(expression, name)),
      ),
  );
}

/** The binding is what the whole path of the route names, or what the request names and the answer shows. */
function isSubject(evidence: Evidence, calls: readonly Call[], binding: BindingDraft): boolean {
  const [first] = calls;
  if (first === undefined) return false;
  if (binding.prefix === undefined)
    return calls.every((call) => {
      const life = boundLife(evidence, call, binding);
      return (evidence.timeline.sightings[call.index] ?? []).some(
        (sighting) => sighting.life === life && evidence.entities.direct.has(sighting.site),
      );
    });
  return stripSuffix(routeOf(evidence, first).path) === binding.prefix;
}

/** Counters that the change advances: drawn first, so that what else follows from them is seen. */
function drawCounters(
  context: EffectContext,
  type: EntityDraft,
  changes: readonly Change[],
  set: Map<string, Template>,
): Map<string, string> {
  const lets = new Map<string, string>();
  for (const counter of context.counters) {
    const { attribute } = counter;
    if (!counter.onWrite || !counter.types.includes(type)) continue;
    if (
      changes.filter(({ before, after }) => !sameOptional(before[attribute], after[attribute])).length <
      0.8 * changes.length
    )
      continue;
    const variable = `next_${attribute.replace(/[^A-Za-z0-9]/g, '_')}`;
    context.generators.set(counter.name, counter.generator);
    lets.set(variable, `gen(${quote(counter.name)})`);
    set.set(attribute, variable);
    for (const { sources, after } of changes) addSources(sources, variable, after[attribute], 2.5, 0);
  }
  return lets;
}

function mergedMember(body: Json | undefined, before: JsonObject, name: string, replace: boolean): Json | undefined {
  const own = isPlainObject(body) ? body[name] : undefined;
  return own ?? (replace ? undefined : before[name]);
}

/** `body` where the type takes whatever a client writes: more than a name, which may be that of a copy. */
function openSource(model: TypeModel, changes: readonly Change[]): string | undefined {
  if (!model.open) return undefined;
  const { field } = model.draft;
  const isMoreThanName = ({ call: { body } }: Change): boolean =>
    isPlainObject(body) && Object.keys(body).some((name) => name !== field);
  if (!changes.some(isMoreThanName)) return undefined;
  const echoes = changes.every(
    ({ call, after }) =>
      isPlainObject(call.body) &&
      Object.entries(call.body).every(([name, value]) => sameOptional(after[name], value) || name === field),
  );
  return echoes ? 'body' : undefined;
}

const isMoment = (value: Json | undefined): boolean =>
  typeof value === 'string' && detectTimeFormat(value) !== undefined;

/** More different values than these are no states. */
const STATES_MAX = 8;

/** One of few words or of few entities referred to: what other attributes may depend on. */
function isState(changes: readonly Change[], name: string): boolean {
  const values = new Set(changes.map(({ after }) => JSON.stringify(after[name])));
  return (
    values.size >= 2 &&
    values.size <= STATES_MAX &&
    changes.every(({ after }) => isRef(after[name]) || scalarOf(after[name] ?? '') !== undefined)
  );
}

/** What the change makes of one attribute is known to those that follow (`closed_at` depends on the new state). */
function addSettled(
  evidence: Evidence,
  name: string,
  template: string,
  changes: readonly Change[],
  lets: Map<string, string>,
): void {
  const variable = `after_${name.replace(/[^A-Za-z0-9]/g, '_')}`;
  lets.set(variable, template);
  for (const { call, after, sources } of changes) {
    const value = after[name];
    if (value === undefined) continue;
    sources.set(variable, { value, cost: 4 });
    if (!isRef(value)) continue;
    const target = livesByKey(evidence, value.$ref, value.key).at(-1);
    if (target === undefined) continue;
    for (const [inner, member] of Object.entries(attributesBefore(target, call.index)))
      if (scalarOf(member) !== undefined)
        sources.set(memberText(`deref(${variable})`, inner), { value: member, cost: 4 });
  }
}

const uses = (template: Template, variable: string): boolean => compileTemplate(template).variables.includes(variable);

function explainAttribute(
  context: EffectContext,
  name: string,
  binding: BindingDraft,
  changes: readonly Change[],
  changed: readonly Change[],
): Template | undefined {
  const own = memberText(binding.name, name);
  const samples = changes.map(({ call, after, sources }) => sampleFor(call, sources, after[name]));
  const madeUp = (member: string, inner: readonly Sample[]): string | undefined =>
    inferMadeUp(context, `${binding.type.name}.${name}.${member}`, inner);
  const whole = explain(samples, { ...searchFor(context, name), own, madeUp });
  const isSelf = whole.template === own;
  if (isSelf) return undefined;
  if (whole.misses === 0 && worthwhile(whole, changes.length, changed.length)) return whole.template;
  const generator = `${binding.type.name}.${name} revision`;
  const revision = whole.misses > 0.3 * changes.length ? nextRevision(generator, samples) : undefined;
  if (revision !== undefined) {
    context.generators.set(generator, revision.generator);
    return revision.text;
  }
  const edited = explainListEdit(context, name, own, changes, changed);
  if (edited !== undefined) return edited;
  if (
    whole.misses < changed.length &&
    whole.misses <= 0.34 * changes.length &&
    worthwhile(whole, changes.length, changed.length)
  )
    return whole.template;
  return undefined;
}

/** A change seen once among many calls that left the value alone is somebody else's doing. */
const worthwhile = (found: Explanation, total: number, changed: number): boolean =>
  changed >= 2 || total <= 3 || (changed === 1 && found.cost < 12);

/** Lists to which something was added, or from which something was taken. */
function explainListEdit(
  context: EffectContext,
  name: string,
  own: string,
  changes: readonly Change[],
  changed: readonly Change[],
): Template | undefined {
  const edits = changed.map((change) => ({
    change,
    before: listOf(change.before[name]),
    after: listOf(change.after[name]),
  }));
  if (edits.length === 0 || edits.some(({ before, after }) => before === undefined || after === undefined))
    return undefined;
  const added = edits.map(({ before, after }) =>
    (after as readonly Json[]).filter((item) => !(before as readonly Json[]).some((other) => equalJson(item, other))),
  );
  const removed = edits.map(({ before, after }) =>
    (before as readonly Json[]).filter((item) => !(after as readonly Json[]).some((other) => equalJson(item, other))),
  );
  const only = (lists: readonly (readonly Json[])[], others: readonly (readonly Json[])[]): boolean =>
    lists.every((list) => list.length > 0) && others.every((list) => list.length === 0);
  const operation = only(added, removed) ? 'union' : only(removed, added) ? 'remove' : undefined;
  if (operation === undefined) return undefined;
  const parts = operation === 'union' ? added : removed;
  for (const single of [true, false]) {
    const usable = edits
      .map((edit, i) => ({ edit, part: parts[i] as readonly Json[] }))
      .filter(({ part }) => !single || part.length === 1);
    if (usable.length === 0 || (single && usable.length < edits.length)) continue;
    const samples = usable.map(({ edit, part }) => {
      const sources: Sources = new Map([...edit.change.sources].filter(([expression]) => expression !== own));
      return sampleFor(edit.change.call, sources, single ? (part[0] as Json) : part);
    });
    const found = explain(samples, { ...searchFor(context, name), noLiterals: samples.length < 3 });
    if (found.misses > 0 || typeof found.template !== 'string') continue;
    if (single)
      return operation === 'union' ? `union(${own}, [${found.template}])` : `remove(${own}, ${found.template})`;
    return operation === 'union' ? `union(${own}, ${found.template})` : `${own}.filter(e, !(e in ${found.template}))`;
  }
  if (
    operation === 'remove' &&
    edits.every(({ after }) => (after as readonly Json[]).length === 0) &&
    changes.length >= 2
  )
    return '[]';
  return undefined;
}

const listOf = (value: Json | undefined): readonly Json[] | undefined => (isArray(value) ? value : undefined);
