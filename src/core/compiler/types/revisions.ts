// Revisions: text that counts the writes of one entity before a part that is made up (`3-9c8741eb…`, `W/"7-x1f…"`). The
// number is one more than that of the revision that the write found; the rest is generated.
import { type Generator } from '../../model/clone-model.ts';
import type { Json } from '../../std/json.ts';
import { textGenerator } from './generated.ts';
import { quote } from '../explain/literal.ts';
import type { Sample } from '../explain/samples.ts';

interface Revision {
  readonly number: number;
  readonly separator: string;
  readonly rest: string;
}

export function parseRevision(value: Json | undefined): Revision | undefined {
  const match = typeof value === 'string' ? /^(\d{1,9})([-.:_])([0-9A-Za-z]{6,64})$/.exec(value) : null;
  if (match === null) return undefined;
  return { number: Number(match[1]), separator: match[2] as string, rest: match[3] as string };
}

export interface NextRevision {
  readonly text: string;
  readonly generator: Generator;
}

/**
 * Expression of the revision after the one that a source holds, with draws from the generator called `name`; undefined
 * where the targets are no revisions, or follow no source.
 */
export function nextRevision(name: string, samples: readonly Sample[]): NextRevision | undefined {
  const targets = samples.map(({ target }) => parseRevision(target));
  const first = targets[0];
  if (first === undefined || targets.length < 2 || targets.some((each) => each?.separator !== first.separator))
    return undefined;
  const generator = textGenerator([...new Set(targets.map((each) => (each as Revision).rest))]);
  if (generator === undefined) return undefined;
  const expressions = [...(samples[0] as Sample).sources].sort((a, b) => a[1].cost - b[1].cost).map(([text]) => text);
  const source = expressions.find((expression) => {
    const follows = samples.filter(({ sources }, i) => {
      const before = parseRevision(sources.get(expression)?.value);
      return before?.separator === first.separator && before.number + 1 === targets[i]?.number;
    });
    return follows.length >= FOLLOWS_MIN * samples.length;
  });
  if (source === undefined) return undefined;
  const separator = quote(first.separator);
  const text = `string(number(first(split(string(${source}), ${separator}))) + 1) + ${separator} + gen(${quote(name)})`;
  return { text, generator };
}

const FOLLOWS_MIN = 0.8;
