// An answer of the core, on the original's origin, as the agent meets it under a base URL. Absolute URLs on the original are
// mapped anywhere; bare paths only where they are certainly URLs: in Location and Link, in cookie paths and in HTML.
import { headerValue, type Header, type HttpResponse } from '../../core/exchange/exchange.ts';
import { hostOf, mapToBases, type ServiceBase } from './base-url.ts';

/** Headers whose value is one URL reference. */
const URL_HEADERS: ReadonlySet<string> = new Set(['location', 'content-location']);

/** Attributes of HTML whose value is a URL reference that begins with a slash. */
const HTML_REFERENCE = /(\s(?:href|src|action|formaction|poster|data)\s*=\s*["']?)(\/[^"'\s>]*)/gi;

/**
 * @param own the service that answers, at the base by which the request addressed it
 * @param bases every service of the episode, `own` among them
 */
export function mapAnswer(response: HttpResponse, own: ServiceBase, bases: readonly ServiceBase[]): HttpResponse {
  const headers = response.headers.map(([name, value]): Header => [name, mapHeader(name, value, own, bases)]);
  const { body } = response;
  if (body === undefined || !('text' in body)) return { ...response, headers };
  const isHtml = /^(text\/html|application\/xhtml)/i.test(headerValue(response.headers, 'content-type') ?? '');
  const text = mapToBases(isHtml ? mapHtml(body.text, own, bases) : body.text, bases);
  return { ...response, headers, body: { text } };
}

function mapHeader(name: string, value: string, own: ServiceBase, bases: readonly ServiceBase[]): string {
  if (URL_HEADERS.has(name)) return mapToBases(mapReference(value, own, bases), bases);
  if (name === 'link') {
    const references = value.replace(
      /<([^>]*)>/g,
      (_link, reference: string) => `<${mapReference(reference, own, bases)}>`,
    );
    return mapToBases(references, bases);
  }
  if (name === 'set-cookie') return mapCookie(value, own);
  return mapToBases(value, bases);
}

/** A reference without scheme: `/path` stands under the own base, `//host/path` under the base of that host. */
function mapReference(reference: string, own: ServiceBase, bases: readonly ServiceBase[]): string {
  if (reference.startsWith('//')) {
    for (const { service, base } of bases) {
      for (const origin of service.origins) {
        const rest = reference.slice(2 + hostOf(origin).length);
        if (reference.startsWith(`//${hostOf(origin)}`) && /^([/?#]|$)/.test(rest)) return `//${hostOf(base)}${rest}`;
      }
    }
    return reference;
  }
  return reference.startsWith('/') ? `${pathOf(own.base)}${reference}` : reference;
}

function mapHtml(html: string, own: ServiceBase, bases: readonly ServiceBase[]): string {
  return html.replace(
    HTML_REFERENCE,
    (_all, before: string, reference: string) => before + mapReference(reference, own, bases),
  );
}

/**
 * A cookie of the original: its path moves under the base, its domain becomes the host that the agent talks to, and it may
 * travel without TLS where the base has none.
 */
function mapCookie(cookie: string, own: ServiceBase): string {
  const [pair = '', ...attributes] = cookie.split(';');
  const isSecure = own.base.startsWith('https:');
  const kept = attributes.flatMap((attribute) => {
    const [name = '', ...value] = attribute.split('=');
    switch (name.trim().toLowerCase()) {
      case 'domain':
        return [];
      case 'path':
        return [`${name}=${cookiePath(pathOf(own.base), value.join('=').trim())}`];
      case 'secure':
        return isSecure ? [attribute] : [];
      case 'samesite':
        return isSecure || value.join('=').trim().toLowerCase() !== 'none' ? [attribute] : [];
      default:
        return [attribute];
    }
  });
  return [pair, ...kept].join(';');
}

function cookiePath(prefix: string, path: string): string {
  if (!path.startsWith('/')) return path;
  return prefix === '' ? path : prefix + (path === '/' ? '' : path);
}

/** Path of a base URL, without a slash at its end; empty for a bare origin. */
function pathOf(base: string): string {
  const slash = base.indexOf('/', base.indexOf('//') + 2);
  return slash < 0 ? '' : base.slice(slash);
}
