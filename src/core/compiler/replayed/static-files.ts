// Files that a service only hands out. An answer is one when its kind is that of a page, a script, a style, a picture or the
// like, its bytes never differed, and nobody writes to its path.
import { headerValue, type Body, type Exchange, type HttpResponse } from '../../exchange/exchange.ts';
import { assetHash } from '../../model/assets.ts';
import type { Reply, ReplyHeader, Rule } from '../../model/clone-model.ts';
import { groupBy } from '../../std/grouping.ts';
import { isReadMethod } from '../calls/call.ts';
import { constantHeader, constantHeaders } from './constant-headers.ts';
import { quote } from '../explain/literal.ts';
import type { ReplayedPath } from './replayed-answers.ts';

const STATIC_TYPE =
  /^(?:text\/(?:css|html|(?:java|ecma)script)|application\/(?:x-)?(?:javascript|wasm|xhtml\+xml|manifest\+json|font-\w+|octet-stream)|(?:image|font|audio|video)\/)/i;
const PAGE_TYPE = /^(?:text\/html|application\/xhtml)/i;

export interface StaticFile {
  readonly path: string;
  readonly answers: readonly HttpResponse[];
  /** Answers without a body to a client that has the file already. */
  readonly unchanged: readonly HttpResponse[];
  readonly exchanges: readonly Exchange[];
}

/**
 * Files among the paths that were asked for.
 *
 * @param byPath exchanges by path, in order
 */
export function findStaticFiles(byPath: ReadonlyMap<string, readonly Exchange[]>): readonly StaticFile[] {
  return [...byPath].flatMap(([path, exchanges]) => {
    if (exchanges.some(({ request }) => !isReadMethod(request.method))) return [];
    const asked = exchanges.filter(({ request, truncated }) => request.method === 'GET' && truncated === undefined);
    const answers = responsesWith(asked, 200);
    if (!answers.every(isStaticKind)) return [];
    const hashes = new Set(answers.map(({ body }) => (body === undefined ? '' : assetHash(body))));
    if (hashes.size !== 1 || hashes.has('')) return [];
    const unchanged = responsesWith(asked, 304);
    const used = asked.filter(({ response }) => response?.status === 200 || response?.status === 304);
    return [{ path, answers, unchanged, exchanges: used }];
  });
}

/** @param revalidates does the service say of some file that it has not changed? Then it does so of all. */
export function replayFile(file: StaticFile, revalidates: boolean): ReplayedPath {
  const { path, exchanges } = file;
  const guard = revalidates ? unchangedRule(file) : undefined;
  const rule = { name: '200', reply: fileReply(file), provenance: 'replayed' as const };
  return { path, exchanges, assets: [bodyOf(file)], rules: guard === undefined ? [rule] : [guard, rule] };
}

const responsesWith = (exchanges: readonly Exchange[], status: number): readonly HttpResponse[] =>
  exchanges.flatMap(({ response }) => (response?.status === status ? [response] : []));

const isStaticKind = ({ headers }: HttpResponse): boolean =>
  STATIC_TYPE.test(headerValue(headers, 'content-type') ?? '');

const bodyOf = ({ answers }: StaticFile): Body => answers[0]?.body ?? { text: '' };

function fileReply(file: StaticFile): Reply {
  return { status: 200, headers: constantHeaders(file.answers), asset: assetHash(bodyOf(file)) };
}

/** 304 for who has the file (RFC 9110, 13.1): by its validator, as the file's own answers gave it. */
function unchangedRule({ answers, unchanged }: StaticFile): ReplayedPath['rules'][number] | undefined {
  const validators = [
    ['if-none-match', constantHeader(answers, 'etag')],
    ['if-modified-since', constantHeader(answers, 'last-modified')],
  ] as const;
  const [first] = validators.flatMap(([name, value]) =>
    value === undefined ? [] : [`header[${quote(name)}] == ${quote(value)}`],
  );
  if (first === undefined) return undefined;
  const headers = unchanged.length > 0 ? constantHeaders(unchanged) : constantHeaders(answers).filter(isKeptUnchanged);
  const provenance = unchanged.length > 0 ? 'replayed' : 'pooled';
  return { name: '304', when: first, reply: { status: 304, headers }, provenance };
}

const isKeptUnchanged = ({ name }: ReplyHeader): boolean =>
  /^(etag|cache-control|expires|vary|last-modified)$/.test(name);

/** A page that stands at several addresses stands at those that nobody asked for too: the page's own script reads them. */
export function anyPageRule(files: readonly StaticFile[]): readonly Rule[] {
  const pages = files.filter(({ answers: [first] }) =>
    PAGE_TYPE.test(headerValue(first?.headers ?? [], 'content-type') ?? ''),
  );
  const [again] =
    [...groupBy(pages, (page) => assetHash(bodyOf(page))).values()].find(({ length }) => length > 1) ?? [];
  if (again === undefined) return [];
  const when = 'method == "GET" && contains(coalesce(header.accept, ""), "text/html")';
  return [{ id: 'unknown page', when, reply: fileReply(again), provenance: 'pooled' }];
}
