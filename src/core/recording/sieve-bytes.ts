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
