// Pass "replies": what the answer of one outcome is made of: entities by view, lists by query, and for the rest
// expressions over the request, the entities and the facts of the list.
import { headerValue } from '../../exchange/exchange.ts';
import type { Query, ReplyHeader, Template } from '../../model/clone-model.ts';
import { keyOfMember } from '../../model/template.ts';
import { isPassingHeader } from '../../exchange/passing-headers.ts';
import { listParameters } from '../../exchange/request-view.ts';
import { isArray, type Json, type JsonObject } from '../../std/json.ts';
import { RESULTS } from '../calls/bulk-calls.ts';
import { isRead, type Call } from '../calls/call.ts';
import { searchFor, sampleFor, type EffectContext, type Effects } from '../effects/effect-draft.ts';
import { type EntityDraft } from '../entities/entity-draft.ts';
import { tagText } from '../types/entity-tags.ts';
import { subjectOf, addAttributeSources, boundLife, routeOf, type Evidence } from '../evidence.ts';
import { explain } from '../explain/explain.ts';
import { literalText, memberText, quote } from '../explain/literal.ts';
import { askedText } from '../timeline/expansions.ts';
import { relationText } from '../types/derive.ts';
import { explainListing } from '../effects/folders.ts';
import { hierarchyOf } from '../entities/hierarchies.ts';
import { related } from '../entities/relations.ts';
import { isPlainObject, type Sources } from '../explain/samples.ts';
import { isConditional, isTotal, placeAmongPages } from './list-numbers.ts';
import { replySources } from './reply-sources.ts';
import { nextRevision } from '../types/revisions.ts';
import { textGenerator } from '../types/generated.ts';
import { inferCount } from './counts.ts';
import { inferQuery } from './queries.ts';
import type { Outcome } from '../outcomes/outcome-groups.ts';
import { scalarText, siteId, stripSuffix } from '../entities/sites.ts';
import type { TypeModel } from '../types/type-models.ts';
import { attributesAt, isRef, type Life } from '../timeline/timeline.ts';

export interface ReplyDraft {
  readonly status: number;
  readonly headers: readonly ReplyHeader[];
  readonly body: Template | undefined;
  readonly text: string | undefined;
  readonly query: Query | undefined;
  readonly lets: ReadonlyMap<string, string>;
}

interface Node {
  readonly call: Call;
  readonly value: Json | undefined;
  readonly sources: Sources;
}

interface Progress {
  query: Query | undefined;
  /** Where the page of each list stands among all pages: numbers of `list`, by call index. */
  places: ReadonlyMap<number, Readonly<Record<string, number>>>;
  /** Values to keep before the effects run. */
  readonly lets: Map<string, string>;
}

export function inferReply(context: EffectContext, outcome: Outcome, effects: Effects): ReplyDraft {
  const { evidence } = context;
  const calls = spreadCalls(outcome.calls);
  const nodes = calls.map((call): Node => ({
    call,
    value: call.isStored === true ? undefined : (call.plainAnswer ?? evidence.timeline.answers[call.index]),
    sources: replySources(evidence, call, effects),
  }));
  const progress: Progress = { query: undefined, places: new Map(), lets: new Map() };
  const hasJson = nodes.some(({ value, call }) => value !== undefined && call.isLifted !== true);
  const body = hasJson ? explainNode(context, nodes, '$', progress) : undefined;
  const texts = calls.map((call) => call.answerText);
  const text =
    hasJson || texts.every((each) => each === undefined || each === '')
      ? undefined
      : explainText(context, nodes, texts);
  const headers = inferHeaders(context, nodes);
  const printed = JSON.stringify([body, text, headers]);
  for (const { name } of evidence.bindings.get(routeOf(evidence, calls[0] as Call).id) ?? [])
    if (new RegExp(`\\bold_${name}\\b`).test(printed)) progress.lets.set(`old_${name}`, name);
  return {
    status: outcome.status,
    headers,
    body,
    text,
    query: progress.query,
    lets: progress.lets,
  };
}

const REPLY_CALLS_MAX = 200;

