// The shape of each file of a clone. Parsing with a schema puts the known keys into canonical order; whatever comes from
// recorded values (templates, attributes, names of fields) keeps the order it has, which is the order it is served in.
import { z } from 'zod';
import { isArray, isObject, type Json, type JsonObject } from '../std/json.ts';
import type { XmlElementLayout } from '../exchange/xml-layout.ts';
import { MODEL_FORMAT_VERSION, type Effect, type Page, type Template } from './clone-model.ts';

const name = z.string().min(1);
const expression = z.string().min(1);
const json = z.custom<Json>((value) => value !== undefined, 'expected a JSON value');
const jsonObject = z.custom<JsonObject>((value) => isObject(value as Json), 'expected an object');
const integer = z.number().int();

const template = z
  .custom<Template>((value) => value !== undefined, 'expected a template')
  .check((context) => {
    reportTemplate(context.value as Json, [], (path, message) =>
      context.issues.push({ code: 'custom', message, path: [...path], input: context.value }),
    );
  });

type ReportIssue = (path: readonly (string | number)[], message: string) => void;

const TEMPLATE_FORMS: Readonly<Record<string, readonly string[]>> = {
  $literal: ['$literal'],
  $each: ['$each', 'as', 'do'],
  $view: ['$view', 'of'],
  $merge: ['$merge'],
};

/** Members of the special forms: `$each`, `as` and `do` come together, `$merge` takes a list, and so on. */
function reportTemplate(value: Json, path: readonly (string | number)[], report: ReportIssue): void {
  if (isArray(value)) return value.forEach((item, index) => reportTemplate(item, [...path, index], report));
  if (!isObject(value)) return;
  const form = Object.keys(TEMPLATE_FORMS).find((key) => Object.hasOwn(value, key));
  if (form === undefined) {
    for (const [key, member] of Object.entries(value)) reportTemplate(member, [...path, key], report);
    return;
  }
  const keys = TEMPLATE_FORMS[form] ?? [];
  const missing = keys.filter((key) => !Object.hasOwn(value, key));
  const extra = Object.keys(value).filter((key) => !keys.includes(key));
  if (missing.length > 0) report(path, `${form} needs ${missing.join(' and ')} beside it`);
  for (const key of extra) report([...path, key], `${key} does not belong beside ${form}`);
  for (const key of ['$each', 'as', '$view', 'of']) {
    if (keys.includes(key) && Object.hasOwn(value, key) && typeof value[key] !== 'string')
      report([...path, key], `expected text for ${key}`);
  }
  if (form === '$each') reportTemplate(value['do'] ?? null, [...path, 'do'], report);
  if (form === '$merge') {
    if (isArray(value['$merge'])) reportTemplate(value['$merge'], [...path, '$merge'], report);
    else report([...path, '$merge'], 'expected a list of templates for $merge');
  }
}

/** An object whose member names are recorded names, kept in their order, each member of one shape. */
function recordOf<T>(member: z.ZodType<T>): z.ZodType<Readonly<Record<string, T>>> {
  return z
    .custom<Readonly<Record<string, T>>>((value) => isObject(value as Json), 'expected an object')
    .check((context) => {
      for (const [key, value] of Object.entries(context.value)) {
        const result = member.safeParse(value);
        for (const issue of result.error?.issues ?? []) {
          context.issues.push({
            code: 'custom',
            message: describeIssue(issue),
            path: [key, ...issue.path],
            input: value,
          });
        }
      }
    });
}

/** What was expected, in words that do not name the schema library. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return `missing; expected ${issue.expected}`;
  return issue.message.replace(/^Invalid input: /, '').replace(/^Invalid /, 'invalid ');
}

const generatorPart = z.union([
  z.strictObject({ literal: z.string() }),
  z.strictObject({ alphabet: z.string().min(1), length: integer.min(1) }),
]);

const generator = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sequence'), start: integer, step: integer, scope: z.array(name).optional() }),
  z.strictObject({
    kind: z.literal('max-plus-one'),
    type: name,
    attribute: name,
    start: integer,
    scope: z.array(name).optional(),
  }),
  z.strictObject({ kind: z.literal('uuid'), version: z.union([z.literal(1), z.literal(4), z.literal(7)]) }),
  z.strictObject({ kind: z.literal('text'), pattern: z.array(generatorPart).min(1) }),
]);

const principal = z.strictObject({
  id: name,
  credential: z.strictObject({ header: name, value: z.string() }).optional(),
  attributes: jsonObject,
});

const keyTuple = z.array(name).min(1);
/** Empty for a singleton: a type that never has more than one entity. */
const key = z.array(name);

/** `entities/<Type>.yaml` */
export const entityFile = z.strictObject({
  name,
  key,
  aliases: z.array(keyTuple).optional(),
  derived: recordOf(template).optional(),
  views: recordOf(template),
});

const binding = z.strictObject({ name, type: name, key: z.array(expression), by: keyTuple.optional() });

const changed = { from: expression.optional(), set: recordOf(template) };
const simpleEffect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create'), when: expression.optional(), type: name, as: name, ...changed }),
  z.strictObject({ kind: z.literal('merge'), target: name, ...changed, keep: z.array(name).optional() }),
  z.strictObject({ kind: z.literal('replace'), target: name, ...changed, keep: z.array(name).optional() }),
  z.strictObject({ kind: z.literal('delete'), target: name }),
  z.strictObject({ kind: z.literal('delete-where'), type: name, where: expression }),
  z.strictObject({ kind: z.literal('merge-where'), type: name, where: expression, set: recordOf(template) }),
]);

