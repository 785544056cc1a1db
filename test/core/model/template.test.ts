import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Template } from '../../../src/core/model/clone-model.ts';
import { printLiteral } from '../../../src/core/model/expression-literal.ts';
import { NO_HOST, type Host, type Scope, type Value } from '../../../src/core/model/expression.ts';
import { compileTemplate, keyOfMember } from '../../../src/core/model/template.ts';
import {
  isArray,
  isObject,
  parseJson,
  printJson,
  putMember,
  RawNumber,
  type Json,
} from '../../../src/core/std/json.ts';
import { templateDepthMax } from '../../../src/core/std/limits.ts';
import { arbitraryJson } from '../../support/arbitrary-model.ts';
import { failureOf } from '../../support/failure.ts';

function render(template: Template, scope: Scope = {}, host: Host = NO_HOST): Value {
  return compileTemplate(template).render(scope, host);
}

const scope = (): Scope => ({
  it: {
    id: 7,
    price: new RawNumber('1.50'),
    labels: [
      { name: 'a', n: 1 },
      { name: 'b', n: 2 },
    ],
  },
  body: { title: null },
});

/** A template of a value: texts as expressions, all else as it stands. */
function templateOf(value: Json): Template {
  if (typeof value === 'string' || value instanceof RawNumber) return printLiteral(value);
  if (isArray(value)) return value.map(templateOf);
  if (!isObject(value)) return value;
  const template: Record<string, Json> = {};
  for (const key of Object.keys(value)) putMember(template, key, templateOf(value[key] as Json) as Json);
  return template as Template;
}

describe('a template', () => {
  it('renders expressions, and what is no text as it stands', () => {
    const template = {
      id: 'it.id',
      price: 'it.price',
      n: 1,
      no: null,
      yes: true,
      list: ["'x'", 2, ['it.id']],
      title: 'body.title',
    };
    expect(printJson(render(template, scope()) as Json)).toBe(
      '{"id":7,"price":1.50,"n":1,"no":null,"yes":true,"list":["x",2,[7]],"title":null}',
    );
  });

  it('can say every JSON value', () => {
    fc.assert(
      fc.property(arbitraryJson, (value) => {
        expect(printJson(render({ $literal: value } as Template) as Json)).toBe(printJson(value));
        expect(printJson(render(templateOf(value)) as Json)).toBe(printJson(value));
      }),
    );
  });

  it('leaves out members and elements that are missing, and keeps null', () => {
    expect(render({ a: 'it.none', b: ['it.none', 'body.title'], c: { d: 'missing' } }, scope())).toEqual({
      b: [null],
      c: {},
    });
    expect(render('it.none', scope())).toBeUndefined();
  });

  it('keeps the order of its keys', () => {
    expect(Object.keys(render({ z: '1', a: '2', m: '3' }) as object)).toEqual(['z', 'a', 'm']);
  });

  it('takes __proto__ for a member like any other', () => {
    const template = parseJson('{"__proto__":"1"}') as Template;
    expect(printJson(render(template) as Json)).toBe('{"__proto__":1}');
    expect(printJson(render({ $merge: [template] }) as Json)).toBe('{"__proto__":1}');
  });

  it('knows its free variables and its functions', () => {
    const compiled = compileTemplate({
      a: 'it.a + lower(b)',
      c: { $each: 'rows("X")', as: 'row', where: 'row.ok && limit', do: { $view: 'full', of: 'row' } },
    });
    expect(compiled.variables).toEqual(['b', 'it', 'limit']);
    expect(compiled.functions).toEqual(['$view', 'lower', 'rows']);
  });
});

describe('$literal', () => {
  it('gives the value itself, texts and forms included', () => {
    expect(render({ $literal: { a: 'not an expression (', $each: ['x'] } } as Template)).toEqual({
      a: 'not an expression (',
      $each: ['x'],
    });
    expect(render({ list: [{ $literal: 'text' }] })).toEqual({ list: ['text'] });
  });
});

describe('a key that begins with two dollars', () => {
  it('renders a member whose name begins with one', () => {
    expect(render({ $$literal: '1', $$each: '2', $$$own: '3', $own: '4' })).toEqual({
      $literal: 1,
      $each: 2,
      $$own: 3,
      $own: 4,
    });
  });

  it('is what members are written under whose names would mean a form', () => {
    for (const name of ['$literal', '$view', '$$own', '$own', 'own', ''])
      expect(render({ [keyOfMember(name)]: '1' })).toEqual({ [name]: 1 });
  });
});