function spreadCalls(calls: readonly Call[]): readonly Call[] {
  if (calls.length <= REPLY_CALLS_MAX) return calls;
  const stride = calls.length / REPLY_CALLS_MAX;
  return Array.from({ length: REPLY_CALLS_MAX }, (_, i) => calls[Math.floor(i * stride)] as Call);
}

function explainNode(context: EffectContext, nodes: readonly Node[], pattern: string, progress: Progress): Template {
  const values = nodes.map((node) => node.value);
  if (values.every((value) => value === RESULTS)) return 'results';
  const present = values.filter((value) => value !== undefined && value !== null);
  if (present.length > 0 && present.length === values.length) {
    if (values.every(isRef)) return explainEntity(context, nodes, pattern);
    if (values.every(isArray) && isEntityList(values as readonly (readonly Json[])[]))
      return explainList(context, nodes, pattern, progress);
    if (values.every(isPlainObject)) return explainObject(context, nodes, pattern, progress);
    const empty = values.every((value) => isArray(value) && value.length === 0)
      ? collectionType(context, nodes)
      : undefined;
    if (empty !== undefined && progress.query === undefined)
      return explainList(context, nodes, pattern, progress, empty);
  }
  const name = pattern.split('.').at(-1)?.replaceAll('[]', '') ?? '';
  const found = explain(
    nodes.map((node) => sampleFor(node.call, node.sources, node.value)),
    { ...searchFor(context, name), foreignIsUnknown: true },
  );
  if (isTotal(nodes, found.template)) return 'list.total';
  const place = found.misses > 0 || isConditional(found.template) ? placeAmongPages(nodes, progress.places) : undefined;
  if (place !== undefined) return place;
  const counted = found.misses > 0 && progress.query === undefined ? inferCount(context.evidence, nodes) : undefined;
  if (counted !== undefined && counted.hits > nodes.length - found.misses + 1) {
    progress.query = counted.query;
    return 'list.total';
  }
  if (present.length > 0 && present.every(isRef) && typeof found.template === 'string') {
    const view = siteView(context, nodes, pattern, present[0]?.$ref ?? '');
    if (view !== 'full') return `(${found.template} == null ? null : view(${quote(view)}, ${found.template}))`;
  }
  if (found.misses >= 2 && found.misses > 0.5 * nodes.length) {
    const generated = generatedText(context, nodes, pattern);
    if (generated !== undefined) return generated;
  }
  return found.template;
}

/** Text that the service made up for this one answer (ids of requests and errors). */
function generatedText(context: EffectContext, nodes: readonly Node[], pattern: string): string | undefined {
  if (!nodes.every((node) => typeof node.value === 'string')) return undefined;
  const name = `${routeOf(context.evidence, (nodes[0] as Node).call).id} ${pattern}`;
  const revision = nextRevision(
    `answer ${name}`,
    nodes.map((node) => sampleFor(node.call, node.sources, node.value)),
  );
  if (revision !== undefined) {
    context.generators.set(`answer ${name}`, revision.generator);
    return revision.text;
  }
  const generator = textGenerator(nodes.map((node) => node.value as string));
  if (generator === undefined) return undefined;
  const same = [...context.generators].find(
    ([, known]) => JSON.stringify(known) === JSON.stringify(generator) && !known.kind.startsWith('seq'),
  );
  const chosen = same !== undefined && same[0].startsWith('answer') ? same[0] : `answer ${name}`;
  context.generators.set(chosen, generator);
  return `gen(${quote(chosen)})`;
}

/** The type whose items stand below the path of a list that was always empty. */
function collectionType(context: EffectContext, nodes: readonly Node[]): string | undefined {
  const path = stripSuffix(routeOf(context.evidence, (nodes[0] as Node).call).path);
  const { call } = nodes[0] as Node;
  if (!isRead(call) || call.refused) return undefined;
  const type = context.evidence.entities.types.find(
    (each) =>
      [...each.prefixes].some(
        (prefix) => prefix.startsWith(`${path}/{`) && !prefix.slice(path.length + 1).includes('/'),
      ) ||
      [...each.sites].some(
        (site) =>
          context.evidence.timeline.creationSites.has(site) && stripSuffix(site.split(' ')[1] as string) === path,
      ),
  );
  return type?.name;
}

