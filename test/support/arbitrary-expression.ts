// Random expressions: everything that the grammar allows, most of it nonsense. Total means that each has a value.
import fc from 'fast-check';
import { SPECIAL_FUNCTIONS } from '../../src/core/model/expression-calls.ts';
import { PURE_FUNCTIONS } from '../../src/core/model/expression-functions.ts';
import { printLiteral } from '../../src/core/model/expression-literal.ts';
import { HOST_FUNCTIONS } from '../../src/core/model/host-functions.ts';
import { arbitraryJson } from './arbitrary-model.ts';

/** Names that a scope for random expressions should hold. */
export const variableNames = ['a', 'b', 'it', 'constructor', 'toString'] as const;

const operators = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in'];
const macros = ['all', 'exists', 'exists_one', 'map', 'filter', 'sortBy'];
const memberNames = ['a', 'b', 'x', 'constructor', 'length', 'text'];

export const arbitraryExpression: fc.Arbitrary<string> = fc.letrec<{ any: string; deep: string }>((tie) => {
  const call = fc.constantFrom(...PURE_FUNCTIONS.entries()).chain(([name, pure]) => {
    const [minLength, maxLength] = [pure.least, 'most' in pure ? pure.most : 4];
    return fc.array(tie('any'), { minLength, maxLength }).map((args) => `${name}(${args.join(', ')})`);
  });
  const special = fc
    .tuple(fc.constantFrom(...SPECIAL_FUNCTIONS.keys()), tie('any'), fc.constantFrom('^a', 'b+$', '.', ''))
    .map(([name, arg, pattern]) =>
      name === 'matches' || name === 're' ? `${name}(${arg}, "${pattern}")` : `${name}(${arg})`,
    );
  const host = fc
    .tuple(fc.constantFrom(...HOST_FUNCTIONS), fc.array(tie('any'), { maxLength: 2 }))
    .map(([name, args]) => `${name}(${args.join(', ')})`);
  return {
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      arbitraryJson.map(printLiteral),
      fc.constantFrom('missing', ...variableNames),
      tie('deep'),
    ),
    deep: fc.oneof(
      call,
      special,
      host,
      fc
        .tuple(tie('any'), fc.constantFrom(...operators), tie('any'))
        .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
      fc.tuple(fc.constantFrom('-', '!'), tie('any')).map(([operator, a]) => `${operator}(${a})`),
      fc.tuple(tie('any'), tie('any'), tie('any')).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
      fc.tuple(tie('any'), fc.constantFrom(...memberNames)).map(([a, name]) => `(${a}).${name}`),
      fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a})[${b}]`),
      fc.array(tie('any'), { maxLength: 3 }).map((elements) => `[${elements.join(', ')}]`),
      fc.tuple(tie('any'), tie('any')).map(([key, value]) => `{${key}: ${value}}`),
      fc
        .tuple(tie('any'), fc.constantFrom(...macros), tie('any'))
        .map(([list, name, body]) => `(${list}).${name}(x, ${body})`),
      fc.tuple(tie('any'), tie('any')).map(([value, body]) => `cel.bind(x, ${value}, [x, ${body}])`),
    ),
  };
}).any;