describe('$each', () => {
  it('renders the elements, or those that where holds for', () => {
    const template = { $each: 'it.labels', as: 'label', do: { name: 'label.name', of: 'it.id' } };
    expect(render(template, scope())).toEqual([
      { name: 'a', of: 7 },
      { name: 'b', of: 7 },
    ]);
    expect(render({ ...template, where: 'label.n > 1' }, scope())).toEqual([{ name: 'b', of: 7 }]);
    expect(render({ ...template, do: 'label.none' }, scope())).toEqual([]);
  });

  it('is missing when there is no list', () => {
    expect(
      render({ a: { $each: 'it.none', as: 'x', do: 'x' }, b: { $each: 'it', as: 'x', do: 'x' } }, scope()),
    ).toEqual({});
  });

  it('hides a name of the scope while it renders, and nests', () => {
    const outer = scope();
    outer['label'] = 'outer';
    const template = {
      before: 'label',
      all: { $each: 'it.labels', as: 'label', do: { $each: '[1, 2]', as: 'n', do: 'label.name + string(n)' } },
      after: 'label',
    };
    expect(render(template, outer)).toEqual({
      before: 'outer',
      all: [
        ['a1', 'a2'],
        ['b1', 'b2'],
      ],
      after: 'outer',
    });
    expect(render({ $each: '[[1], [2]]', as: 'x', do: { $each: 'x', as: 'x', do: 'x' } })).toEqual([[1], [2]]);
  });
});

describe('$view', () => {
  it('asks the host to render the entity', () => {
    const asked: unknown[] = [];
    const host: Host = { has: () => true, call: (name, args) => (asked.push([name, ...args]), 'rendered') };
    expect(render({ issue: { $view: 'mini', of: 'it' } }, { it: { id: 1 } }, host)).toEqual({ issue: 'rendered' });
    expect(asked).toEqual([['$view', 'mini', { id: 1 }]]);
  });

  it('is missing when the entity is', () => {
    const host: Host = { has: () => true, call: () => 'never' };
    expect(render({ issue: { $view: 'mini', of: 'it.none' } }, scope(), host)).toEqual({});
  });
});

describe('$merge', () => {
  it('lays objects over each other and passes over what is none', () => {
    const template = {
      $merge: ['{"a": 1, "b": 1}', { b: '2', c: 'missing' }, 'missing', 'null', { $literal: { d: 'x' } }],
    };
    expect(render(template)).toEqual({ a: 1, b: 2, d: 'x' });
    expect(render({ $merge: [] })).toEqual({});
  });
});

describe('a mistake in a template', () => {
  it.each([
    [{ $each: 'x', do: 'x' }, "'as'"],
    [{ $each: 'x', as: 'x' }, "'do'"],
    [{ $each: 'x', as: 'not a name', do: 'x' }, 'identifier'],
    [{ $each: 1, as: 'x', do: 'x' }, "'$each' takes a text"],
    [{ $each: 'x', as: 'x', do: 'x', limit: 1 }, "'limit'"],
    [{ $view: 'full' }, "'of'"],
    [{ $view: { a: 1 }, of: 'x' }, 'takes a text'],
    [{ $merge: 'x' }, 'list of templates'],
    [{ $literal: 1, other: 2 }, "'other'"],
  ] as readonly (readonly [Template, string])[])('%j is refused', (template, reason) => {
    const error = failureOf(() => compileTemplate({ a: [template] }));
    expect(error.code).toBe('ERR_TEMPLATE_SHAPE');
    expect(error.message).toContain(reason);
  });

  it('in an expression is told as one', () => {
    expect(failureOf(() => compileTemplate({ a: ['it.'] })).code).toBe('ERR_EXPRESSION_SYNTAX');
  });

  it('of too much nesting is refused', () => {
    let template: Template = 1;
    for (let depth = 0; depth <= templateDepthMax; depth += 1) template = [template];
    expect(failureOf(() => compileTemplate(template)).message).toContain('deeper');
  });
});
