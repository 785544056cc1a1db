// Random models for properties: well-formed in shape and CEL, as odd as names, texts and numbers can be.
import fc from 'fast-check';
import { RawNumber, putMember, type Json, type JsonObject } from '../../src/core/std/json.ts';
import type {
  CloneModel,
  Effect,
  EntityType,
  Generator,
  Query,
  Route,
  Rule,
  Service,
  Template,
} from '../../src/core/model/clone-model.ts';

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
  fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }),
);
const expression = fc.constantFrom(
  'it.id',
  '1',
  "'a: b #c'",
  'x ? y : z',
  '[1, 2]',
  '{"a": 1}',
  '"\\n"',
  "it['odd key']",
  '- 1',
  '!x',
  "'é😀'",
  '"  "',
  'null',
  "'null'",
  'a\n + b',
);

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
);
const rawNumber = fc.constantFrom('1.0', '12345678901234567890', '1e5', '-0').map((text) => new RawNumber(text));

/** Objects with any own keys, `__proto__` too. */
function objectOf<T extends Json>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc.uniqueArray(fc.tuple(key, value), { maxLength: 4, selector: ([text]) => text }).map((members) => {
    const object: Record<string, Json> = {};
    for (const [text, member] of members) putMember(object, text, member);
    return object as Record<string, T>;
  });
}

export const arbitraryJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    number,
    rawNumber,
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '',
      'null',
      'true',
      '1.0',
      '~',
      '- x',
      '# c',
      'a: b',
      '\u2028',
      '\ud800',
      'x\ny\n',
      '{a}',
      "'",
      '"',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    objectOf(name, tie('value')),
  ),
})).value;

const jsonObject = objectOf(name, arbitraryJson) as fc.Arbitrary<JsonObject>;

const template: fc.Arbitrary<Template> = fc.letrec<{ template: Template }>((tie) => ({
  template: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    expression,
    number,
    fc.constantFrom(null, true),
    arbitraryJson.map(($literal) => ({ $literal }) as unknown as Template),
    fc.record({ $each: expression, as: name, do: tie('template') }),
    fc.record({ $view: name, of: expression }),
    fc.array(tie('template'), { maxLength: 3 }).map(($merge) => ({ $merge })),
    objectOf(
      name.filter((key) => !key.startsWith('$')),
      tie('template') as fc.Arbitrary<Json>,
    ) as fc.Arbitrary<Template>,
  ),
})).template;

const templates = objectOf(name, template as fc.Arbitrary<Json>) as fc.Arbitrary<Record<string, Template>>;
const tuple = fc.array(name, { minLength: 1, maxLength: 3 });

/** A record whose optional members are left out, never undefined. */
function partial<T, K extends keyof T>(
  members: { [P in keyof T]: fc.Arbitrary<Exclude<T[P], undefined>> },
  required: readonly K[],
): fc.Arbitrary<T> {
  return fc.record(members, { requiredKeys: [...required] as (keyof T & string)[] }) as unknown as fc.Arbitrary<T>;
}

const effect: fc.Arbitrary<Effect> = fc.oneof(
  partial<Extract<Effect, { kind: 'create' }>, 'kind' | 'type' | 'as' | 'set'>(
    { kind: fc.constant('create' as const), type: name, as: name, from: expression, set: templates },
    ['kind', 'type', 'as', 'set'],
  ),
  partial<Extract<Effect, { kind: 'merge' | 'replace' }>, 'kind' | 'target' | 'set'>(
    {
      kind: fc.constantFrom('merge' as const, 'replace' as const),
      target: name,
      from: expression,
      set: templates,
      keep: fc.array(name),
    },
    ['kind', 'target', 'set'],
  ),
  fc.record({ kind: fc.constant('delete' as const), target: name }),
  fc.record({ kind: fc.constant('delete-where' as const), type: name, where: expression }),
  fc.record({ kind: fc.constant('merge-where' as const), type: name, where: expression, set: templates }),
);

const query: fc.Arbitrary<Query> = partial<Query, 'type'>(
  {
    type: name,
    where: expression,
    filters: fc.array(
      fc.record(
        {
          param: name,
          operator: fc.constantFrom('eq' as const, 'in' as const),
          attributes: tuple,
          default: arbitraryJson,
        },
        { requiredKeys: ['param', 'operator', 'attributes'] },
      ),
    ),
    openFilters: fc.record({ ignore: fc.array(name) }),
    order: fc.array(fc.record({ by: expression, descending: fc.boolean() })),
    sort: fc.record({ by: name, fields: objectOf(name, expression), descendingDefault: fc.boolean() }),
    page: fc.record({ style: fc.constantFrom('page' as const, 'after' as const), sizeDefault: fc.nat() }),
  },
  ['type'],
);

