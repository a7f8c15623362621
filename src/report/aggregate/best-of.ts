/**
 * The first few of any number of items by an order: a fold, because what is not among the first few of
 * a part is not among those of the whole.
 */
export class BestOf<T> {
  readonly #most: number;
  readonly #compare: (a: T, b: T) => number;
  #items: T[] = [];

  /** @param compare a total order: 0 for equal items only */
  constructor(most: number, compare: (a: T, b: T) => number) {
    this.#most = most;
    this.#compare = compare;
  }

  add(item: T): void {
    const last = this.#items.at(-1);
    const isFull = this.#items.length === this.#most;
    if (isFull && last !== undefined && this.#compare(item, last) >= 0) return;
    const index = this.#items.findIndex((earlier) => this.#compare(item, earlier) < 0);
    this.#items.splice(index < 0 ? this.#items.length : index, 0, item);
    this.#items.length = Math.min(this.#items.length, this.#most);
  }

  addAll(items: Iterable<T>): void {
    for (const item of items) this.add(item);
  }

  /** The first, in order. */
  toJson(): T[] {
    return [...this.#items];
  }
}

/** The order of texts by their UTF-16 code units. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
