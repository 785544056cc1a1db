// Text that stands in base64 within other text: decoded, redacted, and encoded again in the same way.
import { base64Decode, base64Encode, base64UrlEncode, utf8Decode, utf8Encode } from '../std/encoding.ts';
import { byteClass } from './sieve-bytes.ts';

/** Characters of a run that is looked into. */
export const BASE64_RUN_MIN = 16;
/** Bytes of base64 in either alphabet. */
export const BASE64_BYTES = byteClass('A-Z', 'a-z', '0-9', '+', '/', '_', '-');
const RUN = new RegExp(`[A-Za-z0-9+/_-]{${BASE64_RUN_MIN},}={0,2}`, 'y');
/** Longer ones are files. */
const RUN_MAX = 256 * 1024;
/** Characters by which a run is judged before it is decoded as a whole. */
const SAMPLE = 64;

/** Is there a run that is long enough to be looked into? */
export function mayHoldBase64(text: string): boolean {
  return runStart(text, 0) >= 0;
}

/** Replaces every run that is the base64 of a text which `redact` changes. */
export function redactBase64Runs(text: string, redact: (inner: string) => string): string {
  let result = '';
  let done = 0;
  for (let start = runStart(text, 0); start >= 0;) {
    RUN.lastIndex = start;
    const run = RUN.exec(text)?.[0] as string;
    const end = start + run.length;
    const redacted = redactRun(text, run, start, redact);
    if (redacted !== run) {
      result += text.slice(done, start) + redacted;
      done = end;
    }
    start = runStart(text, end);
  }
  return done === 0 ? text : result + text.slice(done);
}

/** Where the next run begins; -1 when none does. Windows of its least length are read from their end. */
function runStart(text: string, from: number): number {
  for (let start = from; start + BASE64_RUN_MIN <= text.length;) {
    let at = start + BASE64_RUN_MIN - 1;
    while (at >= start && BASE64_BYTES[text.charCodeAt(at)] === 1) at--;
    if (at < start) return start;
    start = at + 1;
  }
  return -1;
}

function redactRun(text: string, run: string, at: number, redact: (inner: string) => string): string {
  // Parts of a JSON Web Token have their own rules.
  if (run.length > RUN_MAX || text[at - 1] === '.' || text[at + run.length] === '.' || !beginsLikeText(run)) return run;
  const inner = decodedText(run);
  if (inner === undefined) return run;
  const redacted = redact(inner);
  return redacted === inner ? run : encodedLike(run, redacted);
}

/** The first of every four characters holds the upper bits of a byte, which in ASCII is below 128. */
function beginsLikeText(run: string): boolean {
  for (let at = 0; at < 16; at += 4) if (!/[A-Za-f]/.test(run[at] as string)) return false;
  const sample = run.length > SAMPLE ? decodedBytes(run.slice(0, SAMPLE)) : undefined;
  return sample === undefined || !sample.some((byte) => byte < 9);
}

function decodedBytes(run: string): Uint8Array | undefined {
  return base64Decode(run.replaceAll('-', '+').replaceAll('_', '/'));
}

function decodedText(run: string): string | undefined {
  const bytes = decodedBytes(run);
  const text = bytes && utf8Decode(bytes);
  return text === undefined || /[\x00-\x08\x0e-\x1f\x7f]/.test(text) ? undefined : text;
}

function encodedLike(run: string, text: string): string {
  const bytes = utf8Encode(text);
  const padded = /[-_]/.test(run) ? base64UrlEncode(text) : base64Encode(bytes);
  const bare = padded.replace(/=+$/, '');
  return run.endsWith('=') ? bare + '='.repeat((4 - (bare.length % 4)) % 4) : bare;
}
