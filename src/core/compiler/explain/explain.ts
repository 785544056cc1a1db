// Explains values by expressions: whole values first, then member by member where all examples are objects.
import type { Template } from '../../model/clone-model.ts';
import { compileTemplate, keyOfMember } from '../../model/template.ts';
import type { Json } from '../../std/json.ts';
import { findCandidates, type Candidate, type Search } from './candidates.ts';
import { decide, type Predicate } from './decision.ts';
import { LITERAL_LENGTH_MAX, literalText, quote } from './literal.ts';
import { isForeign } from './literal-candidates.ts';
import { mappings } from './mapped.ts';
import { findPredicates } from './predicates.ts';
import { isList, isPlainObject, type Sample } from './samples.ts';

export interface Explanation {
  readonly template: Template;
  readonly cost: number;
  /** Examples that the template does not reproduce. */
  readonly misses: number;
  readonly samples: number;
}

export interface ExplainOptions extends Search {
  /** Nested decisions allowed. */
  readonly depth?: number;
  readonly samplesMax?: number;
  /** How a member that nothing explains is made up by the service: an expression. */
  readonly madeUp?: (member: string, samples: readonly Sample[]) => string | undefined;
}

export const SAMPLES_MAX = 120;
const MEMBERS_MAX = 400;

export function explain(samples: readonly Sample[], options: ExplainOptions): Explanation {
  const chosen = stratify(samples, options.samplesMax ?? SAMPLES_MAX);
  return explainValue(chosen, options, undefined);
}

function explainValue(
  samples: readonly Sample[],
  options: ExplainOptions,
  known: readonly Predicate[] | undefined,
): Explanation {
  if (samples.length === 0) return { template: 'missing', cost: 0, misses: 0, samples: 0 };
  const candidates = findCandidates(samples, options);
  const all = (1n << BigInt(samples.length)) - 1n;
  let decision = decide(candidates, [], all, 0);
  const objects = samples.filter((sample) => isPlainObject(sample.target));
  const predicates = decision.misses > 0 && (options.depth ?? 2) > 0 ? (known ?? findPredicates(samples)) : [];
  if (decision.misses > 0 && objects.length === samples.length) {
    const members = explainMembers(samples, options, predicates.length > 0 ? predicates : undefined);
    if (members !== undefined && (members.misses < decision.misses || decision.misses > 0.3 * samples.length))
      return members;
  }
  if (decision.misses > 0) {
    const elements =
      explainMapped(samples, options) ??
      explainElements(samples, options, predicates.length > 0 ? predicates : undefined);
    if (elements !== undefined && elements.misses < decision.misses) {
      const branched = decide(candidates, predicates, all, options.depth ?? 2);
      return branched.misses <= elements.misses && branched.misses === 0
        ? { template: branched.text, cost: branched.cost, misses: 0, samples: samples.length }
        : elements;
    }
  }
  if (decision.misses > 0) {
    if (objects.length > 0 && objects.length < samples.length && predicates.length > 0)
      candidates.push(...objectCandidate(samples, options));
    decision = decide(candidates, predicates, all, options.depth ?? 2);
    const verbatim = explainVerbatim(samples, options);
    if (verbatim !== undefined && verbatim.misses < decision.misses) return verbatim;
  }
  return { template: decision.text, cost: decision.cost, misses: decision.misses, samples: samples.length };
}

/** The most frequent value, as it is, where it is too long to stand in an expression. */
function explainVerbatim(samples: readonly Sample[], search: Search): Explanation | undefined {
  const counts = new Map<string, { readonly value: Json; count: number }>();
  for (const { target } of samples) {
    const id = JSON.stringify(target) ?? '';
    if (target === undefined || id.length <= LITERAL_LENGTH_MAX || id.includes('"$ref"')) continue;
    const entry = counts.get(id) ?? { value: target, count: 0 };
    entry.count++;
    counts.set(id, entry);
  }
  const best = [...counts.values()].sort((a, b) => b.count - a.count)[0];
  if (best === undefined) return undefined;
  const template: Template =
    search.foreignIsUnknown === true && isForeign(best.value, samples, search)
      ? 'unknown()'
      : typeof best.value === 'string'
        ? literalText(best.value)
        : { $literal: best.value as never };
  return { template, cost: VERBATIM_COST, misses: samples.length - best.count, samples: samples.length };
}

const VERBATIM_COST = 12;

/** Where only some examples are objects: how those come to be, for a branch. */
function objectCandidate(samples: readonly Sample[], options: ExplainOptions): Candidate[] {
  const objects = samples.filter((sample) => isPlainObject(sample.target));
  const found = explainMembers(objects, { ...options, depth: 0 }, undefined);
  const text = found === undefined || found.misses > 0 ? undefined : templateText(found.template);
  if (found === undefined || text === undefined) return [];
  const hits = samples.reduce((bits, { target }, i) => (isPlainObject(target) ? bits | (1n << BigInt(i)) : bits), 0n);
  return [{ text, cost: found.cost, hits }];
}

