// An action of the control plane, `{ method, path, query?, headers?, body?, service? }`, as the request that it stands for.
import type { Body, Header } from '../exchange/exchange.ts';
import type { Service } from '../model/clone-model.ts';
import type { AddressedRequest } from '../runtime/step.ts';
import { percentEncode } from '../std/encoding.ts';
import { MynahError } from '../std/errors.ts';
import { isArray, isObject, printJson, tryParseJson, type Json } from '../std/json.ts';

const MEMBERS = ['method', 'path', 'query', 'headers', 'body', 'service'];
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Neither spaces nor controls can stand in a request line. */
const TARGET = /^\/[^\s\u0000-\u001f\u007f]*$/;

/**
 * `path` is a path of the service (the first one where none is named) or an absolute URL on one. A body that is no text is
 * sent as JSON; a text is sent as it is.
 *
 * @throws {MynahError} ERR_CALL_INVALID, naming the member
 */
export function requestOfAction(action: Json | undefined, services: readonly Service[]): AddressedRequest {
  if (!isObject(action)) throw invalid('an action must be an object: { method, path, query?, headers?, body? }');
  const unknown = Object.keys(action).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) throw invalid(`an action has no member ${unknown}, only ${MEMBERS.join(', ')}`);
  const { method, path, query, headers, body, service } = action;
  if (typeof method !== 'string' || !TOKEN.test(method)) throw invalid('method must be the name of an HTTP method');
  if (typeof path !== 'string') throw invalid('path must be a text that begins with /');
  const { origin, target } = resolvePath(path, service, services);
  if (!TARGET.test(target)) throw invalid(`path ${JSON.stringify(path)} must begin with / and hold no space`);
  const sent = headerList(headers);
  const content = bodyOf(body);
  const typed =
    content?.type === undefined || sent.some(([name]) => name === 'content-type')
      ? sent
      : [...sent, ['content-type', content.type] as const];
  return {
    origin,
    method,
    target: withQuery(target, query),
    headers: typed,
    ...(content === undefined ? {} : { body: content.body }),
  };
}

function resolvePath(
  path: string,
  named: Json | undefined,
  services: readonly Service[],
): { origin: string; target: string } {
  if (named !== undefined && typeof named !== 'string') throw invalid('service must be the name of a service');
  const names = services.map(({ name }) => name).join(', ');
  const service = named === undefined ? services[0] : services.find(({ name }) => name === named);
  const home = service?.origins[0];
  if (home === undefined) throw invalid(`there is no service ${named ?? ''}, only ${names}`);
  if (path.startsWith('/')) return { origin: home, target: path };
  for (const { origins } of services) {
    const origin = origins.find(
      (one) => path === one || (path.startsWith(one) && '/?#'.includes(path[one.length] ?? '/')),
    );
    if (origin === undefined) continue;
    const target = path.slice(origin.length);
    return { origin: origins[0] ?? origin, target: target.startsWith('/') ? target : `/${target}` };
  }
  throw invalid(`path ${JSON.stringify(path)} is neither a path that begins with / nor a URL of ${names}`);
}

function withQuery(target: string, query: Json | undefined): string {
  if (query === undefined || query === null) return target;
  if (!isObject(query)) throw invalid('query must be an object of texts, numbers, booleans or lists of them');
  const fields = Object.entries(query).flatMap(([name, value]) =>
    (isArray(value) ? value : [value]).map((one) => `${percentEncode(name)}=${percentEncode(textOf(name, one))}`),
  );
  return fields.length === 0 ? target : `${target}${target.includes('?') ? '&' : '?'}${fields.join('&')}`;
}

function textOf(name: string, value: Json): string {
  if (typeof value === 'string') return value;
  if (isArray(value) || isObject(value) || value === null)
    throw invalid(`the query parameter ${name} must be a text, a number or a boolean`);
  return printJson(value);
}

function headerList(headers: Json | undefined): readonly Header[] {
  if (headers === undefined || headers === null) return [];
  if (!isObject(headers)) throw invalid('headers must be an object of texts');
  return Object.entries(headers).flatMap(([name, value]) =>
    (isArray(value) ? value : [value]).map((one) => headerOf(name, one)),
  );
}

function headerOf(name: string, value: Json): Header {
  if (!TOKEN.test(name) || typeof value !== 'string' || /[\r\n\u0000]/.test(value))
    throw invalid(`the header ${JSON.stringify(name)} must be a name with a text of one line`);
  return [name.toLowerCase(), value];
}

function bodyOf(body: Json | undefined): { readonly body: Body; readonly type?: string } | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body !== 'string') return { body: { text: printJson(body) }, type: 'application/json' };
  // A harness may hand on the JSON text that a language model wrote.
  const holdsJson = typeof tryParseJson(body) === 'object';
  return holdsJson ? { body: { text: body }, type: 'application/json' } : { body: { text: body } };
}

function invalid(why: string): MynahError {
  return new MynahError('ERR_CALL_INVALID', why);
}
