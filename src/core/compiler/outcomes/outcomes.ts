// Pass "outcomes": the decision list that tells from the request and the world before how a route will answer.
import { equalJson, isArray, isObject, type Json } from '../../std/json.ts';
import { attributePaths, lastName, pathText } from '../entities/attribute-paths.ts';
import { headerValue } from '../../exchange/exchange.ts';
import { isRead, type Call } from '../calls/call.ts';
import type { EntityDraft } from '../entities/entity-draft.ts';
import { addTagPredicates } from '../types/entity-tags.ts';
import {
  ASKER,
  askerOf,
  boundLife,
  livesByKey,
  principalOf,
  requestSources,
  routeOf,
  tellingRequestHeaders,
  type BindingDraft,
  type Evidence,
} from '../evidence.ts';
import { bitCount, type Predicate } from '../explain/decision.ts';
import { memberText, quote } from '../explain/literal.ts';
import { folderOf } from '../entities/entity-listings.ts';
import { belowText, hierarchyOf } from '../entities/hierarchies.ts';
import { findPredicates } from '../explain/predicates.ts';
import { type Outcome } from './outcome-groups.ts';
import { addMeasures } from './measures.ts';
import { addTextShapes } from './text-shapes.ts';
import { scalarOf, type Sample } from '../explain/samples.ts';
import { related } from '../entities/relations.ts';
import { scalarText, siteId, valueAt } from '../entities/sites.ts';
import { bodyFields, bodyMembers, bodyValue } from '../calls/sent-values.ts';
import { type AddPredicate, type SentValue, addValidation } from './validation.ts';
import { attributesBefore, isRef } from '../timeline/timeline.ts';

export interface OutcomeRule {
  readonly outcome: Outcome;
  /** Condition, absent for what happens otherwise. */
  readonly when: string | undefined;
  /** Recorded calls that the rule decides rightly. */
  readonly support: number;
}

const CALLS_MAX = 240;

/** The decision list of a route: rules in order, the last one without condition. */
export function decideOutcomes(evidence: Evidence, outcomes: readonly Outcome[]): OutcomeRule[] {
  const main = [...outcomes].sort(
    (a, b) => Number(a.refused) - Number(b.refused) || b.calls.length - a.calls.length,
  )[0];
  if (main === undefined) return [];
  if (outcomes.length === 1) return [{ outcome: main, when: undefined, support: main.calls.length }];
  const labelled = outcomes.flatMap((outcome) => spread(outcome.calls, CALLS_MAX).map((call) => ({ call, outcome })));
  const samples: Sample[] = labelled.map(({ call }) => ({
    sources: requestSources(evidence, call),
    target: undefined,
    from: call.startedAt,
    until: call.endedAt,
  }));
  const predicates = [
    ...worldPredicates(
      evidence,
      labelled.map(({ call }) => call),
    ),
    ...findPredicates(samples),
  ];
  const masks = new Map<Outcome, bigint>();
  labelled.forEach(({ outcome }, i) => masks.set(outcome, (masks.get(outcome) ?? 0n) | (1n << BigInt(i))));
  const rules: OutcomeRule[] = [];
  let open = (1n << BigInt(labelled.length)) - 1n;
  for (let round = 0; round < 24; round++) {
    const left = outcomes.filter((outcome) => ((masks.get(outcome) as bigint) & open) !== 0n);
    if (left.length <= 1) {
      const last = left[0] ?? main;
      rules.push({ outcome: last, when: undefined, support: bitCount((masks.get(last) as bigint) & open) });
      return rules;
    }
    const errors = left.filter((outcome) => outcome !== main);
    const found =
      bestRule(predicates, errors, masks, open) ?? bestRule(predicates, [main], masks, open, EXCEPTIONS_MIN);
    if (found === undefined) break;
    rules.push({ outcome: found.outcome, when: found.text, support: found.hits });
    open &= ~found.covers;
  }
  const rest = outcomes.reduce(
    (a, b) => (bitCount((masks.get(b) as bigint) & open) > bitCount((masks.get(a) as bigint) & open) ? b : a),
    main,
  );
  rules.push({ outcome: rest, when: undefined, support: bitCount((masks.get(rest) as bigint) & open) });
  return rules;
}

function spread(calls: readonly Call[], max: number): readonly Call[] {
  if (calls.length <= max) return calls;
  const stride = calls.length / max;
  return Array.from({ length: max }, (_, i) => calls[Math.floor(i * stride)] as Call);
}

/** Services ask who it is before they look for what it is about, and that before they read what was sent. */
const PRECEDENCE = { principal: 400, subject: 200 } as const;

interface Found {
  readonly outcome: Outcome;
  readonly text: string;
  readonly hits: number;
  readonly covers: bigint;
}

