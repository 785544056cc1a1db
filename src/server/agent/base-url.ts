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

/** The way back, for all texts of a request: absolute URLs on a base become URLs on the original. */
export function originMapper(bases: readonly ServiceBase[]): (text: string) => string {
  // The base of the first service is where the others begin, so it comes last.
  const sorted = bases.length < 2 ? bases : [...bases].sort((a, b) => b.base.length - a.base.length);
  const needles = sorted.map(({ base }) => needleOf(base));
  return (text) => {
    let mapped = text;
    sorted.forEach(({ service, base }, index) => {
      if (mapped.includes(needles[index] as string)) mapped = replaceUrls(mapped, findUrls(base), originOf(service));
    });
    return mapped;
  };
}

/** Finds a URL in all its spellings. */
interface UrlFinder {
  /** Stands in every spelling, so that only the places where it stands need to be looked at. */
  readonly needle: string;
  readonly spellings: readonly string[];
  /** Where the needle stands in each spelling; -1 in one that spells it otherwise, and is not looked for. */
  readonly offsets: readonly number[];
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
  const [needle, spellings] = [needleOf(url), spellingsOf(url)];
  return { needle, spellings, offsets: spellings.map((spelling) => spelling.lastIndexOf(needle)) };
}

function replaceUrls(text: string, { needle, spellings, offsets }: UrlFinder, to: string): string {
  let result = '';
  let done = 0;
  let targets: readonly string[] | undefined;
  for (let found = text.indexOf(needle); found >= 0; found = text.indexOf(needle, found + 1)) {
    for (let index = 0; index < spellings.length; index += 1) {
      const spelling = spellings[index] as string;
      const offset = offsets[index] as number;
      const start = found - offset;
      const end = start + spelling.length;
      if (offset < 0 || start < done || !text.startsWith(spelling, start) || !isWhole(text, end)) continue;
      // The first spelling is the URL itself, and nearly always the one that is met.
      result += text.slice(done, start) + (index === 0 ? to : ((targets ??= spellingsOf(to))[index] as string));
      done = end;
      break;
    }
  }
  return done === 0 ? text : result + text.slice(done);
}

/** Does a URL end there? `http://a.com` is in neither `http://a.com.evil` nor `http://a.com:81`, but ends a sentence in `http://a.com.` */
function isWhole(text: string, end: number): boolean {
  const unit = text.charCodeAt(end);
  if (unit === DOT) return !isAlphanumeric(text.charCodeAt(end + 1));
  return unit !== COLON && unit !== HYPHEN && !isAlphanumeric(unit);
}

const [HYPHEN, DOT, COLON] = [0x2d, 0x2e, 0x3a];

/** Of ASCII. Behind the end of a text the unit is NaN. */
function isAlphanumeric(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
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
