// Cookies in headers (RFC 6265): what a client shows, and what a server sets.

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** From the first semicolon on, as it stands there: `; Path=/; HttpOnly`. */
  readonly attributes: string;
}

type CookiePair = readonly [name: string, value: string];

/** Pairs of a `Cookie` header in their order, values as they stand there; what has no name is left out. */
export function parseCookies(header: string): readonly CookiePair[] {
  return header.split(';').flatMap((part) => {
    const pair = cookiePair(part);
    return pair === undefined ? [] : [pair];
  });
}

/** A `Set-Cookie` header; undefined for one without a name. */
export function parseSetCookie(header: string): SetCookie | undefined {
  const semicolon = header.indexOf(';');
  const end = semicolon < 0 ? header.length : semicolon;
  const [name, value] = cookiePair(header.slice(0, end)) ?? [];
  return name === undefined || value === undefined ? undefined : { name, value, attributes: header.slice(end) };
}

function cookiePair(text: string): CookiePair | undefined {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals)).trim();
  return name === '' ? undefined : [name, text.slice(equals + 1).trim()];
}

/**
 * The credential that a header carries behind a prefix: of a `Cookie` header the value of the cookie whose name and equals sign
 * the prefix is, of others the rest of the text.
 */
export function credentialIn(header: string, text: string, prefix: string): string | undefined {
  if (header !== 'cookie') return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
  return parseCookies(text).find(([name]) => `${name}=` === prefix)?.[1];
}
