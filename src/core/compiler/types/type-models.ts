// Pass "types": an entity type as the model will have it: what is stored, what is derived, how it is shown, and whether
// it takes whatever a client writes.
import { isRead } from '../calls/call.ts';
import type { Template } from '../../model/clone-model.ts';
import { keyOfMember } from '../../model/template.ts';
import { equalJson, type Json, type JsonObject } from '../../std/json.ts';
import { deriveAttributes } from './derive.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import type { Evidence } from '../evidence.ts';
import { memberText, quote } from '../explain/literal.ts';
import { ABOVE, hierarchyOf, listedText, TREE_VIEW } from '../entities/hierarchies.ts';
import { isPlainObject } from '../explain/samples.ts';
import { projectionViews } from './projection-views.ts';
import { attributesAt, attributesBefore, type Sighting } from '../timeline/timeline.ts';
import { writtenMembers } from '../calls/written-members.ts';

export interface TypeModel {
  readonly draft: EntityDraft;
  readonly derived: ReadonlyMap<string, Template>;
  readonly stored: readonly string[];
  /** Members that no rule names are stored and shown as they were written. */
  readonly open: boolean;
  /** Attributes that came back as a client wrote them, under the same name. */
  readonly echoed: ReadonlySet<string>;
  /** View by site. */
  readonly viewOf: ReadonlyMap<string, string>;
  readonly views: Map<string, Template>;
}

export function modelTypes(evidence: Evidence): Map<EntityDraft, TypeModel> {
  const models = new Map(evidence.entities.types.map((draft) => [draft, modelType(evidence, draft)]));
  nameInnerViews(evidence, models);
  return models;
}

function modelType(evidence: Evidence, draft: EntityDraft): TypeModel {
  const { derived, stored } = deriveAttributes(evidence, draft);
  const open = isOpen(evidence, draft);
  const hierarchy = hierarchyOf(evidence, draft);
  const { views, viewOf } = chooseViews(evidence, draft, open, derived);
  if (hierarchy !== undefined) {
    const listed = { [keyOfMember(hierarchy.member)]: listedText(hierarchy, 'it', TREE_VIEW) };
    views.set(TREE_VIEW, { $merge: [views.get('full') ?? 'it', listed] });
  }
  for (const [site, template] of projectionViews(evidence, draft)) {
    const name = `view${views.size + 1}`;
    views.set(name, template);
    viewOf.set(site, name);
  }
  const above = hierarchy === undefined ? [] : [[ABOVE, `folder(${memberText('it', draft.field)})`] as const];
  return {
    draft,
    derived: new Map([...derived, ...above]),
    stored,
    open,
    echoed: echoedNames(evidence, draft),
    viewOf,
    views,
  };
}

/** Every member of every accepted body comes back as it was, over bodies of different members. */
function isOpen(evidence: Evidence, draft: EntityDraft): boolean {
  const shapes = new Set<string>();
  for (const [index, sightings] of evidence.timeline.sightings.entries()) {
    const call = evidence.calls[index];
    if (call === undefined || isRead(call) || !isPlainObject(call.body)) continue;
    for (const sighting of sightings) {
      if (sighting.life.type !== draft || !evidence.entities.direct.has(sighting.site) || sighting.site.endsWith('[]'))
        continue;
      const after = stateShown(sighting, index);
      if (after === undefined) continue;
      shapes.add(Object.keys(call.body).sort().join());
      if (!Object.entries(call.body).every(([name, value]) => equalJson(after[name], value as Json))) return false;
    }
  }
  return shapes.size >= 2;
}

/** What an answer shows, or where it only acknowledges, what the next read tells; undefined where nothing does. */
function stateShown({ life, shown, projected }: Sighting, index: number): JsonObject | undefined {
  if (projected === undefined) return shown;
  return life.vague.has(index) ? undefined : attributesAt(life, index);
}

function echoedNames(evidence: Evidence, draft: EntityDraft): Set<string> {
  const tallies = new Map<string, { same: number; other: number }>();
  for (const [index, sightings] of evidence.timeline.sightings.entries()) {
    const call = evidence.calls[index];
    const written = call === undefined || isRead(call) ? undefined : writtenMembers(call.body);
    if (written === undefined) continue;
    for (const sighting of sightings) {
      if (sighting.life.type !== draft || !evidence.entities.direct.has(sighting.site)) continue;
      const after = stateShown(sighting, index) ?? {};
      for (const [name, value] of Object.entries(written.members)) {
        if (!(name in after)) continue;
        const tally = tallies.get(name) ?? { same: 0, other: 0 };
        tallies.set(name, tally);
        if (equalJson(after[name], value as Json)) tally.same++;
        else tally.other++;
      }
    }
  }
  return new Set([...tallies].filter(([, { same, other }]) => same >= 2 && other === 0).map(([name]) => name));
}

