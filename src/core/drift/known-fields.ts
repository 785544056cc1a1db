// What the clone knows of a key anywhere in the API: a field that is optional elsewhere may well be new here by chance.
import { splitMemberPath, type Kind } from '../model/body-profile.ts';
import type { Shapes } from '../model/shapes.ts';

export interface KnownFields {
  readonly keys: ReadonlySet<string>;
  /** Whether a value of that kind stood under that key anywhere. */
  hasKind(key: string, kind: Kind): boolean;
}

export function knownFields(shapes: Shapes): KnownFields {
  const kinds = new Map<string, Set<string>>();
  for (const answer of shapes.routes.flatMap(({ answers }) => answers)) {
    for (const [path, field] of Object.entries(answer.fields)) {
      const key = splitMemberPath(path)?.key;
      if (key === undefined) continue;
      const known = kinds.get(key) ?? new Set<string>();
      for (const kind of Object.keys(field.kinds)) known.add(kind);
      kinds.set(key, known);
    }
  }
  return { keys: new Set(kinds.keys()), hasKind: (key, kind) => kinds.get(key)?.has(kind) === true };
}
