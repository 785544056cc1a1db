// Syntax tree to closures, one a node. Names of macros live in cells that only their bodies see, so the caller's scope is
// never written to; a cell is put back after its loop, because a host may run the same expression again meanwhile.
import { equalJson, isArray, memberOf, numberFromText, putMember, RawNumber, type Json } from '../std/json.ts';
import { expressionDepthMax, macroNestingMax } from '../std/limits.ts';
import { compileCall } from './expression-calls.ts';
import { constantCode, foldedCode, type Code, type Evaluate } from './expression-code.ts';
import { macroNamed, runMacro, withTurnLimit, type Cell } from './expression-macros.ts';
import { add, calculate, compare, doubleOf, isIn, numberOrMissing } from './expression-operators.ts';
import { syntaxError, type SyntaxNode } from './expression-syntax.ts';
import type { CompiledExpression, Value } from './expression.ts';
import { HOST_FUNCTIONS } from './host-functions.ts';

/** Compiles the syntax tree of `text`. Throws ERR_EXPRESSION_SYNTAX for unknown functions, wrong arguments and excess. */
export function compileTree(text: string, tree: SyntaxNode): CompiledExpression {
  const compiler = new Compiler(text);
  const { run } = compiler.compile(tree);
  return {
    text,
    variables: [...compiler.variables].sort(),
    read: compiler.read,
    membersOf: (variable) => compiler.membersOf(variable),
    functions: [...compiler.functions].sort(),
    evaluate: compiler.usesMacros ? withTurnLimit(run) : run,
  };
}

type Pair = readonly [SyntaxNode, SyntaxNode];

class Compiler {
  readonly variables = new Set<string>();
  readonly functions = new Set<string>();
  usesMacros = false;
  /** Of variables: the members that are read, 'all' where the value itself is used. */
  readonly #members = new Map<string, Set<string> | 'all'>();
  readonly #text: string;
  /** Names that macros gave, innermost last. */
  readonly #locals: { readonly name: string; readonly cell: Cell }[] = [];
  #depth = 0;
  #macroNesting = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get read(): readonly string[] {
    return [...this.#members.keys()].sort();
  }

  membersOf(variable: string): readonly string[] | 'all' {
    const members = this.#members.get(variable);
    return members === 'all' ? members : [...(members ?? [])];
  }

  compile(node: SyntaxNode): Code {
    this.#depth += 1;
    // Chains (a - b - c …) nest in the tree though not in the text, so the parser's limit does not hold them.
    if (this.#depth > 2 * expressionDepthMax) throw this.#error(node, 'it is nested too deep');
    const code = this.#node(node);
    this.#depth -= 1;
    return code;
  }

  #node(node: SyntaxNode): Code {
    switch (node.op) {
      case 'value':
        return constantCode(this.#literal(node));
      case 'id':
        return this.#name(node.args, undefined);
      case '.':
      case '[]':
        return this.#member(node);
      case '!_': {
        const operand = this.compile(node.args);
        return foldedCode((scope, host) => operand.run(scope, host) !== true, [operand]);
      }
      case '-_':
        return this.#minus(node.args);
      case '&&':
        return this.#logical(node, false);
      case '||':
        return this.#logical(node, true);
      case '?:':
        return this.#choice(node.args);
      case '==':
        return this.#presence(node.args, true) ?? this.#binary(node.args, equalJson);
      case '!=':
        return this.#presence(node.args, false) ?? this.#binary(node.args, (a, b) => !equalJson(a, b));
      case '<':
        return this.#binary(node.args, (a, b) => compare(a, b) === -1);
      case '>':
        return this.#binary(node.args, (a, b) => compare(a, b) === 1);
      case '<=':
        return this.#binary(node.args, (a, b) => (compare(a, b) ?? 1) <= 0);
      case '>=':
        return this.#binary(node.args, (a, b) => (compare(a, b) ?? -1) >= 0);
      case 'in':
        return this.#membership(node.args);
      case '+':
        return this.#sum(node);
      case '-':
      case '*':
      case '/':
      case '%': {
        const operator = node.op;
        return this.#binary(node.args, (a, b) => calculate(operator, a, b));
      }
      case 'list':
        return this.#list(node.args);
      case 'map':
        return this.#object(node.args);
      case 'call':
        return this.#call(node, ...node.args);
      case 'rcall':
        return this.#methodCall(node, ...node.args);
      default:
        throw this.#error(node, `'${node.op}' is not part of the language`);
    }
  }

  #error(node: SyntaxNode, why: string): Error {
    return syntaxError(this.#text, node.start, why);
  }

  #literal(node: SyntaxNode): Json {
    const value = node.args as unknown;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    // A number stands for its source text, as in JSON: 1.0 stays 1.0.
    const source = this.#text.slice(node.start, node.end);
    if (/^\d+(\.\d+)?([eE][+-]?\d+)?$/.test(source)) return numberFromText(source.replace(/^0+(?=\d)/, ''));
    if (typeof value === 'bigint') return numberFromText(String(value));
    throw this.#error(node, 'bytes and unsigned integers are not JSON: write a text or a number');
  }