const effect: z.ZodType<Effect> = z.lazy(() =>
  z.union([
    simpleEffect,
    z.strictObject({ kind: z.literal('each'), in: expression, as: name, do: z.array(effect).min(1) }),
  ]),
) as z.ZodType<Effect>;

const operator = z.enum(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'contains-ci', 'in', 'prefix', 'search']);

const page: z.ZodType<Page> = z.lazy(() =>
  z.strictObject({
    style: z.enum(['page', 'offset', 'range', 'after', 'before']),
    at: name.optional(),
    size: name.optional(),
    first: integer.optional(),
    sizeDefault: integer.optional(),
    sizeMax: integer.optional(),
    cursor: name.optional(),
    also: page.optional(),
  }),
) as z.ZodType<Page>;

const query = z.strictObject({
  type: name,
  where: expression.optional(),
  filters: z
    .array(
      z.strictObject({
        param: name,
        operator,
        attributes: z.array(name),
        default: json.optional(),
        any: z.array(json).optional(),
        none: z.array(json).optional(),
        some: z.array(json).optional(),
        words: recordOf(z.strictObject({ attribute: name, equals: json, not: z.boolean().optional() })).optional(),
        marker: name.optional(),
      }),
    )
    .optional(),
  openFilters: z.strictObject({ ignore: z.array(name), suffixes: recordOf(operator).optional() }).optional(),
  order: z.array(z.strictObject({ by: expression, descending: z.boolean().optional() })).optional(),
  sort: z
    .strictObject({
      by: name,
      direction: name.optional(),
      fields: recordOf(expression),
      open: z.boolean().optional(),
      descending: recordOf(z.boolean()).optional(),
      descendingDefault: z.boolean().optional(),
    })
    .optional(),
  page: page.optional(),
});

const reply = z.strictObject({
  status: integer.min(100).max(599),
  headers: z.array(z.strictObject({ name, value: expression })).optional(),
  body: template.optional(),
  xml: name.optional(),
  text: expression.optional(),
  asset: name.optional(),
});

const smallRule = z.strictObject({
  id: name,
  when: expression.optional(),
  query: query.optional(),
  let: recordOf(expression).optional(),
  effects: z.array(effect).optional(),
  reply,
  provenance: z.enum(['synthesised', 'pooled', 'replayed']).optional(),
  locked: z.boolean().optional(),
  doubt: expression.optional(),
});

const rule = smallRule.extend({
  each: z
    .strictObject({ in: expression, bindings: z.array(binding).optional(), cases: z.array(smallRule).min(1) })
    .optional(),
});

/** One of the list in `routes/<resource>.yaml`. */
const route = z.strictObject({
  id: name,
  method: name,
  path: name,
  bindings: z.array(binding).optional(),
  guards: z.array(rule).optional(),
  cases: z.array(rule),
});

/** `routes/<resource>.yaml` */
export const routesFile = z.array(route);

/** `errors.yaml` */
export const errorsFile = z.array(rule);

const issuedCredentials = z.strictObject({
  header: name,
  prefix: z.string(),
  type: name,
  subject: name,
  accounts: z.strictObject({ type: name, fields: z.array(name) }).optional(),
});

const xmlAttribute = z.strictObject({
  name,
  quote: z.literal("'").optional(),
  value: z.string().optional(),
  used: z.literal(true).optional(),
});

const xmlElement: z.ZodType<XmlElementLayout> = z.lazy(() =>
  z.strictObject({
    tag: name,
    attributes: z.array(xmlAttribute).optional(),
    gap: z.string().optional(),
    lead: z.string().optional(),
    between: z.string().optional(),
    items: z.literal(true).optional(),
    tail: z.string().optional(),
    spaced: z.literal(true).optional(),
    closing: z.string().optional(),
    kind: z.enum(['number', 'boolean']).optional(),
    children: z.array(xmlElement).min(1).optional(),
  }),
) as z.ZodType<XmlElementLayout>;

const xmlLayout = z.strictObject({
  prolog: z.string().optional(),
  epilog: z.string().optional(),
  references: recordOf(z.string()).optional(),
  root: xmlElement,
});

const repeats = z.strictObject({
  header: name,
  methods: z.array(name).min(1),
  type: name,
  otherwise: reply.optional(),
});

/** `service.yaml` */
export const serviceFile = z.strictObject({
  name,
  origins: z.array(name),
  principals: z.array(principal),
  issued: issuedCredentials.optional(),
  repeats: repeats.optional(),
  generators: recordOf(generator),
  documents: recordOf(xmlLayout).optional(),
});

/** `clone.yaml`; services are named by their folders. */
export const cloneFile = z.strictObject({
  formatVersion: z.literal(MODEL_FORMAT_VERSION),
  clock: z.strictObject({ startMs: integer, stepMs: integer.min(0) }),
  services: z.array(name),
});

/** `overrides/*.yaml`: what a person lays over compiled rules. */
export const overridesFile = z.array(
  z.strictObject({ rule: name, service: name.optional(), ...rule.omit({ id: true }).partial().shape }),
);
