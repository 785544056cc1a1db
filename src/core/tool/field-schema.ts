// JSON Schemas out of the counts of recorded requests: which members there were, of which kinds, which were never left out,
// and a few of their values as examples. A schema says what was seen; the service decides what it takes.
import { elementPath, splitMemberPath, type Kind } from '../model/body-profile.ts';
import type { FieldShape } from '../model/shapes.ts';
import type { TextFormat } from '../model/text-format.ts';
import type { JsonObject } from '../std/json.ts';
import { toolExamplesMax } from '../std/limits.ts';

export type FieldShapes = Readonly<Record<string, FieldShape>>;

/** Whether values are JSON, or texts that may stand for numbers and booleans, as in a query or a form. */
export type Spelling = 'json' | 'text';

const FORMATS: Readonly<Partial<Record<TextFormat, string>>> = {
  uuid: 'uuid',
  'date-time': 'date-time',
  date: 'date',
  email: 'email',
  url: 'uri',
};

/** The value at a path of the fields, with everything below it; the body itself has the path ''. */
export function valueSchema(fields: FieldShapes, path: string, spelling: Spelling): JsonObject {
  const field = fields[path];
  if (field === undefined) return {};
  const schemas = Object.keys(field.kinds).map((kind) => kindSchema(kind as Kind, fields, path, spelling));
  const [only, ...others] = schemas;
  return only === undefined ? {} : others.length === 0 ? only : { anyOf: schemas };
}

/** The object at a path: its members, and which of them no request left out. */
export function objectSchema(fields: FieldShapes, path: string, spelling: Spelling): JsonObject {
  const properties: [string, JsonObject][] = [];
  const required: string[] = [];
  for (const [at, { of, every }] of Object.entries(fields)) {
    const place = at === '' || at.endsWith('[]') ? undefined : splitMemberPath(at);
    if (place?.holder !== path) continue;
    properties.push([place.key, valueSchema(fields, at, spelling)]);
    if (every === of) required.push(place.key);
  }
  return {
    type: 'object',
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
  };
}

function kindSchema(kind: Kind, fields: FieldShapes, path: string, spelling: Spelling): JsonObject {
  switch (kind) {
    case 'object':
      return objectSchema(fields, path, spelling);
    case 'array':
      return { type: 'array', items: valueSchema(fields, elementPath(path), spelling) };
    case 'string':
      return textSchema(fields[path] as FieldShape, spelling);
    default:
      return { type: kind };
  }
}

function textSchema({ formats = {}, values }: FieldShape, spelling: Spelling): JsonObject {
  const names = Object.keys(formats) as TextFormat[];
  const texts = Object.keys(values ?? {});
  if (spelling === 'text' && names.length === 1 && names[0] === 'digits')
    return { type: 'integer', ...examples(texts.map(Number)) };
  if (spelling === 'text' && texts.length > 0 && texts.every((text) => text === 'true' || text === 'false'))
    return { type: 'boolean' };
  const format = names.length === 1 ? FORMATS[names[0] as TextFormat] : undefined;
  return { type: 'string', ...(format === undefined ? {} : { format }), ...examples(texts) };
}

function examples(values: readonly (string | number)[]): JsonObject {
  const shown = values.filter((value) => value !== '').slice(0, toolExamplesMax);
  return shown.length === 0 ? {} : { examples: shown };
}
