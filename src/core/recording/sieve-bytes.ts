// Bytes by class and by text, for scans that look most of them up in a table or skip them.

/** A table of 256 entries: 1 for the bytes of a class, which is given as characters and ranges such as `A-Z`. */
export function byteClass(...members: readonly string[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const member of members) {
    const isRange = member.length === 3 && member[1] === '-';
    const first = member.charCodeAt(0);
    const last = isRange ? member.charCodeAt(2) : first;
    for (let byte = first; byte <= last; byte++) table[byte] = 1;
  }
  return table;
}

/** Tells whether a text of ASCII stands in bytes; most of them are skipped (Horspool's method). */
export function byteSearch(text: string): (bytes: Uint8Array) => boolean {
  const sought = asciiBytes(text);
  const last = sought.length - 1;
  const skips = new Uint8Array(256).fill(sought.length);
  for (let index = 0; index < last; index++) skips[sought[index] as number] = last - index;
  return (bytes) => {
    for (let end = last; end < bytes.length; end += skips[bytes[end] as number] as number)
      if (standsAt(sought, bytes, end - last)) return true;
    return false;
  };
}

/** True when these bytes stand at that place of others. */
export function standsAt(part: Uint8Array, bytes: Uint8Array, start: number): boolean {
  if (start < 0 || start + part.length > bytes.length) return false;
  for (let at = 0; at < part.length; at++) if (part[at] !== bytes[start + at]) return false;
  return true;
}

/** The bytes of a text of ASCII. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export const ALPHANUMERIC = byteClass('A-Z', 'a-z', '0-9');
