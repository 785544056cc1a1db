// Where the services of an episode stand for its agent: `ROOT/~/EPISODE` for the first one, `ROOT/~/EPISODE/SERVICE` for
// any, or whatever other address a request used. Maps URLs between these bases and the origins that the core knows.
import type { Service } from '../../core/model/clone-model.ts';
import { rewriteOrigin } from '../../core/recording/origin-rewriting.ts';

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

/** Absolute URLs on the original, anywhere in a text, as the agent has to follow them. */
export function mapToBases(text: string, bases: readonly ServiceBase[]): string {
  let mapped = text;
  for (const { service, base } of bases) {
    for (const origin of service.origins) {
      if (text.includes(hostNameOf(origin))) mapped = rewriteSpellings(mapped, origin, base);
    }
  }
  return mapped;
}

/** The way back: absolute URLs on a base become URLs on the original. */
export function mapToOrigins(text: string, bases: readonly ServiceBase[]): string {
  let mapped = text;
  // The base of the first service is where the others begin, so it comes last.
  for (const { service, base } of [...bases].sort((a, b) => b.base.length - a.base.length)) {
    if (mapped.includes(hostNameOf(base))) mapped = rewriteSpellings(mapped, base, originOf(service));
  }
  return mapped;
}

/** Host and port of an origin; with the path, of a base. */
export function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2);
}

/** What stands in a URL however it is spelled: percent-encoding changes the colon before a port. */
function hostNameOf(url: string): string {
  return /^[^:/]*/.exec(hostOf(url))?.[0] ?? '';
}

/** Plain and with escaped slashes (rewriteOrigin knows both), percent-encoded as in a query, and for WebSocket. */
function rewriteSpellings(text: string, from: string, to: string): string {
  let mapped = rewriteOrigin(text, from, to);
  const encoded = encodeURIComponent(from);
  if (mapped.includes(encoded)) mapped = rewriteOrigin(mapped, encoded, encodeURIComponent(to));
  const lowerCase = encoded.replace(/%../g, (escape) => escape.toLowerCase());
  if (mapped.includes(lowerCase)) mapped = rewriteOrigin(mapped, lowerCase, encodeURIComponent(to));
  const socket = socketUrl(from);
  return mapped.includes(socket) ? rewriteOrigin(mapped, socket, socketUrl(to)) : mapped;
}

function socketUrl(url: string): string {
  return url.replace(/^http/, 'ws');
}