const isEntityList = (lists: readonly (readonly Json[])[]): boolean =>
  lists.some((list) => list.length > 0) && lists.every((list) => list.every(isRef));

function siteView(context: EffectContext, nodes: readonly Node[], pattern: string, type: string): string {
  const { evidence } = context;
  const draft = evidence.entities.types.find((each) => each.name === type);
  const model = draft === undefined ? undefined : (context.types.get(draft) as TypeModel);
  for (const node of nodes) {
    const view = model?.viewOf.get(siteId(routeOf(evidence, node.call), node.call.status, pattern));
    if (view !== undefined) return view;
  }
  return 'full';
}

function explainEntity(context: EffectContext, nodes: readonly Node[], pattern: string): Template {
  const found = explain(
    nodes.map((node) => sampleFor(node.call, node.sources, node.value)),
    {
      ...searchFor(context, pattern.split('.').at(-1) ?? ''),
      noLiterals: new Set(nodes.map((node) => JSON.stringify(node.value))).size > 1 || nodes.length < 3,
      noClock: true,
    },
  );
  const type = (nodes[0]?.value as { $ref?: string } | undefined)?.$ref ?? '';
  const view = siteView(context, nodes, pattern, type);
  const of =
    typeof found.template === 'string' ? (/^ref\((\w+)\)$/.exec(found.template)?.[1] ?? found.template) : 'missing';
  return withAsked(context, nodes, pattern, { $view: view, of }, of);
}

/** The answers show nothing of the things but their names. */
const isNameList = ({ evidence }: EffectContext, nodes: readonly Node[], pattern: string): boolean =>
  nodes.some(({ call }) => evidence.timeline.nameLists.has(siteId(routeOf(evidence, call), call.status, pattern)));

function explainList(
  context: EffectContext,
  nodes: readonly Node[],
  pattern: string,
  progress: Progress,
  emptyType = '',
): Template {
  const { evidence } = context;
  const refs = nodes.flatMap((node) => node.value as readonly { readonly $ref: string; readonly key: string }[]);
  const counts = new Map<string, number>();
  for (const ref of refs) counts.set(ref.$ref, (counts.get(ref.$ref) ?? 0) + 1);
  const type = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? emptyType;
  const stored = explain(
    nodes.map((node) => sampleFor(node.call, node.sources, node.value)),
    { ...searchFor(context, pattern.split('.').at(-1) ?? ''), noLiterals: true, noClock: true, depth: 0 },
  );
  const view = siteView(context, nodes, `${pattern}[]`, type);
  const shown: Template = isNameList(context, nodes, pattern)
    ? memberText('x', evidence.entities.types.find((one) => one.name === type)?.field ?? '')
    : { $view: view, of: 'x' };
  const each = withAsked(context, nodes, `${pattern}[]`, shown, 'x');
  if (emptyType === '' && stored.misses === 0 && typeof stored.template === 'string')
    return { $each: stored.template, as: 'x', do: each };
  const draft = evidence.entities.types.find((one) => one.name === type) as EntityDraft;
  const found = inferQuery(
    evidence,
    draft,
    nodes.map((node) => ({
      call: node.call,
      shown: (node.value as readonly { readonly key: string }[]).map((ref) => ref.key),
    })),
    (call) => (routeOf(evidence, call).operation === undefined ? listParameters(call) : {}),
  );
  progress.query = found.query;
  progress.places = new Map([...found.facts].map(([index, { place }]) => [index, place]));
  for (const node of nodes) {
    const facts = found.facts.get(node.call.index);
    if (facts === undefined) continue;
    node.sources.set('list.total', { value: facts.total, cost: 2 });
    node.sources.set('list.hasMore', { value: facts.hasMore, cost: 2 });
    node.sources.set('size(list.items)', { value: facts.size, cost: 2.5 });
    for (const [expression, attributes] of [
      ['list.following', facts.following],
      ['last(list.items)', facts.last],
    ] as const)
      for (const [name, value] of Object.entries(attributes ?? {}))
        if (scalarText(value) !== undefined && !name.startsWith('$'))
          node.sources.set(memberText(expression, name), { value, cost: 2.5 });
  }
  return { $each: 'list.items', as: 'x', do: each };
}

