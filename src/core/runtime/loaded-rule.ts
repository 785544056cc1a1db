// Rules made ready to run: expressions and templates as closures, types resolved.
import type { Header } from '../exchange/exchange.ts';
import type { Binding, Each, Effect, Query, Reply, Rule, Template } from '../model/clone-model.ts';
import { keyPartText } from '../model/entity-key.ts';
import { compileExpression, NO_HOST, type CompiledExpression, type Host, type Scope } from '../model/expression.ts';
import { HOST_FUNCTIONS } from '../model/host-functions.ts';
import { compileTemplate, type CompiledTemplate } from '../model/template.ts';
import { MynahError } from '../std/errors.ts';
import { tupleNamed, type LoadedType, type LookupTuple } from './loaded-type.ts';

export interface LoadedOrder {
  readonly by: CompiledExpression;
  readonly descending: boolean;
}

export interface LoadedQuery {
  readonly query: Query;
  readonly type: LoadedType;
  readonly where: CompiledExpression | undefined;
  readonly order: readonly LoadedOrder[];
  readonly sortFields: ReadonlyMap<string, CompiledExpression>;
}

export interface NamedExpression {
  readonly name: string;
  readonly expression: CompiledExpression;
}

export interface NamedTemplate {
  readonly name: string;
  readonly template: CompiledTemplate;
}

export interface LoadedEffect {
  readonly effect: Effect;
  /** Of `create`: nothing is made where this is not true. */
  readonly when: CompiledExpression | undefined;
  /** Of `create`, `delete-where` and `merge-where`. */
  readonly type: LoadedType | undefined;
  readonly from: CompiledExpression | undefined;
  readonly where: CompiledExpression | undefined;
  readonly set: readonly NamedTemplate[];
  /** Its values may depend on `it`. */
  readonly readsIt: boolean;
  /** Of `each`. */
  readonly list: CompiledExpression | undefined;
  readonly inner: readonly LoadedEffect[];
  /** Of `create`: the lets that its attributes use and that generators make, to be drawn again when the key is taken. */
  readonly drawn: readonly NamedExpression[];
}

export interface LoadedReply {
  readonly status: number;
  readonly headers: readonly { readonly name: string; readonly value: CompiledExpression }[];
  /** All headers, where they are the same in every answer. */
  readonly fixedHeaders: readonly Header[] | undefined;
  readonly body: CompiledTemplate | undefined;
  /** Which document of the service the body is, where it is no JSON. */
  readonly xml: string | undefined;
  readonly text: CompiledExpression | undefined;
  readonly asset: string | undefined;
}

export interface LoadedBinding {
  readonly name: string;
  readonly type: LoadedType;
  readonly tuple: LookupTuple;
  readonly key: readonly CompiledExpression[];
  /** Nothing looks into what it names: it stands for it by a reference. */
  readonly isNeverRead: boolean;
}

export interface LoadedEach {
  readonly list: CompiledExpression;
  readonly bindings: readonly LoadedBinding[];
  readonly rules: readonly LoadedRule[];
}

export interface LoadedRule {
  readonly rule: Rule;
  readonly when: CompiledExpression | undefined;
  readonly doubt: CompiledExpression | undefined;
  readonly query: LoadedQuery | undefined;
  /** Names that the query may use. */
  readonly letsBefore: readonly NamedExpression[];
  /** Names that need the query's `list`. */
  readonly letsAfter: readonly NamedExpression[];
  readonly each: LoadedEach | undefined;
  readonly effects: readonly LoadedEffect[];
  readonly reply: LoadedReply;
}

type TypesByName = ReadonlyMap<string, LoadedType>;

export function compileRule(rule: Rule, types: TypesByName): LoadedRule {
  const at = `rule ${rule.id}`;
  const lets = Object.entries(rule.let ?? {}).map(([name, text]) => ({
    name,
    expression: compileExpressionAt(text, `${at}, let ${name}`),
  }));
  const after = new Set(['list', 'results']);
  for (const { name, expression } of lets) if (expression.variables.some((used) => after.has(used))) after.add(name);
  return {
    rule,
    when: optional(rule.when, `${at}, when`),
    doubt: optional(rule.doubt, `${at}, doubt`),
    query: rule.query === undefined ? undefined : compileQuery(rule.query, types, `${at}, query`),
    letsBefore: lets.filter(({ name }) => !after.has(name)),
    letsAfter: lets.filter(({ name }) => after.has(name)),
    each: rule.each === undefined ? undefined : compileEach(rule.each, types, at),
    effects: (rule.effects ?? []).map((effect, index) =>
      compileEffect(effect, types, lets, `${at}, effect ${index + 1}`),
    ),
    reply: compileReply(rule.reply, `${at}, reply`),
  };
}

function compileEach({ in: list, bindings = [], cases }: Each, types: TypesByName, at: string): LoadedEach {
  return {
    list: compileExpressionAt(list, `${at}, each`),
    bindings: bindings.map((binding) => compileBinding(binding, types, `${at}, each`)),
    rules: cases.map((rule) => compileRule(rule, types)),
  };
}

