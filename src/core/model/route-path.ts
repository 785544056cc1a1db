// Route paths as segments: `/repos/{owner}/issues/{number}.json`, `/files/{path*}`. Literal text is written decoded or
// percent-encoded (`%7B` is a literal brace); a segment holds at most one parameter; `{name*}` may only come last.
import { MynahError } from '../std/errors.ts';

export type PathSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly prefix: string; readonly suffix: string }
  | { readonly kind: 'rest'; readonly name: string };

const PARAMETER_NAME = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/**
 * Segments of a route's path, from left to right; `/` alone is one empty literal segment.
 *
 * @throws {MynahError} ERR_ROUTE_PATH when the path does not begin with `/`, a brace is not closed, a parameter has no
 * proper name or stands twice, a segment holds two parameters, or `{name*}` is not alone in the last segment.
 */
export function parseRoutePath(path: string): readonly PathSegment[] {
  if (!path.startsWith('/')) throw malformed(path, 'it must begin with /');
  const segments = path
    .slice(1)
    .split('/')
    .map((text) => parseSegment(path, text));
  const names = new Set<string>();
  segments.forEach((segment, index) => {
    if (segment.kind === 'literal') return;
    if (segment.kind === 'rest' && index !== segments.length - 1) {
      throw malformed(path, `{${segment.name}*} takes the rest of the path, so it must be the last segment`);
    }
    if (names.has(segment.name)) throw malformed(path, `the parameter ${segment.name} stands in it twice`);
    names.add(segment.name);
  });
  return segments;
}

/** Names of the parameters of a route's path, from left to right. */
export function routeParameters(path: string): readonly string[] {
  return parseRoutePath(path).flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]));
}

/** Percent-decoding that never fails: text that is not valid percent-encoded UTF-8 stands for itself. */
export function decodePathText(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseSegment(path: string, text: string): PathSegment {
  const open = text.indexOf('{');
  const close = text.indexOf('}');
  if (open === -1 && close === -1) return { kind: 'literal', text: decodePathText(text) };
  if (open === -1 || close < open) throw malformed(path, `the braces of ${text} do not match`);
  const suffix = text.slice(close + 1);
  if (/[{}]/.test(suffix)) throw malformed(path, `${text} holds more than one parameter, a segment can hold one`);
  const inner = text.slice(open + 1, close);
  const isRest = inner.endsWith('*');
  const name = isRest ? inner.slice(0, -1) : inner;
  if (!PARAMETER_NAME.test(name)) {
    throw malformed(path, `{${inner}} is not a parameter; write {name} with letters, digits, _ or $`);
  }
  if (!isRest) {
    return { kind: 'parameter', name, prefix: decodePathText(text.slice(0, open)), suffix: decodePathText(suffix) };
  }
  if (text.length !== inner.length + 2) throw malformed(path, `{${inner}} must be a segment of its own`);
  return { kind: 'rest', name };
}

function malformed(path: string, why: string): MynahError {
  return new MynahError('ERR_ROUTE_PATH', `The route path ${JSON.stringify(path)} is malformed: ${why}.`, { path });
}