/** What a place shows of so few things, and of most others withholds, is for somebody else to see. */
const RARE_SHARE_MAX = 0.15;
const WITHHELD_SHARE_MIN = 0.6;

/** Sites that show the same members share a view; `full` is the one of most direct sites. */
function chooseViews(
  evidence: Evidence,
  draft: EntityDraft,
  open: boolean,
  derived: ReadonlyMap<string, Template>,
): { views: Map<string, Template>; viewOf: Map<string, string> } {
  const shownBySite = new Map<string, { names: Map<string, number>; withheld: Map<string, number>; count: number }>();
  for (const [index, sightings] of evidence.timeline.sightings.entries()) {
    const call = evidence.calls[index];
    if (call?.isLifted === true || call?.plainAnswer !== undefined) continue;
    for (const { life, site, shown, isOld, projected } of sightings) {
      if (life.type !== draft || isOld || projected !== undefined) continue;
      const entry = shownBySite.get(site) ?? {
        names: new Map<string, number>(),
        withheld: new Map<string, number>(),
        count: 0,
      };
      shownBySite.set(site, entry);
      entry.count++;
      for (const name of Object.keys(shown)) entry.names.set(name, (entry.names.get(name) ?? 0) + 1);
      // A read changes nothing: what it does not show is still there.
      const known = {
        ...(call !== undefined && isRead(call) ? attributesBefore(life, index) : {}),
        ...attributesAt(life, index),
      };
      for (const name of Object.keys(known))
        if (!(name in shown)) entry.withheld.set(name, (entry.withheld.get(name) ?? 0) + 1);
    }
  }
  const groups: {
    names: Set<string>;
    required: Set<string>;
    sites: string[];
    weight: number;
    omitted: ReadonlySet<string>;
  }[] = [];
  const ordered = [...shownBySite].sort((a, b) => b[1].count - a[1].count);
  for (const [site, { names, withheld, count }] of ordered) {
    for (const [name, times] of [...names])
      if (times <= RARE_SHARE_MAX * count && (withheld.get(name) ?? 0) >= WITHHELD_SHARE_MIN * count)
        names.delete(name);
    const hides = (name: string): boolean => !names.has(name) && (withheld.get(name) ?? 0) >= Math.max(2, 0.3 * count);
    const required = new Set([...names].filter(([, n]) => n >= 0.8 * count).map(([name]) => name));
    const omitted = evidence.timeline.omissions.get(site) ?? new Set<string>();
    const group = groups.find(
      (each) =>
        [...omitted].every((name) => each.omitted.has(name) || !each.required.has(name)) &&
        [...each.omitted].every((name) => omitted.has(name) || !names.has(name)) &&
        [...each.required].every((name) => names.has(name)) &&
        [...required].every((name) => each.names.has(name)) &&
        ![...each.names].some(hides),
    );
    const weight = count * (evidence.entities.direct.has(site) ? 2 : 1);
    if (group === undefined) groups.push({ names: new Set(names.keys()), required, sites: [site], weight, omitted });
    else {
      for (const name of names.keys()) group.names.add(name);
      for (const name of [...group.required]) if (!required.has(name)) group.required.delete(name);
      group.sites.push(site);
      group.weight += weight;
    }
  }
  const direct = (sites: readonly string[]): boolean => sites.some((site) => evidence.entities.direct.has(site));
  groups.sort(
    (a, b) =>
      Number(direct(b.sites)) - Number(direct(a.sites)) ||
      (open ? b.names.size - a.names.size : 0) ||
      b.weight - a.weight,
  );
  const known = groups.flatMap((group) => [...group.names]);
  const commonEmbed = embeddedGroup(evidence, groups, shownBySite);
  const views = new Map<string, Template>();
  const viewOf = new Map<string, string>();
  groups.forEach((group, i) => {
    const embeds = i > 0 && i === commonEmbed;
    const name = i === 0 ? 'full' : embeds ? 'embedded' : `view${i + 1}`;
    const always = alwaysShown(group, groups);
    const members = [...known, ...derived.keys()];
    views.set(name, viewTemplate(group.names, open && i === 0, members, group.omitted, always));
    for (const site of group.sites) viewOf.set(site, name);
  });
  if (!views.has('full')) views.set('full', 'it');
  return { views, viewOf };
}