/** The view with what the request asks to be shown besides. */
function withAsked(
  context: EffectContext,
  nodes: readonly Node[],
  pattern: string,
  view: Template,
  variable: string,
): Template {
  const { evidence } = context;
  const route = routeOf(evidence, (nodes[0] as Node).call);
  const sites = [...new Set(nodes.map((node) => siteId(route, node.call.status, pattern)))];
  const expansions = sites.flatMap((site) => evidence.timeline.expansions.get(site) ?? []);
  if (expansions.length === 0) return view;
  const extra: Record<string, Template> = {};
  for (const expansion of expansions) {
    const type = evidence.entities.bySite.get(sites[0] as string);
    const hierarchy = type === undefined ? undefined : hierarchyOf(evidence, type);
    if (expansion.listing === true && hierarchy !== undefined) {
      const inner = siteView(context, nodes, `${pattern}.${expansion.member}[]`, hierarchy.type.name);
      const calls = nodes.map((node) => node.call);
      extra[expansion.member] = explainListing(context, hierarchy, calls, pattern, variable, inner);
      continue;
    }
    const samples = nodes.flatMap((node) =>
      (evidence.timeline.sightings[node.call.index] ?? [])
        .filter((sighting) => sighting.pattern === pattern && expansion.member in sighting.expanded)
        .map((sighting) => {
          const sources: Sources = new Map(node.sources);
          addAttributeSources(
            evidence,
            sources,
            variable,
            attributesAt(sighting.life, node.call.index) ?? {},
            node.call.index + 1,
            2,
          );
          addChildren(evidence, sources, variable, sighting.life, node.call.index);
          sources.set(`ref(${variable})`, {
            value: { $ref: sighting.life.type.name, key: sighting.life.key },
            cost: 3,
          });
          return sampleFor(node.call, sources, sighting.expanded[expansion.member]);
        }),
    );
    const found = explain(samples, { ...searchFor(context, expansion.member), noClock: true });
    if (typeof found.template === 'string')
      extra[expansion.member] = `(${askedText(expansion, memberText, quote)} ? ${found.template} : missing)`;
  }
  return { $merge: [view, extra] };
}

/** Everything that belongs to an entity, by each relation to it. */
function addChildren(evidence: Evidence, sources: Sources, variable: string, life: Life, index: number): void {
  for (const relation of evidence.relations) {
    if (relation.parent !== life.type || relation.by === 'ref-list') continue;
    const children = evidence.timeline
      .alive(relation.child, index + 1)
      .filter((child) => child.diedAt !== index && related(relation, child, life, index + 1));
    sources.set(
      `rows(${quote(relation.child.name)}).filter(c, ${relationText(relation, 'c', variable)}).map(c, ref(c))`,
      {
        value: children.map((child) => ({ $ref: child.type.name, key: child.key })),
        cost: 4,
      },
    );
  }
}

/** Member by member, lists first: their facts explain totals and markers. */
function explainObject(context: EffectContext, nodes: readonly Node[], pattern: string, progress: Progress): Template {
  const names = [...new Set(nodes.flatMap((node) => Object.keys(node.value as JsonObject)))];
  const members = new Map<string, Template>();
  const inner = (name: string): Node[] => nodes.map((node) => ({ ...node, value: (node.value as JsonObject)[name] }));
  const isList = (name: string): boolean =>
    inner(name).every((node) => isArray(node.value) || node.value === undefined) &&
    inner(name).some((node) => isArray(node.value) && node.value.some(isRef));
  if (names.length > 300) return { $literal: (nodes[0] as Node).value as never };
  for (const name of [...names].sort((a, b) => Number(isList(b)) - Number(isList(a)))) {
    const all = inner(name);
    const there = all.filter((node) => node.value !== undefined);
    if (there.length === all.length) members.set(name, explainNode(context, all, `${pattern}.${name}`, progress));
    else members.set(name, explainNode(context, all, `${pattern}.${name}`, progress));
  }
  return Object.fromEntries(names.map((name) => [keyOfMember(name), members.get(name) as Template]));
}

