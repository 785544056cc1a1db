// What the body of a request says of the members of its subject: the body's own members, or those that a JSON Patch writes.
import { patchMembers } from '../../model/expression-object-functions.ts';
import type { Json, JsonObject } from '../../std/json.ts';
import { isPlainObject } from '../explain/samples.ts';

export interface WrittenMembers {
  /** How expressions name the object that holds them. */
  readonly expression: string;
  readonly members: JsonObject;
}

/** Undefined for a body that says nothing by member. */
export function writtenMembers(body: Json | undefined): WrittenMembers | undefined {
  if (isPlainObject(body)) return { expression: 'body', members: body };
  const members = patchMembers(body);
  return isPlainObject(members as Json | undefined)
    ? { expression: 'patchMembers(body)', members: members as JsonObject }
    : undefined;
}