/** The group that most embedded sightings belong to: how the type looks inside others unless said otherwise. */
function embeddedGroup(
  evidence: Evidence,
  groups: readonly { readonly sites: readonly string[] }[],
  shownBySite: ReadonlyMap<string, { readonly count: number }>,
): number {
  const weights = groups.map((group) =>
    group.sites.reduce(
      (sum, site) => sum + (evidence.entities.direct.has(site) ? 0 : (shownBySite.get(site)?.count ?? 0)),
      0,
    ),
  );
  const highest = Math.max(0, ...weights);
  return highest === 0 ? -1 : weights.indexOf(highest);
}

/** Embedded entities that look otherwise than usual at the places where a view is used are rendered by their own view. */
function nameInnerViews(evidence: Evidence, models: ReadonlyMap<EntityDraft, TypeModel>): void {
  for (const model of models.values())
    for (const [view, template] of model.views) {
      const sites = [...model.viewOf].filter(([, name]) => name === view).map(([site]) => site);
      const isOpen = typeof template === 'string';
      const names = isOpen ? model.draft.fields : Object.keys((template ?? {}) as Record<string, Template>);
      const changed: Record<string, Template> = {};
      for (const name of names) {
        const member = isOpen ? memberText('it', name) : (template as Record<string, Template>)[name];
        const inner = typeof member === 'string' ? innerView(evidence, models, sites, name, member) : undefined;
        if (inner !== undefined) changed[name] = inner;
      }
      if (Object.keys(changed).length === 0) continue;
      model.views.set(view, isOpen ? { $merge: [template, changed] } : { ...(template as object), ...changed });
    }
}

/** How a member is shown at these sites, where that is another way than the usual one of what it holds. */
function innerView(
  evidence: Evidence,
  models: ReadonlyMap<EntityDraft, TypeModel>,
  sites: readonly string[],
  name: string,
  member: string,
): Template | undefined {
  let found: Template | undefined;
  for (const suffix of [`.${name}`, `.${name}[]`]) {
    const inner = sites.map((site) => `${site}${suffix}`).find((site) => evidence.entities.bySite.has(site));
    const model = inner === undefined ? undefined : models.get(evidence.entities.bySite.get(inner) as EntityDraft);
    const view = inner === undefined ? undefined : model?.viewOf.get(inner);
    const usual = model?.views.has('embedded') === true ? 'embedded' : 'full';
    if (view === undefined || view === usual) continue;
    found = suffix.endsWith('[]')
      ? { $each: member, as: 'r', do: { $view: view, of: 'r' } }
      : { $view: view, of: member };
  }
  return found;
}

/** Members that are shown here even when they are empty lists, while others leave them out then. */
function alwaysShown(
  { required }: { readonly required: ReadonlySet<string> },
  groups: readonly { readonly omitted: ReadonlySet<string> }[],
): ReadonlySet<string> {
  const omitted = groups.flatMap((group) => [...group.omitted]);
  return new Set(omitted.filter((name) => required.has(name)));
}

/** `known`: every member that any view shows; an open view shows what no view knows besides its own members. */
function viewTemplate(
  names: ReadonlySet<string>,
  open: boolean,
  known: readonly string[],
  omitted: ReadonlySet<string>,
  always: ReadonlySet<string>,
): Template {
  const hidden = [...new Set(known)].filter((name) => !names.has(name)).sort();
  if (open) {
    const left = [...omitted].map((name) => `(size(${memberText('it', name)}) > 0 ? missing : ${quote(name)})`);
    const all = [...hidden.map(quote), ...left];
    return all.length === 0 ? 'it' : `omit(it, [${all.join(', ')}])`;
  }
  return Object.fromEntries(
    [...names].map((name) => {
      const own = memberText('it', name);
      if (always.has(name) && !omitted.has(name)) return [keyOfMember(name), `coalesce(${own}, [])`];
      return [keyOfMember(name), omitted.has(name) ? `(size(${own}) > 0 ? ${own} : missing)` : own];
    }),
  );
}
