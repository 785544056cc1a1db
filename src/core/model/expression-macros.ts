// The macros: calls whose body is evaluated once for every element, with a name for the element.
import { isArray, isObject, type Json } from '../std/json.ts';
import { expressionTurnsMax } from '../std/limits.ts';
import type { Evaluate } from './expression-code.ts';
import { compareForSort } from './expression-operators.ts';
import type { Host, Scope, Value } from './expression.ts';

/** Where the current element stands while a macro's body runs. */
export interface Cell {
  value: Value;
}

/** What a macro does: `list` evaluated once, the bodies once an element. */
type Loop = (list: readonly Json[], element: Cell, bodies: readonly Evaluate[], scope: Scope, host: Host) => Value;

interface Macro {
  /** Bodies it takes, behind the name. */
  readonly bodies: readonly number[];
  /** What it gives for anything that is no list or object. */
  readonly otherwise: Value;
  readonly loop: Loop;
}

/** Turns left of the evaluation under way; nested evaluations draw on the outermost one's. */
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

function turn(element: Cell, value: Json, body: Evaluate, scope: Scope, host: Host): Value {
  turnsLeft -= 1;
  element.value = value;
  return body(scope, host);
}

function count(list: readonly Json[], element: Cell, body: Evaluate, scope: Scope, host: Host, enough: number): number {
  let found = 0;
  for (const value of list) {
    if (turnsLeft < 0) break;
    if (turn(element, value, body, scope, host) === true) {
      found += 1;
      if (found === enough) break;
    }
  }
  return found;
}

function every(list: readonly Json[], element: Cell, body: Evaluate, scope: Scope, host: Host): boolean {
  for (const value of list) if (turnsLeft < 0 || turn(element, value, body, scope, host) !== true) return false;
  return true;
}

/** The values of `body` for the elements that `test` holds for; missing values are left out. */
function collect(
  list: readonly Json[],
  element: Cell,
  test: Evaluate | undefined,
  body: Evaluate | undefined,
  scope: Scope,
  host: Host,
): Value {
  const collected: Json[] = [];
  for (const value of list) {
    if (turnsLeft < 0) return undefined;
    if (test !== undefined && turn(element, value, test, scope, host) !== true) continue;
    const result = body === undefined ? value : turn(element, value, body, scope, host);
    if (result !== undefined) collected.push(result);
  }
  return collected;
}

const macros: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  [
    'all',
    { bodies: [1], otherwise: false, loop: (list, it, [body], scope, host) => every(list, it, body!, scope, host) },
  ],
  [
    'exists',
    {
      bodies: [1],
      otherwise: false,
      loop: (list, it, [body], scope, host) => count(list, it, body!, scope, host, 1) === 1,
    },
  ],
  [
    'exists_one',
    {
      bodies: [1],
      otherwise: false,
      loop: (list, it, [body], scope, host) => count(list, it, body!, scope, host, 2) === 1,
    },
  ],
  [
    'filter',
    {
      bodies: [1],
      otherwise: undefined,
      loop: (list, it, [test], scope, host) => collect(list, it, test, undefined, scope, host),
    },
  ],
  [
    'map',
    {
      bodies: [1, 2],
      otherwise: undefined,
      loop: (list, it, [first, second], scope, host) =>
        second === undefined
          ? collect(list, it, undefined, first, scope, host)
          : collect(list, it, first, second, scope, host),
    },
  ],
  [
    'sortBy',
    {
      bodies: [1],
      otherwise: undefined,
      loop(list, it, [body], scope, host) {
        const keyed = list.map((value) => ({ value, key: turn(it, value, body!, scope, host) }));
        return keyed.sort((a, b) => compareForSort(a.key, b.key)).map((entry) => entry.value);
      },
    },
  ],
]);

/** The macro of a method call with that name and number of bodies. */
export function macroNamed(name: string, bodyCount: number): Macro | undefined {
  const macro = macros.get(name);
  return macro?.bodies.includes(bodyCount) ? macro : undefined;
}

/** The closure of a macro. Over an object the elements are its keys. */
export function runMacro(macro: Macro, receiver: Evaluate, element: Cell, bodies: readonly Evaluate[]): Evaluate {
  const { loop, otherwise } = macro;
  return (scope, host) => {
    const value = receiver(scope, host);
    const list = isArray(value) ? value : isObject(value) ? Object.keys(value) : undefined;
    if (list === undefined) return otherwise;
    const outer = element.value;
    const result = loop(list, element, bodies, scope, host);
    element.value = outer;
    return result;
  };
}
