// What requests send, by the expressions that read it: members of bodies, through the envelopes they stand in, and of queries.
import { isObject, type Json, type JsonObject } from '../../std/json.ts';
import type { Call } from './call.ts';
import { memberText } from '../explain/literal.ts';
import { isPlainObject, scalarOf } from '../explain/samples.ts';

const ENVELOPES_MAX = 3;

/** Members of bodies that are no objects, by name: the expression that reads each. What stands further out comes first. */
export function bodyMembers(calls: readonly Call[]): Map<string, string> {
  const members = new Map<string, string>();
  const visit = (value: JsonObject, expression: string, depth: number): void => {
    for (const [name, member] of Object.entries(value)) {
      const own = memberText(expression, name);
      if (!isPlainObject(member)) {
        if (!members.has(name)) members.set(name, own);
      } else if (depth < ENVELOPES_MAX && isEnvelope(value)) visit(member, own, depth + 1);
    }
  };
  for (const { body } of calls) if (isPlainObject(body)) visit(body, 'body', 0);
  return members;
}

/** Holds one object, and beside it at most what kind of thing that is. */
function isEnvelope(value: JsonObject): boolean {
  const members = Object.entries(value);
  const objects = members.filter(([, member]) => isPlainObject(member));
  return objects.length === 1 && members.every(([name, member]) => isPlainObject(member) || /^(type|id)$/.test(name));
}

/** Those of them that are scalars in any request. */
export function bodyFields(calls: readonly Call[]): Map<string, string> {
  return new Map(
    [...bodyMembers(calls)].filter(([, expression]) =>
      calls.some((call) => scalarOf(bodyValue(call, expression)) !== undefined),
    ),
  );
}

/** What the expression reads in the body of the call. */
export function bodyValue(call: Call, expression: string): Json | undefined {
  let at: Json | undefined = call.body;
  for (const match of expression.slice(4).matchAll(/\.(\w+)|\["((?:[^"\\]|\\.)*)"\]/g))
    at = isObject(at) ? at[match[1] ?? (match[2] as string)] : undefined;
  return at;
}