/** What happens as a rule is told apart from what else happens by a word only where that was seen so often. */
const EXCEPTIONS_MIN = 2;
/** Conditions that cost less than this ask for no particular word. */
const WORD_COST_MIN = 1.3;

/** The condition of one or two predicates that decides most calls of one outcome and wrongly decides none, or few. */
function bestRule(
  predicates: readonly Predicate[],
  left: readonly Outcome[],
  masks: ReadonlyMap<Outcome, bigint>,
  open: bigint,
  exceptionsMin = 0,
): Found | undefined {
  let best: (Found & { score: number }) | undefined;
  const consider = (text: string, cost: number, holds: bigint, about?: Predicate['about']): void => {
    const covers = holds & open;
    if (covers === 0n || covers === open) return;
    if (cost > WORD_COST_MIN && exceptionsMin > 0 && bitCount(open & ~covers) < exceptionsMin) return;
    for (const outcome of left) {
      const own = masks.get(outcome) as bigint;
      const hits = bitCount(covers & own);
      if (hits === 0) continue;
      const wrong = bitCount(covers & ~own);
      const early = wrong === 0 && outcome.refused && about !== undefined ? PRECEDENCE[about] : 0;
      const score = hits * 3 + early - wrong * 14 - cost - (hits === 1 ? 2 : 0);
      if (score > 0 && (best === undefined || score > best.score)) best = { outcome, text, hits, covers, score };
    }
  };
  const literals = predicates.flatMap((predicate) => [
    { text: predicate.text, cost: predicate.cost * 0.5, holds: predicate.holds, about: predicate.about },
    {
      text: negate(predicate.text),
      cost: predicate.cost * 0.5 + 0.4,
      holds: ~predicate.holds,
      about: undefined,
    },
  ]);
  for (const literal of literals) consider(literal.text, literal.cost, literal.holds, literal.about);
  const useful = literals.filter((literal) => (literal.holds & open) !== 0n && (literal.holds & open) !== open);
  const byWorth = useful.sort((a, b) => a.cost - b.cost).slice(0, 90);
  for (let i = 0; i < byWorth.length; i++)
    for (let j = i + 1; j < byWorth.length; j++) {
      const a = byWorth[i] as (typeof byWorth)[number];
      const b = byWorth[j] as (typeof byWorth)[number];
      consider(`${a.text} && ${b.text}`, a.cost + b.cost + 3, a.holds & b.holds);
    }
  return best;
}

function negate(text: string): string {
  const simple = /^([^&|?]+) (==|!=) (missing|null|"[^"]*"|-?\d+(?:\.\d+)?|true|false)$/.exec(text);
  return simple === null
    ? `!(${text})`
    : `${simple[1] as string} ${simple[2] === '==' ? '!=' : '=='} ${simple[3] as string}`;
}

/** Predicates about the world: is the bound entity there, who asks, is a name taken, do references lead somewhere. */
function worldPredicates(evidence: Evidence, calls: readonly Call[]): Predicate[] {
  const first = calls[0] as Call;
  const route = routeOf(evidence, first);
  const predicates: Predicate[] = [];
  const add = (text: string, cost: number, test: (call: Call) => boolean, about?: Predicate['about']): void => {
    let holds = 0n;
    calls.forEach((call, i) => {
      if (test(call)) holds |= 1n << BigInt(i);
    });
    if (holds !== 0n && holds !== (1n << BigInt(calls.length)) - 1n)
      predicates.push({ text, cost, holds, ...(about === undefined ? {} : { about }) });
  };
  const bindings = evidence.bindings.get(route.id) ?? [];
  for (const binding of bindings)
    add(
      `${binding.name} == missing`,
      binding.prefix === undefined ? 2.2 : 1,
      (call) => boundLife(evidence, call, binding) === undefined,
      binding.name === ASKER ? 'principal' : 'subject',
    );
  if (evidence.askers?.routes.has(route.id) === true) {
    add(`${ASKER} == missing`, 1, (call) => askerOf(evidence, call) === undefined, 'principal');
    add(`${ASKER} != missing`, 1.2, (call) => askerOf(evidence, call) !== undefined, 'principal');
  }
  for (const binding of bindings) {
    const hierarchy = hierarchyOf(evidence, binding.type);
    if (hierarchy !== undefined)
      add(`size(${belowText(hierarchy, binding.name)}) > 0`, 2, (call) => {
        const life = boundLife(evidence, call, binding);
        const all = evidence.timeline.alive(binding.type, call.index);
        return life !== undefined && all.some((other) => folderOf(other.key) === life.key);
      });
  }
  for (const principal of evidence.principals.all)
    add(
      `principal.id == ${quote(principal.id)}`,
      1.5,
      (call) => principalOf(evidence, call) === principal,
      'principal',
    );
  add('body == missing', 2.5, (call) => call.body === undefined);
  addUniqueness(evidence, calls, bindings, add);
  addReferences(evidence, calls, add);
  addTypes(calls, add);
  addTextShapes(calls, bodyFields(calls), bodyValue, add);
  const naming = new Set(bindings.flatMap((binding) => binding.values));
  addValidation(
    calls,
    sentValues(calls).filter(({ expression }) => !naming.has(expression)),
    add,
  );
  addAgreement(evidence, calls, bindings, add);
  addMeasures(evidence, calls, bindings, sentValues(calls), add);
  addTagPredicates(evidence, calls, add);
  return predicates;
}