const rule: fc.Arbitrary<Rule> = partial<Rule, 'id' | 'reply'>(
  {
    id: name,
    when: expression,
    query,
    let: objectOf(name, expression),
    effects: fc.array(effect, { maxLength: 2 }),
    reply: partial<Rule['reply'], 'status'>(
      {
        status: fc.integer({ min: 100, max: 599 }),
        headers: fc.array(fc.record({ name, value: expression })),
        body: template,
        text: expression,
        asset: name,
      },
      ['status'],
    ),
    provenance: fc.constantFrom('synthesised' as const, 'pooled' as const),
    locked: fc.boolean(),
  },
  ['id', 'reply'],
);

const path = fc
  .uniqueArray(fc.oneof(fc.stringMatching(/^[A-Za-z0-9._~é -]{1,5}$/), fc.stringMatching(/^\{[a-z]{1,3}\}$/)), {
    maxLength: 4,
  })
  .map((segments) => `/${segments.join('/')}`);

const route: fc.Arbitrary<Route> = partial<Route, 'id' | 'method' | 'path' | 'cases'>(
  {
    id: name,
    method: fc.constantFrom('GET', 'POST', 'DELETE'),
    path,
    bindings: fc.array(fc.record({ name, type: name, key: fc.array(expression, { minLength: 1, maxLength: 2 }) }), {
      maxLength: 2,
    }),
    guards: fc.array(rule, { maxLength: 2 }),
    cases: fc.array(rule, { maxLength: 2 }),
  },
  ['id', 'method', 'path', 'cases'],
);

const generator: fc.Arbitrary<Generator> = fc.oneof(
  fc.record({ kind: fc.constant('sequence' as const), start: fc.integer(), step: fc.integer() }),
  fc.record({ kind: fc.constant('uuid' as const), version: fc.constantFrom(1 as const, 4 as const, 7 as const) }),
  fc.record({
    kind: fc.constant('text' as const),
    pattern: fc.constant([{ literal: 'x' }, { alphabet: 'ab', length: 3 }]),
  }),
);

const entity: fc.Arbitrary<EntityType> = partial<EntityType, 'name' | 'key' | 'views'>(
  { name, key: tuple, aliases: fc.array(tuple, { maxLength: 2 }), derived: templates, views: templates },
  ['name', 'key', 'views'],
);

const service: fc.Arbitrary<Service> = fc
  .record({
    name,
    origins: fc.array(fc.webUrl()),
    principals: fc.array(fc.record({ id: name, attributes: jsonObject }), { maxLength: 2 }),
    generators: objectOf(name, generator as unknown as fc.Arbitrary<Json>) as unknown as fc.Arbitrary<
      Record<string, Generator>
    >,
    entities: fc.uniqueArray(entity, { maxLength: 3, selector: (type) => type.name }),
    routes: fc.array(route, { maxLength: 4 }),
    errors: fc.array(rule, { maxLength: 2 }),
    rows: fc.array(fc.array(jsonObject, { maxLength: 3 }), { maxLength: 3 }),
  })
  .map(({ rows, ...rest }) => {
    const seed: Record<string, readonly JsonObject[]> = {};
    rest.entities.forEach((type, index) => {
      const entities = rows[index];
      if (entities !== undefined) putMember(seed as Record<string, Json>, type.name, entities);
    });
    return withDistinctIds({ ...rest, seed });
  });

/** Rule and route ids, and routes of one shape, may stand once in a service. */
function withDistinctIds(model: Service): Service {
  let count = 0;
  const distinct = (rules: readonly Rule[]): Rule[] =>
    rules.map((each) => ({ ...each, id: `${each.id}${(count += 1)}` }));
  const routes = model.routes.map((each, index) => ({
    ...each,
    id: `${each.id}${index}`,
    path: `${each.path === '/' ? '' : each.path}/r${index}`,
    ...(each.guards === undefined ? {} : { guards: distinct(each.guards) }),
    cases: distinct(each.cases),
  }));
  return { ...model, routes, errors: distinct(model.errors) };
}

export const arbitraryModel: fc.Arbitrary<CloneModel> = fc.record({
  formatVersion: fc.constant(1 as const),
  clock: fc.record({ startMs: fc.nat(), stepMs: fc.nat() }),
  services: fc.array(service, { maxLength: 2 }),
});
