// `shapes.json` beside the clone: the counts of shapes.ts as text, one field a line, so that a diff of it can be read.
import { z } from 'zod';
import { MynahError } from '../std/errors.ts';
import { parseJson, printJson, type Json } from '../std/json.ts';
import type { AskedShape } from './asked-shapes.ts';
import { describeIssue } from './file-schemas.ts';
import { SHAPES_FORMAT_VERSION, type AnswerShape, type FieldShape, type RouteShape, type Shapes } from './shapes.ts';
import { fileError } from './yaml-text.ts';

export const SHAPES_FILE = 'shapes.json';

const count = z.number().int().min(0);
const counts = z.record(z.string(), count);

const kindLists = z.record(z.string(), z.array(z.string()));

const fieldShape = z.strictObject({
  of: count,
  some: count,
  every: count,
  sessions: count,
  kinds: counts,
  formats: counts.optional(),
  values: z
    .custom<Readonly<Record<string, number>>>((value) => counts.safeParse(value).success, 'expected counts')
    .optional(),
  isMap: z.boolean().optional(),
});

const shapesFile = z.strictObject({
  formatVersion: z.literal(SHAPES_FORMAT_VERSION),
  sent: z.custom<Readonly<Record<string, string[]>>>(
    (value) => kindLists.safeParse(value).success,
    'expected lists of kinds',
  ),
  routes: z.array(
    z.strictObject({
      service: z.string(),
      route: z.string(),
      answers: z.array(
        z.strictObject({
          status: count,
          outcome: z.boolean().optional(),
          count,
          sessions: count,
          fields: z.record(z.string(), fieldShape),
        }),
      ),
      asked: z
        .strictObject({
          count,
          bodies: z.custom<Readonly<Record<string, number>>>(
            (value) => counts.safeParse(value).success,
            'expected counts',
          ),
          path: z.record(z.string(), fieldShape),
          query: z.record(z.string(), fieldShape),
          body: z.record(z.string(), fieldShape),
        })
        .optional(),
    }),
  ),
});

export function printShapes(shapes: Shapes): string {
  const routes = shapes.routes.map(printRoute).join(',\n');
  const sent = printJson(shapes.sent as unknown as Json);
  return `{"formatVersion":${shapes.formatVersion},\n"sent":${sent},\n"routes":[\n${routes}\n]}\n`;
}

function printRoute({ service, route, answers, asked }: RouteShape): string {
  const requests = asked === undefined ? '' : `,"asked":${printAsked(asked)}`;
  return `{"service":${printJson(service)},"route":${printJson(route)},"answers":[\n${answers.map(printAnswer).join(',\n')}\n]${requests}}`;
}

function printAnswer({ fields, ...answer }: AnswerShape): string {
  return `${printJson(answer).slice(0, -1)},"fields":${printFields(fields)}}`;
}

function printAsked({ count: asked, bodies, path, query, body }: AskedShape): string {
  const parts = Object.entries({ path, query, body }).map(([name, fields]) => `"${name}":${printFields(fields)}`);
  return `{"count":${asked},"bodies":${printJson(bodies as unknown as Json)},${parts.join(',')}}`;
}

function printFields(fields: Readonly<Record<string, FieldShape>>): string {
  const lines = Object.entries(fields).map(
    ([path, field]) => `${printJson(path)}:${printJson(field as unknown as Json)}`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n}`;
}

/**
 * @throws {MynahError} ERR_CLONE_FILE with line and column for text that is not JSON, and with the member for a wrong shape
 */
export function readShapes(text: string): Shapes {
  const parsed = shapesFile.safeParse(parseShapesText(text));
  if (parsed.success) return parsed.data as Shapes;
  const [issue] = parsed.error.issues;
  const what = issue === undefined ? 'malformed' : `${issue.path.join('.')}: ${describeIssue(issue)}`;
  throw fileError(SHAPES_FILE, { line: 1, column: 1 }, `${what}; compile the recordings again`);
}

function parseShapesText(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    const { line, column } = error.details;
    throw fileError(SHAPES_FILE, { line: Number(line ?? 1), column: Number(column ?? 1) }, error.message);
  }
}
