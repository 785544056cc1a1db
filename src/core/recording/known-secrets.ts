// Secrets that were met where their place gave them away, found again where it does not: in a path, in a log line, in the
// answer that shows a token again.

/** Secrets kept in mind; the oldest is forgotten first. */
const KNOWN_MAX = 20_000;
/** Characters at the beginning of a secret by which it is looked for. */
const GRAM = 6;
const FILTER_BITS = 1 << 18;
const FACTOR = 31;
const FACTOR_OUT = FACTOR ** (GRAM - 1);

/** Remembers secrets with their pseudonyms and finds them in text. */
export interface KnownSecrets {
  /** The pseudonym of a secret, made once; from now on the secret is known. */
  pseudonym(secret: string, make: () => string): string;
  /** The text with every known secret that stands alone in it replaced; `found` is called for each. */
  replaceIn(text: string, found: () => void): string;
}

/**
 * Strong enough that finding it again is no chance: replacing weak ones (`admin`) everywhere would change ordinary text.
 */
export function isDistinctive(secret: string): boolean {
  if (secret.length < 8 || /\s/.test(secret)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(secret)).length;
  return /^\d+$/.test(secret) ? secret.length >= 12 : kinds >= 2 && (/\d/.test(secret) || secret.length >= 12);
}

export function createKnownSecrets(): KnownSecrets {
  const pseudonyms = new Map<string, string>();
  /** Distinctive secrets by their first characters; the bit filter says quickly that there is none. */
  const byGram = new Map<string, string[]>();
  const filter = new Uint8Array(FILTER_BITS >> 3);

  function makeFindable(secret: string): void {
    const gram = secret.slice(0, GRAM);
    // Longer secrets first: the one that contains the other is the one that is meant.
    byGram.set(
      gram,
      [...(byGram.get(gram) ?? []), secret].sort((a, b) => b.length - a.length),
    );
    let hash = 0;
    for (let i = 0; i < GRAM; i++) hash = (Math.imul(hash, FACTOR) + secret.charCodeAt(i)) | 0;
    const bit = hash & (FILTER_BITS - 1);
    filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  }

  function forgetOldest(): void {
    const secret = pseudonyms.keys().next().value as string;
    pseudonyms.delete(secret);
    const gram = secret.slice(0, GRAM);
    const rest = byGram.get(gram)?.filter((each) => each !== secret) ?? [];
    if (rest.length > 0) byGram.set(gram, rest);
    else byGram.delete(gram);
  }

  function secretAt(text: string, at: number): string | undefined {
    const candidates = byGram.get(text.slice(at, at + GRAM));
    return candidates?.find((secret) => text.startsWith(secret, at) && standsAlone(text, at, at + secret.length));
  }

  return {
    pseudonym: (secret, make) => {
      const known = pseudonyms.get(secret);
      if (known !== undefined) return known;
      if (pseudonyms.size >= KNOWN_MAX) forgetOldest();
      const made = make();
      pseudonyms.set(secret, made);
      if (made !== secret && isDistinctive(secret)) makeFindable(secret);
      return made;
    },
    replaceIn: (text, found) => {
      if (byGram.size === 0 || text.length < GRAM) return text;
      let result = '';
      let done = 0;
      let hash = 0;
      for (let end = 0; end < text.length; end++) {
        // A rolling hash of the last characters: what leaves the window is taken out, what enters is put in.
        if (end >= GRAM) hash -= Math.imul(text.charCodeAt(end - GRAM), FACTOR_OUT);
        hash = (Math.imul(hash, FACTOR) + text.charCodeAt(end)) | 0;
        const bit = hash & (FILTER_BITS - 1);
        const at = end - GRAM + 1;
        if (((filter[bit >> 3] as number) & (1 << (bit & 7))) === 0 || at < done) continue;
        const secret = secretAt(text, at);
        if (secret === undefined) continue;
        found();
        result += text.slice(done, at) + (pseudonyms.get(secret) as string);
        done = at + secret.length;
      }
      return done === 0 ? text : result + text.slice(done);
    },
  };
}

function standsAlone(text: string, start: number, end: number): boolean {
  if (/[A-Za-z0-9]/.test(text[end] ?? '')) return false;
  return !/[A-Za-z0-9]/.test(text[start - 1] ?? '') || ESCAPE_BEFORE.test(text.slice(Math.max(0, start - 6), start));
}

/** The end of an escape is no part of a word: `%3D` in URLs, `\\n` and `\\u003d` in JSON. */
const ESCAPE_BEFORE = /(?:%[0-9A-Fa-f]{2}|\\[bfnrt]|\\u[0-9A-Fa-f]{4})$/;