/** Is there a thing already whose attribute equals what the request sends, in the same scope? */
function addUniqueness(
  evidence: Evidence,
  calls: readonly Call[],
  bindings: readonly BindingDraft[],
  add: AddPredicate,
): void {
  const route = routeOf(evidence, calls[0] as Call);
  if (isRead(calls[0] as Call)) return;
  const statuses = new Set(calls.map((call) => call.status));
  const types = evidence.entities.types.filter(
    (type) =>
      [...type.sites].some((site) => [...statuses].some((status) => site.startsWith(`${siteId(route, status, '')}`))) ||
      bindings.some((binding) => binding.type === type && binding.prefix !== undefined),
  );
  const fields = bodyFields(calls);
  for (const type of types) {
    const paths = pathsOf(evidence, type);
    const relation = evidence.relations.find(
      (each) =>
        each.child === type &&
        bindings.some((binding) => binding.type === each.parent && binding.prefix !== undefined) &&
        each.by === 'scope',
    );
    const parent =
      relation === undefined
        ? undefined
        : bindings.find((binding) => binding.type === relation.parent && binding.prefix !== undefined);
    for (const [name, expression] of fields) {
      const path = paths.find((each) => lastName(each) === name);
      if (path === undefined) continue;
      const where = [`string(${pathText('x', path)}) == string(${expression})`];
      if (relation !== undefined && parent !== undefined)
        for (const pair of relation.pairs)
          where.push(`string(${memberText('x', pair.child)}) == ${pathValue(pair.child) ?? 'missing'}`);
      const named =
        name === type.field || type.key.includes(name) || /name|login|mail|slug|identifier|title|key|code/i.test(name);
      add(
        `${expression} != missing && rows(${quote(type.name)}).exists(x, ${where.join(' && ')})`,
        named ? 2.5 : 5,
        (call) => {
          const text = scalarText(bodyValue(call, expression));
          if (text === undefined) return false;
          const scope = parent === undefined ? undefined : boundLife(evidence, call, parent);
          return evidence.timeline
            .alive(type, call.index)
            .some(
              (life) =>
                scalarText(valueAt(attributesBefore(life, call.index), path)) === text &&
                (relation === undefined || scope === undefined || related(relation, life, scope, call.index)),
            );
        },
      );
    }
  }
}

/** Paths of attributes that things of a type were seen with. */
function pathsOf({ timeline }: Evidence, type: EntityDraft): string[] {
  const seen = timeline.lives.filter((life) => life.type === type).slice(0, LIVES_READ);
  const paths = seen.flatMap(({ versions }) =>
    [...attributePaths(versions[0]?.attributes ?? {})].map(([path]) => path),
  );
  return [...new Set(paths)];
}

const LIVES_READ = 30;

const pathValue = (attribute: string): string | undefined =>
  attribute.startsWith('$') ? memberText('path', attribute.slice(1)) : undefined;

/** Does every element of a list in the body name something that is there? */
function addReferences(evidence: Evidence, calls: readonly Call[], add: AddPredicate): void {
  for (const expression of bodyMembers(calls).values()) {
    const listOf = (call: Call): readonly Json[] | undefined => {
      const value = bodyValue(call, expression);
      return isArray(value) && value.every((item) => scalarOf(item) !== undefined) ? value : undefined;
    };
    const good = calls.filter((call) => !call.refused && (listOf(call) ?? []).length > 0);
    if (good.length < 2) continue;
    for (const type of evidence.entities.types) {
      if (type.key.length !== 1) continue;
      const there = (call: Call): boolean =>
        listOf(call)?.every((item) =>
          livesByKey(evidence, type.name, scalarOf(item) ?? '').some((life) => life.isAliveAt(call.index)),
        ) ?? true;
      if (!good.every(there)) continue;
      add(
        `${expression} != missing && !${expression}.all(e, entity(${quote(type.name)}, e) != missing)`,
        2,
        (call) => !there(call),
      );
    }
  }
}