export function compileBinding(binding: Binding, types: TypesByName, at: string): LoadedBinding {
  const place = `${at}, binding ${binding.name}`;
  const type = typeNamed(types, binding.type, place);
  return {
    name: binding.name,
    type,
    tuple: tupleNamed(type, binding.by),
    key: binding.key.map((text) => compileExpressionAt(text, place)),
    isNeverRead: false,
  };
}

function compileQuery(query: Query, types: TypesByName, at: string): LoadedQuery {
  const fields = Object.entries(query.sort?.fields ?? {});
  return {
    query,
    type: typeNamed(types, query.type, at),
    where: optional(query.where, at),
    order: (query.order ?? []).map(({ by, descending = false }) => ({ by: compileExpressionAt(by, at), descending })),
    sortFields: new Map(fields.map(([name, text]) => [name, compileExpressionAt(text, at)])),
  };
}

function compileEffect(effect: Effect, types: TypesByName, lets: readonly NamedExpression[], at: string): LoadedEffect {
  const from = 'from' in effect ? optional(effect.from, at) : undefined;
  const set = 'set' in effect ? compileSet(effect.set, at) : [];
  const used = [...(from?.variables ?? []), ...set.flatMap(({ template }) => template.variables)];
  const functions = [...(from?.functions ?? []), ...set.flatMap(({ template }) => template.functions)];
  return {
    effect,
    type: 'type' in effect ? typeNamed(types, effect.type, at) : undefined,
    from,
    where: 'where' in effect ? compileExpressionAt(effect.where, at) : undefined,
    when: 'when' in effect ? optional(effect.when, at) : undefined,
    set,
    // A generator may have a scope of its own.
    readsIt: used.includes('it') || ['gen', 'counter'].some((name) => functions.includes(name)),
    list: effect.kind === 'each' ? compileExpressionAt(effect.in, at) : undefined,
    inner: effect.kind === 'each' ? effect.do.map((inner) => compileEffect(inner, types, lets, at)) : [],
    drawn: effect.kind === 'create' ? drawnLets(lets, used) : [],
  };
}

/** Of the lets that `names` lead to: those that call a generator, and those that use them. */
function drawnLets(lets: readonly NamedExpression[], names: readonly string[]): readonly NamedExpression[] {
  const drawn = new Set<string>();
  for (const { name, expression } of lets) {
    if (expression.functions.includes('gen') || expression.variables.some((used) => drawn.has(used))) drawn.add(name);
  }
  const used = new Set(names);
  for (const { name, expression } of lets.toReversed()) {
    if (used.has(name)) for (const variable of expression.variables) used.add(variable);
  }
  return lets.filter(({ name }) => drawn.has(name) && used.has(name));
}

function compileSet(set: Readonly<Record<string, Template>>, at: string): readonly NamedTemplate[] {
  return Object.entries(set).map(([name, template]) => ({
    name,
    template: located(`${at}, ${name}`, () => compileTemplate(template)),
  }));
}

export function compileReply(reply: Reply, at: string): LoadedReply {
  const { body } = reply;
  const headers = (reply.headers ?? []).map(({ name, value }) => ({
    name: name.toLowerCase(),
    value: compileExpressionAt(value, `${at}, header ${name}`),
  }));
  return {
    status: reply.status,
    headers,
    fixedHeaders: headers.every(({ value }) => isFixed(value)) ? headersOf(headers, {}, NO_HOST) : undefined,
    body: body === undefined ? undefined : located(at, () => compileTemplate(body)),
    xml: reply.xml,
    text: optional(reply.text, at),
    asset: reply.asset,
  };
}

/** Does it need neither names nor a world? */
function isFixed({ variables, functions }: CompiledExpression): boolean {
  return variables.length === 0 && !functions.some((name) => HOST_FUNCTIONS.includes(name));
}

/** Headers whose value is missing are left out. */
export function headersOf(headers: LoadedReply['headers'], scope: Scope, host: Host): readonly Header[] {
  const known: Header[] = [];
  for (const { name, value } of headers) {
    const text = keyPartText(value.evaluate(scope, host));
    // A line break would end the header: what a client sends must not make another one.
    if (text !== undefined) known.push([name, text.replace(/[\r\n\0]/g, ' ')]);
  }
  return known;
}

function optional(text: string | undefined, at: string): CompiledExpression | undefined {
  return text === undefined ? undefined : compileExpressionAt(text, at);
}

/** @throws {MynahError} ERR_EXPRESSION_SYNTAX, naming the place in the model. */
export function compileExpressionAt(text: string, at: string): CompiledExpression {
  return located(at, () => compileExpression(text));
}

/** @throws {MynahError} ERR_MODEL_NAME */
export function typeNamed(types: TypesByName, name: string, at: string): LoadedType {
  const type = types.get(name);
  if (type !== undefined) return type;
  const known = [...types.keys()].join(', ');
  throw new MynahError('ERR_MODEL_NAME', `${at}: there is no entity type ${name} (there are: ${known}).`, { name, at });
}

/** Runs `compile`; its error says where in the model the mistake is. */
export function located<T>(at: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof MynahError)) throw error;
    throw new MynahError(error.code, `${at}: ${error.message}`, { ...error.details, at });
  }
}
