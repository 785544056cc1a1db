// An immutable map keyed by text: a hash array mapped trie. get, set and delete touch O(log32 n) nodes and share the rest,
// so that keeping a reference is keeping a version: forking a world costs nothing.
// Entries come in an order that depends on the keys alone, never on the history of the map; it is not the order of insertion.

interface Leaf<V> {
  readonly hash: number;
  readonly key: string;
  readonly value: V;
}

/** Leaves whose keys have one 32-bit hash, sorted by key. */
interface Collision<V> {
  readonly hash: number;
  readonly leaves: readonly Leaf<V>[];
}

/** A bit of `bitmap` says that a slot is taken; `slots` holds the taken ones in order. */
interface Branch<V> {
  readonly bitmap: number;
  readonly slots: readonly Node<V>[];
}

type Node<V> = Leaf<V> | Collision<V> | Branch<V>;

const BITS = 5;
const EMPTY: Branch<never> = { bitmap: 0, slots: [] };

export class PersistentMap<V> {
  readonly size: number;
  readonly #root: Branch<V>;

  private constructor(root: Branch<V>, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(EMPTY, 0);
  }

  static from<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    let map = PersistentMap.empty<V>();
    for (const [key, value] of entries) map = map.set(key, value);
    return map;
  }

  get(key: string): V | undefined {
    return find(this.#root, hashOf(key), key)?.value;
  }

  has(key: string): boolean {
    return find(this.#root, hashOf(key), key) !== undefined;
  }

  /** The map with `value` at `key`; the same map when it is there already. */
  set(key: string, value: V): PersistentMap<V> {
    const leaf = { hash: hashOf(key), key, value };
    const before = find(this.#root, leaf.hash, key);
    if (before !== undefined && before.value === value) return this;
    return new PersistentMap(insert(this.#root, leaf, 0) as Branch<V>, this.size + (before === undefined ? 1 : 0));
  }

  /** The map without `key`; the same map when it is not there. */
  delete(key: string): PersistentMap<V> {
    const hash = hashOf(key);
    if (find(this.#root, hash, key) === undefined) return this;
    if (this.size === 1) return PersistentMap.empty<V>();
    const root = remove(this.#root, hash, key, 0) as Node<V>;
    const branch = 'slots' in root ? root : (insert(EMPTY, root, 0) as Branch<V>);
    return new PersistentMap(branch, this.size - 1);
  }

  *entries(): IterableIterator<readonly [string, V]> {
    for (const leaf of leavesOf<V>(this.#root)) yield [leaf.key, leaf.value];
  }

  *keys(): IterableIterator<string> {
    for (const leaf of leavesOf<V>(this.#root)) yield leaf.key;
  }

  *values(): IterableIterator<V> {
    for (const leaf of leavesOf<V>(this.#root)) yield leaf.value;
  }

  /** As entries(), without an iterator: faster for whole scans. */
  forEach(visit: (value: V, key: string) => void): void {
    visitLeaves(this.#root, visit);
  }

  [Symbol.iterator](): IterableIterator<readonly [string, V]> {
    return this.entries();
  }
}

/** FNV-1a over UTF-16 units, then mixed, so that short keys spread over all bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function bitAt(hash: number, shift: number): number {
  return 1 << ((hash >>> shift) & 31);
}

/** How many slots stand before that of `bit`. */
function indexOf(bitmap: number, bit: number): number {
  let bits = bitmap & (bit - 1);
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function find<V>(root: Branch<V>, hash: number, key: string): Leaf<V> | undefined {
  let node: Node<V> = root;
  for (let shift = 0; 'slots' in node; shift += BITS) {
    const bit = bitAt(hash, shift);
    if ((node.bitmap & bit) === 0) return undefined;
    node = node.slots[indexOf(node.bitmap, bit)] as Node<V>;
  }
  if ('leaves' in node) return node.leaves.find((leaf) => leaf.key === key);
  return node.key === key ? node : undefined;
}

/** `node` with `leaf` added or put in place of the one with its key. A Collision may be inserted too (it holds one hash). */
function insert<V>(node: Node<V>, leaf: Leaf<V> | Collision<V>, shift: number): Node<V> {
  if ('slots' in node) {
    const bit = bitAt(leaf.hash, shift);
    const index = indexOf(node.bitmap, bit);
    if ((node.bitmap & bit) === 0) return { bitmap: node.bitmap | bit, slots: node.slots.toSpliced(index, 0, leaf) };
    return {
      bitmap: node.bitmap,
      slots: node.slots.with(index, insert(node.slots[index] as Node<V>, leaf, shift + BITS)),
    };
  }
  if (node.hash !== leaf.hash) return insert(insert<V>(EMPTY, node, shift), leaf, shift);
  const added = 'leaves' in leaf ? leaf.leaves : [leaf];
  const held = 'leaves' in node ? node.leaves : [node];
  const leaves = [...held.filter((old) => !added.some((one) => one.key === old.key)), ...added];
  if (leaves.length === 1) return leaves[0] as Leaf<V>;
  return { hash: leaf.hash, leaves: leaves.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** `node` without `key`, which is in it; undefined when nothing is left. A branch with one leaf gives way to the leaf. */
function remove<V>(node: Node<V>, hash: number, key: string, shift: number): Node<V> | undefined {
  if ('slots' in node) {
    const bit = bitAt(hash, shift);
    const index = indexOf(node.bitmap, bit);
    const below = remove(node.slots[index] as Node<V>, hash, key, shift + BITS);
    const slots = below === undefined ? node.slots.toSpliced(index, 1) : node.slots.with(index, below);
    const only = slots[0];
    if (slots.length === 1 && only !== undefined && !('slots' in only)) return only;
    return { bitmap: below === undefined ? node.bitmap & ~bit : node.bitmap, slots };
  }
  if (!('leaves' in node)) return undefined;
  const leaves = node.leaves.filter((leaf) => leaf.key !== key);
  return leaves.length === 1 ? leaves[0] : { hash: node.hash, leaves };
}

function* leavesOf<V>(node: Node<V>): IterableIterator<Leaf<V>> {
  if ('slots' in node) for (const slot of node.slots) yield* leavesOf(slot);
  else if ('leaves' in node) yield* node.leaves;
  else yield node;
}

function visitLeaves<V>(node: Node<V>, visit: (value: V, key: string) => void): void {
  if ('slots' in node) for (const slot of node.slots) visitLeaves(slot, visit);
  else if ('leaves' in node) for (const leaf of node.leaves) visit(leaf.value, leaf.key);
  else visit(node.value, node.key);
}
