// Keys that are made of what the client calls a thing, with a number behind where the name is taken: `red-house`,
// `red-house-2`.
import type { EntityDraft } from '../entities/entity-draft.ts';
import type { Evidence } from '../evidence.ts';
import { explain, type ExplainOptions } from '../explain/explain.ts';
import { quote } from '../explain/literal.ts';
import type { Sample } from '../explain/samples.ts';
import { scalarText, valueAt } from '../entities/sites.ts';
import type { Life } from '../timeline/timeline.ts';

/** Share of the births that may follow another rule, and how few tell nothing. */
const MISSES_MAX = 0.1;
const BIRTHS_MIN = 3;

/** The expression of such a key; undefined where the births do not look like that. */
export function inferFreeName(
  evidence: Evidence,
  type: EntityDraft,
  attribute: string,
  samples: readonly (Sample & { readonly index: number })[],
  search: ExplainOptions,
): string | undefined {
  if (samples.length < BIRTHS_MIN || attribute.startsWith('$')) return undefined;
  const named = livesNamed(evidence, type, attribute);
  const separators = new Set<string>();
  const plain: Sample[] = [];
  for (const sample of samples) {
    const text = sample.target;
    if (typeof text !== 'string' || text === '') return undefined;
    const [, base, separator] = /^(.+?)([-_.]?)([2-9]|[1-9]\d+)$/.exec(text) ?? [];
    if (base === undefined || separator === undefined || !isTaken(named.get(base), sample.index)) plain.push(sample);
    else {
      separators.add(separator);
      plain.push({ ...sample, target: base });
    }
  }
  const found = explain(plain, { ...search, noLiterals: false, noClock: true });
  if (found.misses > MISSES_MAX * plain.length || typeof found.template !== 'string') return undefined;
  // Something that the client says must be in it: a constant names nothing.
  if (!/\b(body|query|path)\b/.test(found.template)) return undefined;
  return `free(${quote(type.name)}, ${quote(attribute)}, ${found.template}, ${quote([...separators][0] ?? '-')})`;
}

/** Lives of a type by what they were called. */
function livesNamed({ timeline }: Evidence, type: EntityDraft, attribute: string): Map<string, Set<Life>> {
  const named = new Map<string, Set<Life>>();
  for (const life of timeline.lives) {
    if (life.type !== type) continue;
    for (const { attributes } of life.versions) {
      const text = scalarText(valueAt(attributes, attribute));
      if (text !== undefined) named.set(text, (named.get(text) ?? new Set<Life>()).add(life));
    }
  }
  return named;
}

const isTaken = (named: ReadonlySet<Life> | undefined, index: number): boolean =>
  [...(named ?? [])].some((life) => life.isAliveAt(index));
