// A call of a tool as the action that it stands for: the same that `step` takes on the control plane.
import { printForm } from '../exchange/form.ts';
import { parseRoutePath, type PathSegment } from '../model/route-path.ts';
import { percentEncode } from '../std/encoding.ts';
import { MynahError } from '../std/errors.ts';
import { isArray, isObject, printJson, type Json, type JsonObject } from '../std/json.ts';
import type { Tool } from './tool.ts';

const PARTS = ['path', 'query', 'body', 'headers'];
const ANY_PARTS = ['method', 'target', 'service', 'body', 'headers'];

/**
 * @param defaults headers that the caller's own take precedence over: its credential
 * @throws {MynahError} ERR_TOOL_ARGUMENTS, naming the argument
 */
export function actionOfTool(tool: Tool, given: Json | undefined, defaults: JsonObject): JsonObject {
  const members = given ?? {};
  if (!isObject(members)) throw wrong(tool, 'arguments must be an object');
  const allowed = tool.route === undefined ? ANY_PARTS : PARTS;
  const unknown = Object.keys(members).find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw wrong(tool, `there is no argument ${unknown}, only ${allowed.join(', ')}`);
  const { body } = members;
  const headers = { ...defaults, ...lowerCased(objectOf(tool, 'headers', members['headers'])) };
  const { method, path } = tool.route === undefined ? anyTarget(tool, members) : routeTarget(tool, tool.route, members);
  const service = typeof members['service'] === 'string' ? members['service'] : tool.service;
  const action = { method, path, service };
  if (body === undefined) return { ...action, headers };
  if (tool.encoding === 'json' || !isObject(body)) return { ...action, headers, body };
  return {
    ...action,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: printForm(body, 'bracketed'),
  };
}

function routeTarget(
  tool: Tool,
  { method, path }: NonNullable<Tool['route']>,
  members: JsonObject,
): { readonly method: string; readonly path: string } {
  const values = objectOf(tool, 'path', members['path']);
  const segments = parseRoutePath(path);
  const names = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]));
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw wrong(
      tool,
      `the path ${path} has no parameter ${unknown}${names.length === 0 ? '' : `, only ${names.join(', ')}`}`,
    );
  const filled = segments.map((segment) => segmentText(tool, segment, values)).join('/');
  const query = printForm(objectOf(tool, 'query', members['query']), 'repeated');
  return { method, path: `/${filled}${query === '' ? '' : `?${query}`}` };
}

function segmentText(tool: Tool, segment: PathSegment, values: JsonObject): string {
  if (segment.kind === 'literal') return percentEncode(segment.text);
  const value = values[segment.name];
  if (value === undefined || value === null || isObject(value) || isArray(value) || value === '')
    throw wrong(tool, `path.${segment.name} must be a text or a number that is not empty`);
  const text = typeof value === 'string' ? value : printJson(value);
  if (segment.kind === 'rest') return text.split('/').map(percentEncode).join('/');
  return percentEncode(segment.prefix) + percentEncode(text) + percentEncode(segment.suffix);
}

function anyTarget(tool: Tool, { method, target }: JsonObject): { readonly method: string; readonly path: string } {
  if (typeof method !== 'string' || typeof target !== 'string') throw wrong(tool, 'method and target must be texts');
  return { method, path: target };
}

function objectOf(tool: Tool, name: string, value: Json | undefined): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw wrong(tool, `${name} must be an object`);
  return value;
}

function lowerCased(headers: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function wrong({ name }: Tool, why: string): MynahError {
  return new MynahError('ERR_TOOL_ARGUMENTS', `${name}: ${why}`, { tool: name });
}
