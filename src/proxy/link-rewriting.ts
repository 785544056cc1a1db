// On the way out of a reverse proxy: absolute URLs on the upstream, in headers and in bodies of JSON and HTML, lead to the
// recorder. What is recorded is untouched.
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';
import {
  createOriginRewriter,
  holdsLinks,
  rewriteOrigin,
  spellingsOf,
  type OriginRewriter,
} from '../core/recording/origin-rewriting.ts';
import { contentEncodings, decodeContent } from './content-encoding.ts';

/** Bodies of at most this many bytes are rewritten as a whole, and keep a content-length. */
const WHOLE_MAX = 1024 * 1024;

/** Encodings that can be undone while the body streams. */
const STREAMED_ENCODINGS: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

/** Where absolute URLs point to, and where they are to point to: two origins. */
export interface LinkRewriting {
  readonly from: string;
  readonly to: string;
  /** Further origins that are to be rewritten: those of other listeners of the recorder. */
  readonly others?: readonly LinkRewriting[];
}

function everyRewriting(rewriting: LinkRewriting): readonly LinkRewriting[] {
  return [rewriting, ...(rewriting.others ?? [])];
}

function rewriteOrigins(text: string, rewriting: LinkRewriting): string {
  return everyRewriting(rewriting).reduce((result, { from, to }) => rewriteOrigin(result, from, to), text);
}

/** The value of a response header for the client. */
export function rewriteHeader(name: string, value: string, rewriting: LinkRewriting): string {
  const rewritten = rewriteOrigins(value, rewriting);
  return name === 'set-cookie' ? fittingCookie(rewritten, rewriting.from, rewriting.to) : rewritten;
}

/** A cookie for the upstream's domain, or for TLS only, would not come back to the recorder. */
function fittingCookie(cookie: string, from: string, to: string): string {
  const host = new URL(from).hostname;
  return cookie
    .split(';')
    .filter((part) => {
      const [name = '', value = ''] = part.trim().toLowerCase().split('=');
      const domain = value.replace(/^\./, '');
      if (name === 'domain') return !(host === domain || host.endsWith(`.${domain}`));
      return !(name === 'secure' && to.startsWith('http:'));
    })
    .join(';');
}

/** How the body of a response is rewritten: not at all, as a whole at its end, or as it streams. */
export type BodyRewriting = 'none' | 'whole' | 'stream';

export function bodyRewriting(
  status: number,
  header: (name: string) => string | undefined,
  contentLength: number | undefined,
): BodyRewriting {
  if (status === 206 || !holdsLinks(header('content-type'))) return 'none';
  const encodings = contentEncodings(header('content-encoding'));
  if (contentLength !== undefined && contentLength <= WHOLE_MAX) return 'whole';
  return encodings.every((encoding, index) => index === 0 && STREAMED_ENCODINGS.has(encoding)) ? 'stream' : 'none';
}

/**
 * The whole body rewritten, encodings undone; undefined when there is nothing to rewrite in it, so that it can go out as
 * it came.
 */
export function rewriteWhole(
  bytes: Buffer,
  encoding: string | undefined,
  rewriting: LinkRewriting,
): Buffer | undefined {
  const decoded = decodeContent(bytes, contentEncodings(encoding), WHOLE_MAX * 16);
  if (decoded === undefined) return undefined;
  const spellings = everyRewriting(rewriting).flatMap(({ from }) => spellingsOf(from));
  if (!spellings.some((spelling) => decoded.includes(spelling, 0, 'latin1'))) return undefined;
  // Latin-1 maps bytes to characters one to one, so that bytes which are no valid text survive.
  const text = decoded.toString('latin1');
  const rewritten = rewriteOrigins(text, rewriting);
  return rewritten === text ? undefined : Buffer.from(rewritten, 'latin1');
}

/** Rewrites a body that streams, without holding more of it back than a split URL. */
export interface BodyStream {
  push(chunk: Buffer): void;
  end(): void;
}

/**
 * @param emit takes what can go out
 * @param done is called once after `end`, with an error when the encoding turned out to be broken
 */
export function rewriteStream(
  encoding: string | undefined,
  rewriting: LinkRewriting,
  emit: (chunk: Buffer) => void,
  done: (error?: Error) => void,
): BodyStream {
  const rewriter = chained(everyRewriting(rewriting).map(({ from, to }) => createOriginRewriter(from, to)));
  const rewrite = (chunk: Buffer) => emitText(rewriter.push(chunk.toString('latin1')), emit);
  const finish = () => {
    emitText(rewriter.end(), emit);
    done();
  };
  const decoder = streamDecoder(contentEncodings(encoding)[0] ?? '');
  if (!decoder) return { push: rewrite, end: finish };
  decoder.on('data', rewrite).once('end', finish).once('error', done);
  return { push: (chunk) => void decoder.write(chunk), end: () => void decoder.end() };
}

/** One rewriter after another. */
function chained(rewriters: readonly OriginRewriter[]): OriginRewriter {
  return {
    push: (text) => rewriters.reduce((result, rewriter) => rewriter.push(result), text),
    end: () => rewriters.reduce((result, rewriter) => rewriter.push(result) + rewriter.end(), ''),
  };
}

function emitText(text: string, emit: (chunk: Buffer) => void): void {
  if (text !== '') emit(Buffer.from(text, 'latin1'));
}

function streamDecoder(encoding: string): Transform | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