/** A template of expressions as one expression. */
function templateText(template: Template): string | undefined {
  if (typeof template === 'string') return template;
  if (typeof template !== 'object' || template === null) return String(template);
  if (Array.isArray(template)) {
    const elements = (template as readonly Template[]).map(templateText);
    return elements.includes(undefined) ? undefined : `[${elements.join(', ')}]`;
  }
  const members: string[] = [];
  const { $each: list, as: element, do: inner } = template as Record<string, Template>;
  if (typeof list === 'string' && typeof element === 'string' && inner !== undefined) {
    const text = templateText(inner);
    return text === undefined ? undefined : `${list}.map(${element}, ${text})`;
  }
  for (const [name, member] of Object.entries(template as Record<string, Template>)) {
    const text = name.startsWith('$') ? undefined : templateText(member);
    if (text === undefined) return undefined;
    members.push(`${quote(name)}: ${text}`);
  }
  return `{${members.join(', ')}}`;
}

/** Member by member; the examples missed are those where any member is. */
function explainMembers(
  samples: readonly Sample[],
  options: ExplainOptions,
  known: readonly Predicate[] | undefined,
): Explanation | undefined {
  const names = new Set<string>();
  for (const sample of samples)
    if (isPlainObject(sample.target)) for (const name of Object.keys(sample.target)) names.add(name);
  if (names.size > MEMBERS_MAX || names.size === 0) return undefined;
  const template: Record<string, Template> = {};
  let cost = 1;
  let misses = 0;
  for (const name of names) {
    const inner = samples.map((sample) => ({ ...sample, target: (sample.target as Record<string, Json>)[name] }));
    let member = explainValue(inner, { ...options, name }, known);
    const made = member.misses > MADE_UP_MISSES_MIN * inner.length ? options.madeUp?.(name, inner) : undefined;
    if (made !== undefined) member = { template: made, cost: MADE_UP_COST, misses: 0, samples: inner.length };
    template[keyOfMember(name)] = member.template;
    cost += member.cost;
    misses = Math.max(misses, member.misses);
  }
  return { template, cost, misses, samples: samples.length };
}

/** What explains some of the examples may be chance; what is made up is never the same twice. */
const MADE_UP_MISSES_MIN = 0.5;
const MADE_UP_COST = 6;

const ELEMENTS_MAX = 8;
/** Lists that differ more in length hold what was put there, not parts of one thing. */
const OPTIONAL_ELEMENTS_MAX = 1;

/** Lists of different lengths whose elements come from those of one list: only where that explains all of them. */
function explainMapped(samples: readonly Sample[], options: ExplainOptions): Explanation | undefined {
  for (const { list, element, samples: inner } of mappings(samples)) {
    const found = explainValue(inner, { ...options, noClock: true }, undefined);
    if (found.misses === 0 && namesElement(found.template, element))
      return {
        template: { $each: list, as: element, do: found.template },
        cost: found.cost + 2,
        misses: 0,
        samples: samples.length,
      };
  }
  return undefined;
}

const namesElement = (template: Template, element: string): boolean =>
  compileTemplate(template).variables.includes(element);

/** Element by element, where all lists hold objects; an element that not all lists have is missing in the others. */
function explainElements(
  samples: readonly Sample[],
  options: ExplainOptions,
  known: readonly Predicate[] | undefined,
): Explanation | undefined {
  const lists = samples.flatMap(({ target }) => (isList(target) && target.every(isPlainObject) ? [target] : []));
  const lengths = lists.map(({ length }) => length);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  if (lists.length < samples.length || shortest === 0 || longest > ELEMENTS_MAX) return undefined;
  if (longest > shortest + OPTIONAL_ELEMENTS_MAX) return undefined;
  const template: Template[] = [];
  let cost = 1;
  let misses = 0;
  for (let at = 0; at < longest; at++) {
    const inner = samples.map((sample) => ({ ...sample, target: (sample.target as readonly Json[])[at] }));
    const element = explainValue(inner, options, known);
    template.push(element.template);
    cost += element.cost;
    misses = Math.max(misses, element.misses);
  }
  return { template, cost, misses, samples: samples.length };
}

/** Of answers that come again and again, so many examples must be among the chosen: alone they would pass for slips. */
const REPEATED_SHOWN = 4;

/**
 * At most `max` examples: some of what repeats (a default among names that are all different), then spread over distinct
 * targets, then evenly.
 */
function stratify(samples: readonly Sample[], max: number): readonly Sample[] {
  if (samples.length <= max) return samples;
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const id = (JSON.stringify(sample.target) ?? 'missing').slice(0, 200);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [sample]);
    else group.push(sample);
  }
  const repeated = [...groups.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length);
  const chosen = new Set(repeated.flatMap((group) => group.slice(0, REPEATED_SHOWN)).slice(0, max / 2));
  for (let round = 0; chosen.size < max; round++) {
    let added = false;
    for (const group of groups.values()) {
      const sample = group[round];
      if (sample === undefined || chosen.size >= max) continue;
      chosen.add(sample);
      added = true;
    }
    if (!added) break;
  }
  return [...chosen];
}
