/** Values in their order in groups of a size, of which the last may be smaller. */
export function* batchesOf<T>(values: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
