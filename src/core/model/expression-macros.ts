// The macros: calls whose body is evaluated once for every element, with a name for the element.
import { isArray, isObject, type Json } from '../std/json.ts';
import { expressionTurnsMax } from '../std/limits.ts';
import type { Evaluate } from './expression-code.ts';
import { compareForSort } from './expression-operators.ts';
import type { Value } from './expression.ts';

/** Where the current element stands while a macro's body runs. */
export interface Cell {
  value: Value;
}

/** Evaluates a body for one element. */
type Ask = (element: Json) => Value;

interface Macro {
  /** How many bodies it takes, behind the name. */
  readonly bodies: readonly number[];
  /** What it gives for anything that is no list or object. */
  readonly otherwise: Value;
  /** Elements of which nobody knows whether they fit are passed over: most do not. */
  readonly passesOver?: boolean;
  readonly loop: (list: readonly Json[], ask: Ask, askThen: Ask | undefined) => Value;
}

const macros: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ['all', { bodies: [1], otherwise: false, loop: (list, ask) => list.every((element) => ask(element) === true) }],
  ['exists', { bodies: [1], otherwise: false, passesOver: true, loop: exists }],
  ['exists_one', { bodies: [1], otherwise: false, passesOver: true, loop: holdsForOne }],
  ['filter', { bodies: [1], otherwise: undefined, passesOver: true, loop: filter }],
  ['map', { bodies: [1, 2], otherwise: undefined, loop: map }],
  ['sortBy', { bodies: [1], otherwise: undefined, loop: sortBy }],
]);

/** The macro of a method call with that name and number of bodies. */
export function macroNamed(name: string, bodyCount: number): Macro | undefined {
  const macro = macros.get(name);
  return macro?.bodies.includes(bodyCount) ? macro : undefined;
}

/** The closure of a macro. Over an object the elements are its keys. */
export function runMacro(macro: Macro, receiver: Evaluate, cell: Cell, bodies: readonly Evaluate[]): Evaluate {
  return (scope, host) => {
    const value = receiver(scope, host);
    const list = isArray(value) ? value : isObject(value) ? Object.keys(value) : undefined;
    if (list === undefined) return macro.otherwise;
    const [ask, askThen] = bodies.map((body) => (element: Json): Value => {
      if (turnsLeft < 0) return undefined;
      turnsLeft -= 1;
      cell.value = element;
      return macro.passesOver === true && host.ifKnown !== undefined
        ? host.ifKnown(() => body(scope, host))
        : body(scope, host);
    });
    const outer = cell.value;
    const result = macro.loop(list, ask as Ask, askThen);
    cell.value = outer;
    return result;
  };
}

/** Turns left of the evaluation under way; evaluations inside it (a host's) draw on the same ones. */
let turnsLeft = 0;
let evaluationsUnderWay = 0;

/** An expression with macros: bounded in the turns that all of them take together, and missing beyond. */
export function withTurnLimit(run: Evaluate): Evaluate {
  return (scope, host) => {
    if (evaluationsUnderWay === 0) turnsLeft = expressionTurnsMax;
    evaluationsUnderWay += 1;
    try {
      const value = run(scope, host);
      return turnsLeft < 0 ? undefined : value;
    } finally {
      evaluationsUnderWay -= 1;
    }
  };
}

function exists(list: readonly Json[], ask: Ask): boolean {
  return list.some((element) => ask(element) === true);
}

function holdsForOne(list: readonly Json[], ask: Ask): boolean {
  let found = 0;
  for (const element of list) {
    if (ask(element) === true) found += 1;
    if (found > 1) return false;
  }
  return found === 1;
}

function filter(list: readonly Json[], ask: Ask): readonly Json[] {
  return list.filter((element) => ask(element) === true);
}

/** `map(x, body)` or `map(x, test, body)`; what is missing is left out. */
function map(list: readonly Json[], ask: Ask, askThen: Ask | undefined): readonly Json[] {
  const values = askThen === undefined ? list.map(ask) : filter(list, ask).map(askThen);
  return values.filter((value) => value !== undefined);
}

function sortBy(list: readonly Json[], ask: Ask): readonly Json[] {
  const keyed = list.map((element) => ({ element, key: ask(element) }));
  return keyed.sort((a, b) => compareForSort(a.key, b.key)).map(({ element }) => element);
}
