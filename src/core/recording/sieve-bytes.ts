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
  const last = text.length - 1;
  const skips = new Uint8Array(256).fill(text.length);
  for (let index = 0; index < last; index++) skips[text.charCodeAt(index)] = last - index;
  return (bytes) => {
    for (let end = last; end < bytes.length; end += skips[bytes[end] as number] as number) {
      let index = last;
      while (index >= 0 && bytes[end - last + index] === text.charCodeAt(index)) index--;
      if (index < 0) return true;
    }
    return false;
  };
}

export const ALPHANUMERIC = byteClass('A-Z', 'a-z', '0-9');
