/** Counts by code. */
export class Tally<Code extends string> {
  readonly #counts = new Map<Code, number>();

  /** Counts a code; without one, nothing. */
  add(code: Code | undefined, count = 1): void {
    if (code !== undefined) this.#counts.set(code, (this.#counts.get(code) ?? 0) + count);
  }

  total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The counts in the order of their codes. */
  byCode(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
