// Policies that need no agent: what rewards are tried against before somebody trains on them. Deterministic.
import type { Service } from '../model/clone-model.ts';
import { drawBelow, openStream, type RandomStream } from '../std/prng.ts';
import { isArray, isObject, type Json, type JsonObject } from '../std/json.ts';
import { actionOfTool } from '../tool/tool-call.ts';
import type { Tool, ToolSet } from '../tool/tool.ts';

/** What requests are made of: the tools of a clone, who calls, and values that occur in its world. */
export interface Material {
  readonly tools: readonly Tool[];
  readonly services: readonly Service[];
  readonly values: readonly Json[];
}

/** @param world entities by type, whose plain values a random request may hold */
export function materialOf(tools: ToolSet, services: readonly Service[], world: JsonObject): Material {
  const values = new Set<Json>();
  for (const rows of Object.values(world)) {
    for (const row of isArray(rows) ? rows.slice(0, VALUES_ROWS_MAX) : []) {
      for (const value of isObject(row) ? Object.values(row) : []) if (isPlain(value)) values.add(value);
    }
  }
  return { tools: [...tools.values()].filter(({ route }) => route !== undefined), services, values: [...values] };
}

const VALUES_ROWS_MAX = 200;

/** Requests that no API has a use for: unknown paths, and known methods on them. */
export function refusedActions(count: number): readonly JsonObject[] {
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];
  return Array.from({ length: count }, (_none, index) => ({
    method: methods[index % methods.length] ?? 'GET',
    path: `/no-such-path-${index}`,
  }));
}

/** Every tool once, with values of the world. */
export function eachAction(material: Material, seed: number): readonly JsonObject[] {
  const stream = openStream(seed, 'audit each', 0);
  return material.tools.map((tool) => randomCall(tool, material, stream));
}

/** Random tools with random values. */
export function randomActions(material: Material, seed: number, count: number): readonly JsonObject[] {
  if (material.tools.length === 0) return [];
  const stream = openStream(seed, 'audit random', 0);
  return Array.from({ length: count }, () => randomCall(pick(material.tools, stream), material, stream));
}

function randomCall(tool: Tool, material: Material, stream: RandomStream): JsonObject {
  const given = sample(tool.inputSchema, material.values, stream) as JsonObject;
  const { headers: _headers, ...members } = given;
  return actionOfTool(tool, members, credentialOf(tool, material.services));
}

function credentialOf(tool: Tool, services: readonly Service[]): JsonObject {
  const principals = services.find(({ name }) => name === tool.service)?.principals ?? [];
  const [first] = principals.flatMap(({ credential }) => credential ?? []);
  return first === undefined ? {} : { [first.header]: first.value };
}

/** A value that fits a schema: mostly what was recorded or occurs in the world. */
function sample(schema: JsonObject, values: readonly Json[], stream: RandomStream): Json {
  const { type, properties, required, items, anyOf, examples } = schema;
  if (isArray(anyOf) && anyOf.length > 0) return sample(pick(anyOf, stream) as JsonObject, values, stream);
  if (type === 'object')
    return sampleObject(isObject(properties) ? properties : {}, isArray(required) ? required : [], values, stream);
  if (type === 'array') return drawBelow(stream, 3) === 0 ? [] : [sample(isObject(items) ? items : {}, values, stream)];
  if (type === 'boolean') return drawBelow(stream, 2) === 0;
  if (type === 'null') return null;
  if (isArray(examples) && examples.length > 0 && drawBelow(stream, 2) === 0) return pick(examples, stream);
  const fitting = values.filter((value) =>
    type === 'string' ? typeof value === 'string' && value !== '' : type === undefined || typeof value === 'number',
  );
  if (fitting.length > 0 && drawBelow(stream, 4) > 0) return pick(fitting, stream);
  return type === 'integer' || type === 'number' ? drawBelow(stream, 10) : `text ${drawBelow(stream, 100)}`;
}

function sampleObject(
  properties: JsonObject,
  required: readonly Json[],
  values: readonly Json[],
  stream: RandomStream,
): JsonObject {
  const members: [string, Json][] = [];
  for (const [name, schema] of Object.entries(properties)) {
    const isWanted = required.includes(name) || drawBelow(stream, 2) === 0;
    if (isWanted) members.push([name, sample(schema as JsonObject, values, stream)]);
  }
  return Object.fromEntries(members);
}

function isPlain(value: Json): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.length > 0 && value.length <= 200);
}

function pick<T>(list: readonly T[], stream: RandomStream): T {
  return list[drawBelow(stream, list.length)] as T;
}
