// Members of objects that the service makes up anew in each answer of a kind: revisions, tokens, hashes inside an envelope.
import type { EffectContext } from '../effects/effect-draft.ts';
import { quote } from '../explain/literal.ts';
import type { Sample } from '../explain/samples.ts';
import { textGenerator } from './generated.ts';
import { nextRevision } from './revisions.ts';

/** Fewer examples may differ for another reason. */
const EXAMPLES_MIN = 4;

/** The expression that makes the values, by a generator of that name; undefined where they do not look made up. */
export function inferMadeUp(
  { generators }: EffectContext,
  name: string,
  samples: readonly Sample[],
): string | undefined {
  const texts = samples.map(({ target }) => target).filter((target) => typeof target === 'string');
  if (texts.length < samples.length || texts.length < EXAMPLES_MIN) return undefined;
  const counted = `${name} revision`;
  const revision = nextRevision(counted, samples);
  if (revision !== undefined) {
    generators.set(counted, revision.generator);
    return revision.text;
  }
  const generator = textGenerator(texts);
  if (generator === undefined || !texts.every((text) => /\d/.test(text) || text.length >= LETTERS_MIN))
    return undefined;
  generators.set(name, generator);
  return `gen(${quote(name)})`;
}

/** Shorter texts without a digit are words. */
const LETTERS_MIN = 12;