function explainText(context: EffectContext, nodes: readonly Node[], texts: readonly (string | undefined)[]): string {
  const found = explain(
    nodes.map((node, i) => sampleFor(node.call, node.sources, texts[i])),
    { ...searchFor(context, 'text'), noClock: true },
  );
  return typeof found.template === 'string' ? found.template : literalText(texts[0] ?? '');
}

function inferHeaders(context: EffectContext, nodes: readonly Node[]): ReplyHeader[] {
  const names = new Set(
    nodes.flatMap((node) => node.call.headers.map(([name]) => name)).filter((name) => !isPassingHeader(name)),
  );
  const headers: ReplyHeader[] = [];
  for (const name of names) {
    const values = nodes.map((node) => headerValue(node.call.headers, name));
    if (values.filter((value) => value !== undefined).length < 0.05 * nodes.length) continue;
    const value = explainHeader(context, nodes, name, values);
    if (value !== undefined) headers.push({ name, value });
  }
  return headers;
}

function explainHeader(
  context: EffectContext,
  nodes: readonly Node[],
  name: string,
  values: readonly (string | undefined)[],
): string | undefined {
  const distinct = new Set(values);
  if (distinct.size === 1) return values[0] === undefined ? undefined : quote(values[0]);
  const found = explain(
    nodes.map((node, i) => sampleFor(node.call, node.sources, values[i])),
    { ...searchFor(context, name), depth: 1, samplesMax: 60 },
  );
  if (found.misses === 0 && typeof found.template === 'string') return found.template;
  const present = values.filter((value): value is string => value !== undefined);
  const made = tagHeader(context, nodes, name) ?? madeUpHeader(context, name, [...new Set(present)]);
  if (made !== undefined && present.length === values.length) return made;
  if (made !== undefined && found.misses > 0.2 * present.length) {
    const shown = explain(
      nodes.map((node, i) => sampleFor(node.call, node.sources, values[i] !== undefined)),
      { ...searchFor(context, ''), depth: 1, samplesMax: 60, noClock: true },
    );
    const test = typeof shown.template === 'string' ? shown.template.replace(/^\((.*) \? true : false\)$/, '$1') : '';
    if (shown.misses === 0 && test !== '') return `(${test} ? ${made} : missing)`;
    return present.length >= 0.5 * values.length ? made : undefined;
  }
  if (typeof found.template === 'string' && found.misses < 0.5 * nodes.length) return found.template;
  return present.length === values.length ? quote(present[0] as string) : undefined;
}

/** The tag of the thing that the answers show, where it follows from nothing. */
function tagHeader({ evidence }: EffectContext, nodes: readonly Node[], name: string): string | undefined {
  const [first] = nodes;
  if (name !== 'etag' || first === undefined) return undefined;
  const subject = subjectOf(evidence, routeOf(evidence, first.call));
  // What the call itself makes goes by another name.
  if (subject === undefined || nodes.some(({ call }) => boundLife(evidence, call, subject) === undefined))
    return undefined;
  const path = stripSuffix(routeOf(evidence, first.call).path);
  return tagText(
    evidence,
    evidence.calls.filter((call) => stripSuffix(routeOf(evidence, call).path) === path),
  );
}

/** A value that the service makes up for each answer; of a cookie the value, between its name and its attributes. */
function madeUpHeader(context: EffectContext, name: string, values: readonly string[]): string | undefined {
  const draw = (texts: readonly string[]): string | undefined => {
    const generator = textGenerator(texts);
    if (generator === undefined) return undefined;
    const id = `header ${name} ${JSON.stringify(generator).length}`;
    context.generators.set(id, generator);
    return `gen(${quote(id)})`;
  };
  const parts = values.map((value) => /^([^=;\s]+=)([^;]*)(;.*)$/.exec(value));
  const [, before, , after] = parts[0] ?? [];
  if (parts.length < 2 || before === undefined || after === undefined) return draw(values);
  if (!parts.every((part) => part?.[1] === before && part[3] === after)) return draw(values);
  const inner = draw(parts.map((part) => part?.[2] ?? ''));
  return inner === undefined ? undefined : `${quote(before)} + ${inner} + ${quote(after)}`;
}
