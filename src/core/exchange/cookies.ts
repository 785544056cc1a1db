// Cookies in headers (RFC 6265): what a client shows, and what a server sets.

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** From the first semicolon on, as it stands there: `; Path=/; HttpOnly`. */
  readonly attributes: string;
}

/** Pairs of a `Cookie` header in their order, values as they stand there; what has no name is left out. */
export function parseCookies(header: string): readonly (readonly [name: string, value: string])[] {
  return header.split(';').flatMap((part) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
}

/** A `Set-Cookie` header; undefined for one without a name. */
export function parseSetCookie(header: string): SetCookie | undefined {
  const [, name, value, attributes] = /^\s*([^=;\s]+)\s*=\s*([^;]*?)\s*(;.*)?$/.exec(header) ?? [];
  return name === undefined || value === undefined ? undefined : { name, value, attributes: attributes ?? '' };
}

/**
 * The credential that a header carries behind a prefix: of a `Cookie` header the value of the cookie whose name and equals sign
 * the prefix is, of others the rest of the text.
 */
export function credentialIn(header: string, text: string, prefix: string): string | undefined {
  if (header !== 'cookie') return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
  return parseCookies(text).find(([name]) => `${name}=` === prefix)?.[1];
}
