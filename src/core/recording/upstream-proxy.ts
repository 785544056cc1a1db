// Which proxy stands between the recorder and a server: the one that was named, else the one of the environment.

/** Variables of the environment, as programs agree on them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An origin in parts; the host of an IPv6 address without brackets. */
export interface OriginParts {
  readonly protocol: 'http:' | 'https:';
  readonly hostname: string;
  readonly port: number;
}

/**
 * URL of the proxy that the environment (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY; lower case wins) names for an
 * origin; undefined for none. This machine is never asked through one.
 */
export function environmentProxy(environment: Environment, origin: OriginParts): string | undefined {
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  if (isLoopback(origin.hostname) || isExcepted(variable('NO_PROXY') ?? '', origin)) return undefined;
  const named = variable(origin.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? variable('ALL_PROXY');
  return named === undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '::1' || /^127\./.test(hostname);
}

/** A list of host names, each for its subdomains too, with or without port; `*` is all. */
function isExcepted(list: string, { hostname, port }: OriginParts): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (only !== undefined && Number(only) !== port) return false;
      return name !== '' && (hostname === name || hostname.endsWith(`.${name}`));
    });
}
