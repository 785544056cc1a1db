// Texts taken apart into words and what stands between them.

/** Ids, times, versions, host names: letters and digits with inner punctuation. */
const WORD = /[A-Za-z0-9_-](?:[A-Za-z0-9_.+=$~:-]*[A-Za-z0-9=_-])?/g;
const PART = /[_.:+=-]/;

/** Words of a text and the parts of compound words, in order. */
export function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.matchAll(WORD)) {
    yield word;
    if (PART.test(word)) for (const part of word.split(/[_.:+=-]/)) if (part !== '') yield part;
  }
}

/** A text as alternating gaps and words: gaps at even places, words at odd ones. */
export function splitWords(text: string): readonly string[] {
  return splitBy(text, WORD);
}

/** A compound word as its parts and, at odd places, what joins them. */
export function splitParts(word: string): readonly string[] {
  return word.split(/([_.:+=-])/);
}

function splitBy(text: string, pattern: RegExp): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    pieces.push(text.slice(at, match.index), match[0]);
    at = match.index + match[0].length;
  }
  pieces.push(text.slice(at));
  return pieces;
}
