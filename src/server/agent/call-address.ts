// Which episode and which service a request on the agent plane is for, and by which URLs its agent knows them.
// A path is taken as it was sent: `..` and encoded slashes inside it never lead out of the episode that it names.
import type { Service } from '../../core/model/clone-model.ts';
import { parseRoutePath } from '../../core/model/route-path.ts';
import { hostOf, serviceBases, type ServiceBase } from './base-url.ts';
import { DEFAULT_EPISODE } from './cloned-api.ts';

/** The parts of a request that say for whom it is. */
export interface CallHead {
  /** As on the request line: a path, or an absolute URL where the listener is used as a proxy. */
  readonly url: string;
  readonly host: string | undefined;
  /** Values of the headers `mynah-episode` and `proxy-authorization`. */
  readonly episodeHeader: string | undefined;
  readonly proxyAuthorization: string | undefined;
  /** The page that asks, where a browser says so. */
  readonly referer?: string | undefined;
}

export interface CallAddress {
  readonly episode: string;
  readonly service: Service;
  /** Path and query for the original. */
  readonly target: string;
  /** URLs to map; none where the agent knows the services by their original origins. */
  readonly bases: readonly ServiceBase[];
  /** For the tools of the episode, and no request to a service. */
  readonly isForTools?: boolean;
}

/** `unreachable`: a proxy request for a host that the clone does not hold. */
export type CallRefusal = 'no-episode' | 'unreachable' | 'malformed';

/** A service with a path like this one is reached by its name: `/~/EPISODE/SERVICE/mcp`. */
const TOOLS_PATH = /^\/mcp(?:\?|$)/;

const EPISODE_PATH = /^\/(?:~|%7[eE])\/([^/?#]+)(.*)$/s;

export function addressCall(head: CallHead, services: readonly Service[]): CallAddress | CallRefusal {
  const [first] = services;
  if (first === undefined) return 'unreachable';
  if (!head.url.startsWith('/')) return addressAbsolute(head, services);
  const byPath = EPISODE_PATH.exec(head.url);
  const root = `http://${head.host ?? 'localhost'}`;
  if (byPath !== null) return addressUnderBase(root, byPath[1] ?? '', byPath[2] ?? '', services);
  const page = head.episodeHeader === undefined ? basePathOfPage(head, services) : undefined;
  if (page !== undefined) return addressCall({ ...head, url: page + head.url, referer: undefined }, services);
  const episode = head.episodeHeader ?? DEFAULT_EPISODE;
  const named = head.host === undefined ? undefined : findService(services, `http://${head.host}`);
  // A client that was led here under the original's own host name knows only that name.
  if (named !== undefined) return { episode, service: named, target: head.url, bases: [] };
  const [, ...others] = serviceBases(root, episode, services);
  return { episode, service: first, target: head.url, bases: [{ service: first, base: root }, ...others] };
}

/** Scripts of a page under a base ask for `/path` and mean the base: path of the base, where a page of this server asks. */
function basePathOfPage({ host, referer }: CallHead, services: readonly Service[]): string | undefined {
  const root = `http://${host ?? ''}`;
  if (referer?.startsWith(`${root}/`) !== true) return undefined;
  const [, episode, rest = ''] = EPISODE_PATH.exec(referer.slice(root.length)) ?? [];
  if (episode === undefined) return undefined;
  const [, name = ''] = /^\/([^/?#]*)/.exec(rest) ?? [];
  const isService = namedService(services, decode(name) ?? '') !== undefined;
  return isService ? `/~/${episode}/${name}` : `/~/${episode}`;
}

/** For an absolute URL: a client that uses the listener as its proxy. */
function addressAbsolute(head: CallHead, services: readonly Service[]): CallAddress | CallRefusal {
  const parts = /^(https?:\/\/)([^/?#]+)(.*)$/is.exec(head.url);
  if (parts === null) return 'malformed';
  const [, scheme = '', host = '', rest = ''] = parts;
  const target = rest.startsWith('/') ? rest : `/${rest}`;
  const service = findService(services, scheme.toLowerCase() + host.toLowerCase());
  if (service !== undefined) return { episode: proxyEpisode(head), service, target, bases: [] };
  // A client may write its own server's URL in full; then it is the same as the path alone.
  return host === head.host && EPISODE_PATH.test(target)
    ? addressCall({ ...head, url: target }, services)
    : 'unreachable';
}

function addressUnderBase(
  root: string,
  segment: string,
  rest: string,
  services: readonly Service[],
): CallAddress | CallRefusal {
  const episode = decode(segment);
  if (episode === undefined || episode.includes('/')) return 'no-episode';
  const bases = serviceBases(root, episode, services);
  const [, name = '', behind = ''] = /^\/([^/?#]*)(.*)$/s.exec(rest) ?? [];
  const named = namedService(services, decode(name) ?? '');
  const [home] = bases as [ServiceBase];
  if (TOOLS_PATH.test(rest)) return { episode, service: home.service, target: rest, bases, isForTools: true };
  if (named === undefined) return { episode, service: home.service, target: slashed(rest), bases };
  const own = { service: named, base: `${home.base}/${name}` };
  return {
    episode,
    service: named,
    target: slashed(behind),
    bases: bases.map((base) => (base.service === named ? own : base)),
  };
}

/** The service that a first path segment names. The first service needs no name: there its own routes come first. */
function namedService(services: readonly Service[], name: string): Service | undefined {
  const [first, ...others] = services;
  const other = others.find((service) => service.name === name);
  if (other !== undefined || first?.name !== name) return other;
  const isOwnSegment = first.routes.some(({ path }) => {
    const [segment] = parseRoutePath(path);
    return segment?.kind === 'literal' && segment.text === name;
  });
  return isOwnSegment ? undefined : first;
}

/** The service that stands at an origin. A proxy tells services apart by host and port; the scheme decides only default ports. */
export function findService(services: readonly Service[], origin: string): Service | undefined {
  const wanted = hostAndPort(origin);
  return (
    services.find((service) => service.origins.some((one) => hostAndPort(one) === wanted)) ??
    findByName(services, origin)
  );
}

/** With another scheme and no port: `http://api.example.com` finds `https://api.example.com`. */
function findByName(services: readonly Service[], origin: string): Service | undefined {
  const host = hostOf(origin).toLowerCase();
  return services.find((service) => service.origins.some((one) => hostOf(one).toLowerCase() === host));
}

function hostAndPort(origin: string): string {
  const host = hostOf(origin).toLowerCase();
  if (/:\d+$/.test(host)) return host;
  return `${host}:${origin.startsWith('https:') ? 443 : 80}`;
}

/** The proxy's user name, else the header, else the default. */
export function proxyEpisode(head: Pick<CallHead, 'episodeHeader' | 'proxyAuthorization'>): string {
  const basic = /^basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(head.proxyAuthorization ?? '')?.[1];
  const credentials = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8');
  const user = decode(credentials.split(':')[0] ?? '') ?? '';
  return user !== '' ? user : (head.episodeHeader ?? DEFAULT_EPISODE);
}

function slashed(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
