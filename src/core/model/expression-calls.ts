// Calls of functions: the pure ones, those of the host, and the few that are compiled in their own way.
import { isArray } from '../std/json.ts';
import { listLengthMax, textLengthMax } from '../std/limits.ts';
import { foldedCode, type Code, type Evaluate } from './expression-code.ts';
import { PURE_FUNCTIONS, type PureFunction } from './expression-functions.ts';
import { compilePattern } from './expression-patterns.ts';
import type { Value } from './expression.ts';
import { HOST_FUNCTIONS } from './host-functions.ts';

/** Why a call does not compile. */
export interface Mistake {
  readonly mistake: string;
}

interface SpecialFunction {
  readonly least: number;
  readonly most: number;
  readonly compile: (args: readonly Code[]) => Code | Mistake;
}

/** They look at the code of their arguments, or do not evaluate all of them. */
export const SPECIAL_FUNCTIONS: ReadonlyMap<string, SpecialFunction> = new Map<string, SpecialFunction>([
  ['has', { least: 1, most: 1, compile: compileHas }],
  ['coalesce', { least: 1, most: Infinity, compile: compileCoalesce }],
  ['matches', { least: 2, most: 2, compile: compileMatch }],
  ['re', { least: 2, most: 2, compile: compileMatch }],
]);

/** The code of a call; a method's receiver is its first argument. */
export function compileCall(name: string, args: readonly Code[]): Code | Mistake {
  const callee = SPECIAL_FUNCTIONS.get(name) ?? PURE_FUNCTIONS.get(name);
  if (callee !== undefined) {
    const most = 'most' in callee ? callee.most : Infinity;
    if (args.length < callee.least || args.length > most) {
      const bounds = [callee.least, most];
      const wanted =
        bounds[0] === bounds[1] ? callee.least : most === Infinity ? `${callee.least} or more` : bounds.join(' to ');
      return { mistake: `${name} takes ${wanted} arguments (a receiver is the first), not ${args.length}` };
    }
    return 'compile' in callee ? callee.compile(args) : foldedCode(callPure(callee, args), args);
  }
  if (HOST_FUNCTIONS.includes(name)) return { run: callHost(name, args) };
  return { mistake: `there is no function ${name} (docs/formats/expressions.md lists them)` };
}

function callHost(name: string, args: readonly Code[]): Evaluate {
  return (scope, host) => {
    const values = args.map((arg) => arg.run(scope, host));
    return host.has(name) ? host.call(name, values) : undefined;
  };
}

function callPure(pure: PureFunction, args: readonly Code[]): Evaluate {
  const runs = args.map((arg) => arg.run);
  if ('applyAll' in pure) {
    const { applyAll } = pure;
    return (scope, host) => limited(applyAll(runs.map((run) => run(scope, host))));
  }
  const { apply } = pure;
  const [first, second, third] = runs as [Evaluate, Evaluate?, Evaluate?];
  if (second === undefined) return (scope, host) => limited(apply(first(scope, host), undefined, undefined));
  if (third === undefined) return (scope, host) => limited(apply(first(scope, host), second(scope, host), undefined));
  return (scope, host) => limited(apply(first(scope, host), second(scope, host), third(scope, host)));
}

/** Functions that could grow a text or list by more than a small factor check that themselves, before they build it. */
function limited(value: Value): Value {
  if (typeof value === 'string') return value.length <= textLengthMax ? value : undefined;
  return isArray(value) && value.length > listLengthMax ? undefined : value;
}

function compileHas(args: readonly Code[]): Code {
  const [arg] = args as [Code];
  return foldedCode((scope, host) => arg.run(scope, host) !== undefined, args);
}

function compileCoalesce(args: readonly Code[]): Code {
  return foldedCode((scope, host) => {
    let value: Value;
    for (const arg of args) {
      value = arg.run(scope, host);
      if (value !== undefined) break;
    }
    return value;
  }, args);
}

function compileMatch(args: readonly Code[]): Code | Mistake {
  const [subject, source] = args as [Code, Code];
  const literal = source.constant?.value;
  if (typeof literal !== 'string') return { mistake: 'the pattern must be a literal text' };
  const pattern = compilePattern(literal);
  if ('reason' in pattern) return { mistake: `the pattern ${JSON.stringify(literal)} is not valid: ${pattern.reason}` };
  return foldedCode((scope, host) => {
    const value = subject.run(scope, host);
    return typeof value === 'string' && pattern.test(value);
  }, args);
}
