// What was computed lately, within a bound: a memory, no state. What nobody asked for while the memory filled up once is
// forgotten, and computed again when somebody wants it.

export class Recent<K extends object, V> {
  readonly #weightMax: number;
  readonly #weigh: (value: V) => number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #weight = 0;

  /**
   * @param weightMax up to twice as much is held
   * @param weigh a value as it is now
   */
  constructor(weightMax: number, weigh: (value: V) => number) {
    this.#weightMax = weightMax;
    this.#weigh = weigh;
  }

  get(key: K): V | undefined {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    const weight = this.#weigh(value);
    if (this.#weight + weight > this.#weightMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    this.#young.set(key, value);
    this.#weight += weight;
  }

  /** A value that was set has become heavier. */
  grow(weight: number): void {
    this.#weight += weight;
  }
}
