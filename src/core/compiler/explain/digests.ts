// Digests of texts that the request sent (`"etag": "<md5 of the body>"`, `sha256:…`): a source whose digest stands in a
// target is a source of that digest too.
import { md5Hex, sha1Hex, sha256Hex } from '../../std/hashing.ts';
import type { Json } from '../../std/json.ts';
import type { Sample } from './samples.ts';

interface Digest {
  /** Function of the expression language. */
  readonly name: 'md5' | 'sha1' | 'sha256';
  readonly length: number;
  readonly of: (text: string) => string;
}

const DIGESTS: readonly Digest[] = [
  { name: 'md5', length: 32, of: md5Hex },
  { name: 'sha1', length: 40, of: sha1Hex },
  { name: 'sha256', length: 64, of: sha256Hex },
];

/** Longer texts are not tried. */
const TEXT_LENGTH_MAX = 100_000;

/** All digests of a text, in lower-case hexadecimal. */
export const hexDigests = (text: string): readonly { readonly name: string; readonly hex: string }[] =>
  text.length > TEXT_LENGTH_MAX ? [] : DIGESTS.map(({ name, of }) => ({ name, hex: of(text) }));

/** Adds to all samples the digests of sources whose digests stand in a target. */
export function addDigests(samples: readonly Sample[], probed: readonly Sample[]): void {
  for (const [expression, digest] of digestedSources(probed)) {
    const text = `${digest.name}(${expression})`;
    for (const { sources } of samples) {
      const source = sources.get(expression);
      if (typeof source?.value === 'string' && source.value.length <= TEXT_LENGTH_MAX)
        sources.set(text, { value: digest.of(source.value), cost: source.cost + 1 });
    }
  }
}

function digestedSources(probed: readonly Sample[]): [string, Digest][] {
  for (const { target, sources } of probed) {
    const found: [string, Digest][] = [];
    for (const digest of DIGESTS) {
      if (!hasRun(target, digest.length)) continue;
      for (const [expression, { value }] of sources)
        if (typeof value === 'string' && value.length <= TEXT_LENGTH_MAX && !/^(?:md5|sha1|sha256)\(/.test(expression))
          if ((target as string).includes(digest.of(value))) found.push([expression, digest]);
    }
    if (found.length > 0) return found;
  }
  return [];
}

const hasRun = (target: Json | undefined, length: number): boolean =>
  typeof target === 'string' &&
  target.length <= 300 &&
  new RegExp(`(?<![0-9a-f])[0-9a-f]{${length}}(?![0-9a-f])`).test(target);
