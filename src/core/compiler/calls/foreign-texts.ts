// Texts that belong to the recorded world alone: what a client wrote there once, before any answer had shown it, and the names
// of what was made there, once. No other world has them, unless a request says so again; an answer that can be explained by nothing
// but such a text rests on state that nobody understood.
import type { Json } from '../../std/json.ts';
import { isArray, isObject } from '../../std/json.ts';
import { isRead } from './call.ts';
import type { Evidence } from '../evidence.ts';

/** Shorter texts, and single words, are the words of an API as well. */
const LENGTH_MIN = 6;
const TELLING = /[\s\d]/;
/** What clients write again and again is a habit, and may be what the service writes too. */
const WRITTEN_MAX = 2;

const found = new WeakMap<Evidence, ReadonlyMap<string, number>>();

/** Each with the index of the first call that said it. */
export function foreignTexts(evidence: Evidence): ReadonlyMap<string, number> {
  let texts = found.get(evidence);
  if (texts === undefined) found.set(evidence, (texts = findForeign(evidence)));
  return texts;
}

function findForeign(evidence: Evidence): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  const written = new Map<string, number>();
  for (const call of evidence.calls) {
    const own = new Set(textsIn(call.body));
    if (!isRead(call))
      for (const text of own)
        if (written.has(text) || !first.has(text)) written.set(text, (written.get(text) ?? 0) + 1);
    for (const text of [...own, ...textsIn(call.answer)]) if (!first.has(text)) first.set(text, call.index);
  }
  const foreign = new Set([...written].filter(([, count]) => count <= WRITTEN_MAX).map(([text]) => text));
  const made = new Map<string, number>();
  for (const { key } of evidence.timeline.lives) made.set(key, (made.get(key) ?? 0) + 1);
  for (const { origin, key } of evidence.timeline.lives)
    if (origin !== 'seed' && made.get(key) === 1 && key.length >= LENGTH_MIN && TELLING.test(key)) foreign.add(key);
  return new Map([...foreign].map((text) => [text, first.get(text) ?? 0]));
}

/** Texts in a value that tell one thing from others. */
export function* textsIn(value: Json | undefined): Generator<string> {
  if (typeof value === 'string') {
    if (value.length >= LENGTH_MIN && TELLING.test(value)) yield value;
  } else if (isArray(value)) for (const element of value) yield* textsIn(element);
  else if (isObject(value)) for (const member of Object.values(value)) yield* textsIn(member as Json);
}
