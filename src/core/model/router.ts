// Finds the route of a request: a trie over path segments, tried from the most to the least specific branch (literal,
// then parameter with the longest literal text around it, then bare parameter, then rest of the path).
import { putMember } from '../std/json.ts';
import type { Route } from './clone-model.ts';
import { decodePathText, parseRoutePath, type PathSegment } from './route-path.ts';

/** The route that answers, with its parameters percent-decoded; or what is known about a path that no route answers. */
export type RouteMatch =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly route: undefined; readonly pathKnown: boolean; readonly allowed: readonly string[] };

export interface Router {
  /**
   * `path` is the request's path as sent, without its query. The method is compared exactly. When another method
   * would have matched, `pathKnown` is true and `allowed` names those methods in order of code units.
   */
  match(method: string, path: string): RouteMatch;
}

interface Leaf {
  readonly route: Route;
  readonly names: readonly string[];
}

interface TrieNode {
  readonly literals: Map<string, TrieNode>;
  readonly parameters: { readonly prefix: string; readonly suffix: string; readonly node: TrieNode }[];
  readonly leaves: Map<string, Leaf>;
  readonly restLeaves: Map<string, Leaf>;
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  readonly values: string[];
  /** Collects the methods that the path is known with; only asked for where none of them is the request's. */
  readonly allowed: Set<string> | undefined;
}

/**
 * Compiles the routes of one service. Of two routes with the same method and shape, the first one answers.
 *
 * @throws {MynahError} ERR_ROUTE_PATH for a path that parseRoutePath refuses.
 */
export function compileRouter(routes: readonly Route[]): Router {
  const root = newNode();
  for (const route of routes) insert(root, route);
  return {
    match(method, path) {
      const segments = (path.startsWith('/') ? path.slice(1) : path).split('/').map(decodePathText);
      const values: string[] = [];
      const leaf = find(root, 0, { method, segments, values, allowed: undefined });
      if (leaf !== undefined) return { route: leaf.route, params: paramsOf(leaf.names, values) };
      const allowed = new Set<string>();
      find(root, 0, { method, segments, values: [], allowed });
      return { route: undefined, pathKnown: allowed.size > 0, allowed: [...allowed].sort() };
    },
  };
}

function paramsOf(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  const params: Record<string, string> = {};
  names.forEach((name, index) => putMember(params, name, values[index] ?? ''));
  return params;
}

function newNode(): TrieNode {
  return { literals: new Map(), parameters: [], leaves: new Map(), restLeaves: new Map() };
}

function insert(root: TrieNode, route: Route): void {
  const segments = parseRoutePath(route.path);
  const names = segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]));
  let node = root;
  let leaves = node.leaves;
  for (const segment of segments) {
    if (segment.kind === 'rest') leaves = node.restLeaves;
    else {
      node = child(node, segment);
      leaves = node.leaves;
    }
  }
  if (!leaves.has(route.method)) leaves.set(route.method, { route, names });
}

function child(node: TrieNode, segment: Exclude<PathSegment, { kind: 'rest' }>): TrieNode {
  if (segment.kind === 'literal') {
    const known = node.literals.get(segment.text) ?? newNode();
    node.literals.set(segment.text, known);
    return known;
  }
  const { prefix, suffix } = segment;
  const known = node.parameters.find((entry) => entry.prefix === prefix && entry.suffix === suffix);
  if (known !== undefined) return known.node;
  const entry = { prefix, suffix, node: newNode() };
  node.parameters.push(entry);
  // A stable sort: among equally long literal texts, the order of the routes decides.
  node.parameters.sort((a, b) => b.prefix.length + b.suffix.length - (a.prefix.length + a.suffix.length));
  return entry.node;
}

/** Depth-first; visits a trie node at most once, since each node has one parent. */
function find(node: TrieNode, depth: number, search: Search): Leaf | undefined {
  const { segments, values } = search;
  if (depth === segments.length) return take(node.leaves, search);
  const segment = segments[depth] ?? '';
  const literal = node.literals.get(segment);
  if (literal !== undefined) {
    const leaf = find(literal, depth + 1, search);
    if (leaf !== undefined) return leaf;
  }
  for (const { prefix, suffix, node: next } of node.parameters) {
    if (segment.length <= prefix.length + suffix.length) continue;
    if (!segment.startsWith(prefix) || !segment.endsWith(suffix)) continue;
    values.push(segment.slice(prefix.length, segment.length - suffix.length));
    const leaf = find(next, depth + 1, search);
    if (leaf !== undefined) return leaf;
    values.pop();
  }
  const rest = take(node.restLeaves, search);
  if (rest !== undefined) values.push(segments.slice(depth).join('/'));
  return rest;
}

function take(leaves: ReadonlyMap<string, Leaf>, search: Search): Leaf | undefined {
  if (search.allowed !== undefined) for (const method of leaves.keys()) search.allowed.add(method);
  return leaves.get(search.method);
}
