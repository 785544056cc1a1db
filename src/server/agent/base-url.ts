// Where the services of an episode stand for its agent: `ROOT/~/EPISODE` for the first one, `ROOT/~/EPISODE/SERVICE` for
// any, or whatever other address a request used. Maps URLs between these bases and the origins that the core knows.
import type { Service } from '../../core/model/clone-model.ts';

/** A service and the URL, without a slash at its end, under which the agent reaches it. */
export interface ServiceBase {
  readonly service: Service;
  readonly base: string;
}

/** Bases of every service of an episode under `root` (scheme, host and port); the first service stands at the episode itself. */
export function serviceBases(root: string, episode: string, services: readonly Service[]): readonly ServiceBase[] {
  const home = `${root}/~/${encodeURIComponent(episode)}`;
  return services.map((service, index) => ({
    service,
    base: index === 0 ? home : `${home}/${encodeURIComponent(service.name)}`,
  }));
}

/** Origin under which the core knows a service. */
export function originOf(service: Service): string {
  return service.origins[0] ?? `http://${service.name}`;
}

/** Host and port of an origin; with the path, of a base. */
export function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2);
}

/** Absolute URLs on the original, anywhere in a text, as the agent has to follow them. */
export function mapToBases(text: string, bases: readonly ServiceBase[]): string {
  let mapped = text;
  for (const { service, base } of bases) {
    for (const finder of originFinders(service)) {
      if (text.includes(finder.needle)) mapped = replaceUrls(mapped, finder, base);
    }
  }
  return mapped;
}

/** The way back: absolute URLs on a base become URLs on the original. */
export function mapToOrigins(text: string, bases: readonly ServiceBase[]): string {
  let mapped = text;
  // The base of the first service is where the others begin, so it comes last.
  for (const { service, base } of [...bases].sort((a, b) => b.base.length - a.base.length)) {
    if (mapped.includes(needleOf(base))) mapped = replaceUrls(mapped, findUrls(base), originOf(service));
  }
  return mapped;
}

/** Finds a URL in all its spellings. */
interface UrlFinder {
  /** Stands in every spelling, so that a text without it need not be searched. */
  readonly needle: string;
  readonly spellings: readonly string[];
  readonly pattern: RegExp;
}

/** The URLs of a service do not change, and every answer is searched for them. */
const findersOfServices = new WeakMap<Service, readonly UrlFinder[]>();

function originFinders(service: Service): readonly UrlFinder[] {
  const known = findersOfServices.get(service);
  if (known !== undefined) return known;
  const finders = service.origins.map(findUrls);
  findersOfServices.set(service, finders);
  return finders;
}

function findUrls(url: string): UrlFinder {
  const spellings = spellingsOf(url);
  const alternatives = spellings.map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
  // `http://a.com` is in neither `http://a.com.evil` nor `http://a.com:81`, but ends a sentence in `http://a.com.`
  return {
    needle: needleOf(url),
    spellings,
    pattern: new RegExp(`(?:${alternatives})(?![A-Za-z0-9:-]|\\.[A-Za-z0-9])`, 'g'),
  };
}

function replaceUrls(text: string, { spellings, pattern }: UrlFinder, to: string): string {
  const targets = spellingsOf(to);
  return text.replace(pattern, (found) => targets[spellings.indexOf(found)] ?? found);
}

/**
 * The ways in which texts write a URL, always in this order: as it is, with slashes escaped as some JSON encoders do,
 * percent-encoded as in a query with capital digits and with small ones, and the same for WebSocket.
 */
function spellingsOf(url: string): readonly string[] {
  return [url, url.replace(/^http/, 'ws')].flatMap((one) => {
    const encoded = encodeURIComponent(one);
    return [one, one.replaceAll('/', '\\/'), encoded, encoded.replace(/%../g, (escape) => escape.toLowerCase())];
  });
}

/** The part of a URL that no spelling changes: the last segment of its path, or the name of its host. */
function needleOf(url: string): string {
  const [host = '', ...path] = hostOf(url).split('/');
  return path.at(-1) ?? host.replace(/:\d+$/, '');
}
