import fc from '../../support/fast-check.ts';

/** Something that sums up, and takes in what others of its kind have summed up. */
interface Fold<Json> {
  merge(json: Json): void;
  toJson(): Json;
}

/** How some items are put in order, and which of them are merged before all. */
export interface Arrangement<T> {
  readonly items: readonly T[];
  readonly shuffled: readonly T[];
  /** Sizes of the groups that are merged by themselves first. */
  readonly groups: readonly number[];
}

export function arrangementsOf<T>(
  item: fc.Arbitrary<T>,
  maxLength = 12,
): fc.Arbitrary<Arrangement<T>> {
  return fc.array(item, { maxLength }).chain((items) =>
    fc.record({
      items: fc.constant(items),
      shuffled: fc.shuffledSubarray(items, { minLength: items.length }),
      groups: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }),
    }),
  );
}

/** All merged one after the other. */
export function mergedInOrder<Json>(create: () => Fold<Json>, items: readonly Json[]): Json {
  const fold = create();
  for (const item of items) fold.merge(item);
  return fold.toJson();
}

/** Shuffled, merged in groups, and then the groups: each as it comes out of a manifest's text. */
export function mergedInGroups<Json>(
  create: () => Fold<Json>,
  { shuffled, groups }: Arrangement<Json>,
): Json {
  const merged: Json[] = [];
  for (let start = 0, index = 0; start < shuffled.length; index += 1) {
    const end = start + groups[index % groups.length]!;
    merged.push(mergedInOrder(create, shuffled.slice(start, end)));
    start = end;
  }
  return mergedInOrder(create, JSON.parse(JSON.stringify(merged)) as Json[]);
}
