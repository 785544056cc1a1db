// Replaces one origin by another in text that arrives in chunks: behind a reverse proxy, absolute URLs on the original
// must lead to the proxy, or clients that follow links leave it.

import type { Header, HttpResponse } from '../exchange/exchange.ts';
import { headerValue } from '../exchange/exchange.ts';

/** Types of bodies in which clients look for links: JSON in all its forms, and HTML. */
const LINKING_TYPE =
  /^\s*(?:application\/(?:[\w.-]+\+)?json|application\/x-ndjson|text\/html|application\/xhtml\+xml|text\/event-stream)\s*(?:;|$)/i;

/** True when bodies of this content type are looked through for absolute URLs. */
export function holdsLinks(contentType: string | undefined): boolean {
  return LINKING_TYPE.test(contentType ?? '');
}

/** The response as if it came from another origin: URLs in headers, and in a body that holds links. */
export function responseUnderOrigin(response: HttpResponse, from: string, to: string): HttpResponse {
  const under = (each: readonly Header[]) =>
    each.map(([name, value]): Header => [name, rewriteOrigin(value, from, to)]);
  const headers = under(response.headers);
  const { body, interim, trailers } = response;
  const rewrites = body !== undefined && 'text' in body && holdsLinks(headerValue(headers, 'content-type'));
  return {
    ...response,
    headers,
    ...(interim ? { interim: interim.map((each) => ({ ...each, headers: under(each.headers) })) } : {}),
    ...(trailers ? { trailers: under(trailers) } : {}),
    ...(rewrites ? { body: { text: rewriteOrigin(body.text, from, to) } } : {}),
  };
}

/** Rewrites text chunk by chunk; the concatenation of all results does not depend on where chunks are cut. */
export interface OriginRewriter {
  push(text: string): string;
  /** What is still held back, after the last chunk. */
  end(): string;
}

/** Characters after an origin that decide whether it ends there: `http://a.com` is not in `http://a.com.evil` . */
const LOOKAHEAD = 2;

/**
 * A rewriter from one origin to another, for example `http://127.0.0.1:3000` to `http://127.0.0.1:8080`. URLs are found
 * as they are and with slashes escaped (`http:\/\/`), as some JSON encoders write them; each keeps its own way.
 */
export function createOriginRewriter(from: string, to: string): OriginRewriter {
  const spellings = spellingsOf(from);
  const pattern = originPattern(from);
  let pending = '';

  function rewrite(text: string, decided: number): string {
    let result = '';
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index >= decided) break;
      result += text.slice(at, match.index) + (match[0] === from ? to : escapeSlashes(to));
      at = match.index + match[0].length;
    }
    pending = text.slice(Math.max(at, decided));
    return result + text.slice(at, Math.max(at, decided));
  }

  return {
    push: (chunk) => {
      const text = pending + chunk;
      return rewrite(text, decidedLength(text, spellings));
    },
    end: () => rewrite(pending, pending.length),
  };
}

/** Replaces `from` by `to` in a whole text. */
export function rewriteOrigin(text: string, from: string, to: string): string {
  // Most texts, headers above all, do not name their origin.
  if (!spellingsOf(from).some((spelling) => text.includes(spelling))) return text;
  const rewriter = createOriginRewriter(from, to);
  return rewriter.push(text) + rewriter.end();
}

/** Length of the longest beginning of the text in which later text cannot change what matches. */
function decidedLength(text: string, spellings: readonly string[]): number {
  const longest = Math.max(...spellings.map((spelling) => spelling.length));
  for (let start = Math.max(0, text.length - longest - LOOKAHEAD + 1); start < text.length; start++) {
    const rest = text.slice(start);
    if (spellings.some((s) => s.startsWith(rest) || (rest.startsWith(s) && rest.length < s.length + LOOKAHEAD)))
      return start;
  }
  return text.length;
}

function originPattern(origin: string): RegExp {
  const either = spellingsOf(origin).map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`(?:${either.join('|')})(?![A-Za-z0-9:-]|\\.[A-Za-z0-9])`, 'g');
}

/** As it is, and with slashes escaped. */
export function spellingsOf(origin: string): readonly string[] {
  return [origin, escapeSlashes(origin)];
}

function escapeSlashes(text: string): string {
  return text.replaceAll('/', '\\/');
}