  /** @param member the only one of its members that is asked for, where there is one */
  #name(name: string, member: string | undefined): Code {
    if (name === 'missing') return constantCode(undefined);
    const cell = this.#locals.findLast((local) => local.name === name)?.cell;
    if (cell !== undefined) return { run: () => cell.value };
    this.variables.add(name);
    this.#noteMember(name, member);
    // What every object inherits (constructor, toString …) is no variable. Scopes may be layered, so hasOwn would not do.
    const inherited = (Object.prototype as unknown as Record<string, unknown>)[name];
    if (inherited !== undefined) return { run: (scope) => (scope[name] === inherited ? undefined : scope[name]) };
    return { run: (scope) => scope[name] };
  }

  /** `a.b["c"].d` as one loop over the names behind its root. */
  #member(node: SyntaxNode): Code {
    const path: string[] = [];
    let root = node;
    for (;;) {
      if (root.op === '.') path.unshift(root.args[1]);
      else if (root.op === '[]' && root.args[1].op === 'value' && typeof root.args[1].args === 'string') {
        path.unshift(root.args[1].args);
      } else break;
      root = root.args[0];
    }
    if (path.length === 0) return this.#binary(node.args as Pair, indexInto);
    const base = root.op === 'id' ? this.#name(root.args, path[0]) : this.compile(root);
    return foldedCode((scope, host) => follow(base.run(scope, host), path), [base]);
  }

  #noteMember(variable: string, member: string | undefined): void {
    const known = this.#members.get(variable);
    if (member === undefined) this.#members.set(variable, 'all');
    else if (known === undefined) this.#members.set(variable, new Set([member]));
    else if (known !== 'all') known.add(member);
  }

  #minus(node: SyntaxNode): Code {
    const operand = this.compile(node);
    // A negative literal keeps its source text too: -1.0 stays -1.0.
    const literal = node.op === 'value' ? textOfNumber(operand.constant?.value) : undefined;
    if (literal !== undefined) return constantCode(numberFromText(`-${literal}`));
    return foldedCode(
      (scope, host) => {
        const number = doubleOf(operand.run(scope, host));
        return number === undefined ? undefined : numberOrMissing(-number);
      },
      [operand],
    );
  }

  /** `a && b && c` (or `||`) as one loop that ends with the first operand that decides. */
  #logical(node: SyntaxNode, decisive: boolean): Code {
    const operands = chainOf(node).map((operand) => this.compile(operand));
    const runs = operands.map((operand) => operand.run);
    return foldedCode((scope, host) => {
      for (const run of runs) if ((run(scope, host) === true) === decisive) return decisive;
      return !decisive;
    }, operands);
  }

  #choice(nodes: readonly [SyntaxNode, SyntaxNode, SyntaxNode]): Code {
    const [test, then, otherwise] = [this.compile(nodes[0]), this.compile(nodes[1]), this.compile(nodes[2])];
    return foldedCode(
      (scope, host) => (test.run(scope, host) === true ? then.run(scope, host) : otherwise.run(scope, host)),
      [test, then, otherwise],
    );
  }

  #sum(node: SyntaxNode): Code {
    const operands = chainOf(node).map((operand) => this.compile(operand));
    const [first, ...rest] = operands.map((operand) => operand.run) as [Evaluate, ...Evaluate[]];
    return foldedCode((scope, host) => {
      let sum = first(scope, host);
      for (const run of rest) sum = add(sum, run(scope, host));
      return sum;
    }, operands);
  }

  #binary(nodes: Pair, apply: (a: Value, b: Value) => Value): Code {
    const [left, right] = [this.compile(nodes[0]), this.compile(nodes[1])];
    return foldedCode((scope, host) => apply(left.run(scope, host), right.run(scope, host)), [left, right]);
  }

  /** `name == missing`, where the name is a variable: what its value is does not matter. */
  #presence([left, right]: Pair, isMissing: boolean): Code | undefined {
    const named = isMissingWord(right) ? left : isMissingWord(left) ? right : undefined;
    if (named?.op !== 'id' || isMissingWord(named) || named.args in Object.prototype) return undefined;
    const name = named.args;
    if (this.#locals.some((local) => local.name === name)) return undefined;
    this.variables.add(name);
    return { run: (scope) => (scope[name] === undefined) === isMissing };
  }

  /** `in`; a list of texts that is a literal becomes a set. */
  #membership(nodes: Pair): Code {
    const list = this.compile(nodes[1]).constant?.value;
    if (!isArray(list) || !list.every((element) => typeof element === 'string')) return this.#binary(nodes, isIn);
    const element = this.compile(nodes[0]);
    const texts: ReadonlySet<Value> = new Set<Value>(list);
    return foldedCode((scope, host) => texts.has(element.run(scope, host)), [element]);
  }

  #list(nodes: readonly SyntaxNode[]): Code {
    const elements = nodes.map((node) => this.compile(node));
    return foldedCode((scope, host) => {
      const list: Json[] = [];
      for (const element of elements) {
        const value = element.run(scope, host);
        if (value !== undefined) list.push(value);
      }
      return list;
    }, elements);
  }

  #object(entries: readonly Pair[]): Code {
    const members = entries.map(([key, value]) => [this.compile(key), this.compile(value)] as const);
    return foldedCode((scope, host) => {
      const object: Record<string, Json> = {};
      for (const [keyCode, valueCode] of members) {
        const key = keyCode.run(scope, host);
        const value = valueCode.run(scope, host);
        if (typeof key === 'string' && value !== undefined) putMember(object, key, value);
      }
      return object;
    }, members.flat());
  }

  #call(node: SyntaxNode, name: string, argNodes: readonly SyntaxNode[]): Code {
    const code = compileCall(
      name,
      argNodes.map((arg) => this.compile(arg)),
    );
    if ('mistake' in code) throw this.#error(node, code.mistake);
    this.functions.add(name);
    return code;
  }

  #methodCall(node: SyntaxNode, name: string, receiver: SyntaxNode, args: readonly SyntaxNode[]): Code {
    if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel') return this.#bind(node, args);
    const [variable, ...bodies] = args;
    const macro = macroNamed(name, bodies.length);
    if (macro === undefined || variable?.op !== 'id') {
      if (HOST_FUNCTIONS.includes(name)) throw this.#error(node, `${name} is no method: write ${name}(…)`);
      return this.#call(node, name, [receiver, ...args]);
    }
    const list = this.compile(receiver);
    this.#macroNesting += 1;
    if (this.#macroNesting > macroNestingMax) {
      throw this.#error(node, `macros stand in macros more than ${macroNestingMax} deep`);
    }
    const cell: Cell = { value: undefined };
    const runs = this.#withLocal(node, variable.args, cell, () => bodies.map((body) => this.compile(body).run));
    this.#macroNesting -= 1;
    this.usesMacros = true;
    return { run: runMacro(macro, list.run, cell, runs) };
  }

  /** `cel.bind(name, value, body)`: a name for a value. */
  #bind(node: SyntaxNode, args: readonly SyntaxNode[]): Code {
    const [variable, value, body] = args;
    if (args.length !== 3 || variable?.op !== 'id') {
      throw this.#error(node, 'cel.bind takes a name, a value and a body');
    }
    const bound = this.compile(value as SyntaxNode);
    const cell: Cell = { value: undefined };
    const inner = this.#withLocal(node, variable.args, cell, () => this.compile(body as SyntaxNode));
    return {
      run(scope, host) {
        const now = bound.run(scope, host);
        const outer = cell.value;
        cell.value = now;
        const result = inner.run(scope, host);
        cell.value = outer;
        return result;
      },
    };
  }

  #withLocal<T>(node: SyntaxNode, name: string, cell: Cell, compileBody: () => T): T {
    if (name === 'missing') throw this.#error(node, "'missing' is a value and cannot name another");
    this.#locals.push({ name, cell });
    const result = compileBody();
    this.#locals.pop();
    return result;
  }
}

/** Operands of a chain of one left-associative operator: a + b + c is [a, b, c]. */
function chainOf(node: SyntaxNode): readonly SyntaxNode[] {
  const operands: SyntaxNode[] = [];
  let rest = node;
  while (rest.op === node.op) {
    const [left, right] = rest.args as Pair;
    operands.push(right);
    rest = left;
  }
  operands.push(rest);
  return operands.reverse();
}

function isMissingWord(node: SyntaxNode): boolean {
  return node.op === 'id' && node.args === 'missing';
}

function textOfNumber(value: Value): string | undefined {
  return value instanceof RawNumber ? value.text : typeof value === 'number' ? String(value) : undefined;
}

/** A member of an object or an element of a list; missing for anything else. */
function indexInto(value: Value, index: Value): Value {
  if (typeof index === 'string') return memberOf(value, index);
  const position = doubleOf(index);
  return isArray(value) && position !== undefined ? value[position] : undefined;
}

function follow(value: Value, path: readonly string[]): Value {
  let here = value;
  for (const name of path) here = memberOf(here, name);
  return here;
}
