// Templates: how the JSON of an answer or of an entity is built. The forms are told in clone-model.ts.
import { MynahError } from '../std/errors.ts';
import { isArray, isObject, memberOf, putMember, type Json } from '../std/json.ts';
import { templateDepthMax } from '../std/limits.ts';
import type { Template } from './clone-model.ts';
import { compileExpression, type CompiledExpression, type Host, type Scope, type Value } from './expression.ts';

export interface CompiledTemplate {
  /** Free variables of all its expressions, sorted. */
  readonly variables: readonly string[];
  /** Those free variables whose value matters to some expression, and names that it binds itself. */
  readonly read: readonly string[];
  /** Functions that its expressions call, sorted; `$view` when it renders views. */
  readonly functions: readonly string[];
  /** Of a free variable, the members that are read; 'all' where more than members is. */
  membersOf(variable: string): readonly string[] | 'all';
  /**
   * The value, or missing. Never throws, unless the host does. Members and elements that are missing are left out.
   * `$each` sets its variable in the scope for the time of rendering its elements.
   */
  render(scope: Scope, host: Host): Value;
}

type Render = (scope: Scope, host: Host) => Value;

/** Compiles a template. Throws ERR_EXPRESSION_SYNTAX for a bad expression and ERR_TEMPLATE_SHAPE for a bad form. */
export function compileTemplate(template: Template): CompiledTemplate {
  const compiler = new Compiler();
  const render = compiler.compile(template, 0);
  return {
    variables: [...compiler.variables].sort(),
    read: compiler.read,
    functions: [...compiler.functions].sort(),
    membersOf: (variable) => compiler.membersOf(variable),
    render,
  };
}

/** The key under which a template object renders a member of that name: `$literal` is written `$$literal`. */
export function keyOfMember(name: string): string {
  return name.startsWith('$$') || FORMS.includes(name) ? `$${name}` : name;
}

const FORMS: readonly string[] = ['$literal', '$each', '$view', '$merge'];
const memberOfKey = (key: string): string => (key.startsWith('$$') ? key.slice(1) : key);

class Compiler {
  readonly variables = new Set<string>();
  readonly functions = new Set<string>();
  readonly #expressions: CompiledExpression[] = [];
  readonly #bound: string[] = [];

  get read(): readonly string[] {
    return [...new Set(this.#expressions.flatMap((expression) => expression.read))].sort();
  }

  membersOf(variable: string): readonly string[] | 'all' {
    const members = this.#expressions.map((expression) => expression.membersOf(variable));
    return members.includes('all') ? 'all' : members.flat();
  }

  compile(template: Template, depth: number): Render {
    if (depth > templateDepthMax) throw shapeError(`a template is nested deeper than ${templateDepthMax} levels`);
    if (typeof template === 'string') return this.#expression(template).evaluate;
    if (!isObject(template) && !isArray(template)) return () => template;
    if (isArray(template)) return renderArray(template.map((element) => this.compile(element, depth + 1)));
    if ('$literal' in template) return this.#literal(template);
    if ('$each' in template) return this.#each(template, depth);
    if ('$view' in template) return this.#view(template);
    if ('$merge' in template) return this.#merge(template, depth);
    const keys = Object.keys(template);
    return renderObject(
      keys.map(memberOfKey),
      keys.map((key) => this.compile(template[key] as Template, depth + 1)),
    );
  }

  #expression(text: string): CompiledExpression {
    const expression = compileExpression(text);
    for (const name of expression.variables) if (!this.#bound.includes(name)) this.variables.add(name);
    for (const name of expression.functions) this.functions.add(name);
    this.#expressions.push(expression);
    return expression;
  }

  #literal(template: TemplateObject): Render {
    requireKeys(template, ['$literal']);
    const value = template['$literal'] as Json;
    return () => value;
  }

  #each(template: TemplateObject, depth: number): Render {
    requireKeys(template, ['$each', 'as', 'do'], ['where']);
    const variable = template['as'];
    if (typeof variable !== 'string' || !/^[A-Za-z_]\w*$/.test(variable)) {
      throw shapeError(`'as' names the element and must be an identifier, not ${JSON.stringify(variable)}`);
    }
    const list = this.#expression(textOf(template, '$each'));
    this.#bound.push(variable);
    const where = 'where' in template ? this.#expression(textOf(template, 'where')) : undefined;
    const body = this.compile(template['do'] as Template, depth + 1);
    this.#bound.pop();
    return (scope, host) => {
      const elements = list.evaluate(scope, host);
      if (!isArray(elements)) return undefined;
      const outer = scope[variable];
      const rendered: Json[] = [];
      for (const element of elements) {
        scope[variable] = element;
        if (where !== undefined && where.evaluate(scope, host) !== true) continue;
        const value = body(scope, host);
        if (value !== undefined) rendered.push(value);
      }
      scope[variable] = outer;
      return rendered;
    };
  }

  #view(template: TemplateObject): Render {
    requireKeys(template, ['$view', 'of']);
    const view = textOf(template, '$view');
    const entity = this.#expression(textOf(template, 'of'));
    this.functions.add('$view');
    return (scope, host) => {
      const value = entity.evaluate(scope, host);
      return value === undefined ? undefined : host.call('$view', [view, value]);
    };
  }

  #merge(template: TemplateObject, depth: number): Render {
    requireKeys(template, ['$merge']);
    const layers = template['$merge'] as Template;
    if (!isArray(layers)) throw shapeError("'$merge' takes a list of templates");
    const renders = layers.map((layer) => this.compile(layer, depth + 1));
    return (scope, host) => {
      const merged: Record<string, Json> = {};
      for (const render of renders) {
        const layer = render(scope, host);
        if (isObject(layer)) for (const key of Object.keys(layer)) putMember(merged, key, memberOf(layer, key) as Json);
      }
      return merged;
    };
  }
}

type TemplateObject = { readonly [key: string]: Template };

function renderArray(renders: readonly Render[]): Render {
  return (scope, host) => {
    const array: Json[] = [];
    for (const render of renders) {
      const value = render(scope, host);
      if (value !== undefined) array.push(value);
    }
    return array;
  };
}

function renderObject(keys: readonly string[], renders: readonly Render[]): Render {
  return (scope, host) => {
    const object: Record<string, Json> = {};
    for (let index = 0; index < keys.length; index += 1) {
      const value = (renders[index] as Render)(scope, host);
      if (value !== undefined) putMember(object, keys[index] as string, value);
    }
    return object;
  };
}

function requireKeys(template: TemplateObject, required: readonly string[], optional: readonly string[] = []): void {
  const form = required[0] as string;
  for (const key of required) if (!(key in template)) throw shapeError(`'${form}' needs '${key}' beside it`);
  for (const key of Object.keys(template)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw shapeError(`'${key}' means nothing beside '${form}'; a member named '${form}' is written '$${form}'`);
    }
  }
}

function textOf(template: TemplateObject, key: string): string {
  const text = template[key];
  if (typeof text !== 'string') throw shapeError(`'${key}' takes a text, not ${JSON.stringify(text)}`);
  return text;
}

function shapeError(why: string): MynahError {
  return new MynahError('ERR_TEMPLATE_SHAPE', `the template has no meaning: ${why}`);
}
