// A persistent list with holes: entities by their number of insertion. Reading and writing touch O(log32 n) nodes and share
// the rest; walking it gives the order of insertion without sorting.

type Node<V> = readonly (Node<V> | V | undefined)[];

const BITS = 5;
const WIDTH = 1 << BITS;

export class Slots<V> {
  readonly #root: Node<V>;
  /** Levels of nodes above the values: 1 holds 32 values. */
  readonly #levels: number;

  private constructor(root: Node<V>, levels: number) {
    this.#root = root;
    this.#levels = levels;
  }

  static empty<V>(): Slots<V> {
    return new Slots<V>([], 1);
  }

  get(slot: number): V | undefined {
    if (slot >= WIDTH ** this.#levels) return undefined;
    let node: Node<V> | undefined = this.#root;
    for (let shift = (this.#levels - 1) * BITS; shift > 0 && node !== undefined; shift -= BITS) {
      node = node[(slot >>> shift) & (WIDTH - 1)] as Node<V> | undefined;
    }
    return node?.[slot & (WIDTH - 1)] as V | undefined;
  }

  /** The list with `value` at `slot` (an integer from 0), or with a hole there when it is undefined. */
  with(slot: number, value: V | undefined): Slots<V> {
    let [root, levels] = [this.#root, this.#levels];
    for (; slot >= WIDTH ** levels; levels += 1) root = [root];
    return new Slots<V>(replace(root, slot, (levels - 1) * BITS, value) ?? [], levels);
  }

  /** Visits what is there in order of slots. */
  forEach(visit: (value: V) => void): void {
    visitNode(this.#root, this.#levels, visit);
  }
}

/** The node with `value` in its place; undefined when nothing is left in it. */
function replace<V>(node: Node<V>, slot: number, shift: number, value: V | undefined): Node<V> | undefined {
  const index = (slot >>> shift) & (WIDTH - 1);
  const copy = node.slice();
  while (copy.length < index) copy.push(undefined);
  copy[index] = shift === 0 ? value : replace((node[index] as Node<V> | undefined) ?? [], slot, shift - BITS, value);
  return copy[index] === undefined && copy.every((entry) => entry === undefined) ? undefined : copy;
}

function visitNode<V>(node: Node<V>, levels: number, visit: (value: V) => void): void {
  for (const entry of node) {
    if (entry === undefined) continue;
    if (levels === 1) visit(entry as V);
    else visitNode(entry as Node<V>, levels - 1, visit);
  }
}