function addTypes(calls: readonly Call[], add: AddPredicate): void {
  add('typeOf(body) == "list"', 2, (call) => isArray(call.body));
  for (const expression of bodyMembers(calls).values()) {
    const typeIn = (call: Call): string | undefined => {
      const value = bodyValue(call, expression);
      return value === undefined ? undefined : typeOfJson(value);
    };
    const seen = new Set(calls.map(typeIn).filter((type) => type !== undefined));
    if (seen.size < 2) continue;
    for (const type of seen) add(`typeOf(${expression}) == ${quote(type)}`, 2.5, (call) => typeIn(call) === type);
  }
}

function typeOfJson(value: Json | undefined): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'list';
  return typeof value === 'object'
    ? isObject(value)
      ? 'object'
      : 'number'
    : typeof value === 'boolean'
      ? 'boolean'
      : typeof value;
}

/** Scalars that bodies and queries send. What names an entity is judged by whether that is there. */
function sentValues(calls: readonly Call[]): SentValue[] {
  const queried = new Set(calls.flatMap((call) => Object.keys(call.query)));
  return [
    ...[...bodyFields(calls).values()].map((expression) => ({
      expression,
      read: (call: Call) => bodyValue(call, expression),
    })),
    ...[...queried].map((name) => ({ expression: memberText('query', name), read: (call: Call) => call.query[name] })),
  ];
}

const AGREEMENTS_MAX = 60;

/** In which requests say what they believe to be there. */
const CONDITION_HEADERS = ['if-match', 'if-none-match'];

/** An attribute of principals that refers to something, `principal.owner`. */
const refersTo = (evidence: Evidence, expression: string): boolean =>
  evidence.principals.all.some(({ attributes }) =>
    Object.entries(attributes).some(([name, value]) => isRef(value) && memberText('principal', name) === expression),
  );

/** Does what the request says equal what the bound entity holds (versions, compare and swap), or who asks own it? */
function addAgreement(
  evidence: Evidence,
  calls: readonly Call[],
  bindings: readonly BindingDraft[],
  add: AddPredicate,
): void {
  let count = 0;
  const said = new Map<string, (call: Call) => Json | undefined>();
  for (const { expression, read } of sentValues(calls)) said.set(expression, read);
  for (const name of tellingRequestHeaders(evidence, routeOf(evidence, calls[0] as Call).id))
    said.set(memberText('header', name), (call) => headerValue(call.requestHeaders, name));
  for (const name of CONDITION_HEADERS) {
    if (!calls.some((call) => headerValue(call.requestHeaders, name) !== undefined)) continue;
    const header = memberText('header', name);
    said.set(header, (call) => headerValue(call.requestHeaders, name));
    said.set(`replace(${header}, "\\"", "")`, (call) => headerValue(call.requestHeaders, name)?.replaceAll('"', ''));
  }
  for (const principal of evidence.principals.all)
    for (const name of Object.keys(principal.attributes))
      said.set(memberText('principal', name), (each) => principalOf(evidence, each).attributes[name]);
  for (const binding of bindings) {
    const names = new Set<string>();
    for (const call of calls) {
      const life = boundLife(evidence, call, binding);
      if (life !== undefined)
        for (const [path, value] of [
          ...attributePaths(attributesBefore(life, call.index)),
          ...Object.entries(attributesBefore(life, call.index)),
        ])
          if (!path.startsWith('$') && (scalarOf(value) !== undefined || isObject(value))) names.add(path);
    }
    for (const [expression, read] of said)
      for (const name of names) {
        if (count >= AGREEMENTS_MAX) return;
        // The names of who asks and of who made something may agree in many places; where they are called alike they mean it.
        const isOwner = expression.startsWith('principal') && lastName(name) === lastName(expression);
        if (expression.startsWith('principal') && !isOwner && !refersTo(evidence, expression)) continue;
        const agrees = (call: Call): boolean => {
          const life = boundLife(evidence, call, binding);
          const own = life === undefined ? undefined : valueAt(attributesBefore(life, call.index), name);
          const sent = read(call);
          if (own === undefined || sent === undefined) return false;
          return scalarOf(own) !== undefined ? scalarOf(own) === scalarOf(sent) : equalJson(own, sent);
        };
        const hits = calls.filter(agrees).length;
        if (hits === 0 || hits === calls.length) continue;
        count++;
        const text = expression.startsWith('principal')
          ? `${pathText(binding.name, name)} == ${expression}`
          : `${expression} != missing && string(${pathText(binding.name, name)}) == string(${expression})`;
        add(text, lastName(name) === /\w+(?=\W*$)/.exec(expression)?.[0] ? 2.5 : 4, agrees);
      }
  }
}
