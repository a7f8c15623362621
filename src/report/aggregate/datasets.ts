import * as z from 'zod/mini';
import { compareTexts } from './best-of.ts';
import { DatasetSums, DatasetSumsJson } from './dataset-sums.ts';

/**
 * Datasets that are told apart. A file that no contract covers gets its dataset from its name, so that
 * whoever names files could make any number of them.
 */
export const MOST_DATASETS = 1_000;
/** What the files of all further datasets are counted as; no dataset is called like that. */
export const OTHER_DATASETS = '(other datasets)';

/** The sums by dataset, in the order of their names. */
export const DatasetsJson = z.array(z.object({ dataset: z.string(), sums: DatasetSumsJson }));
export type DatasetsJson = z.infer<typeof DatasetsJson>;

/**
 * Sums by dataset. Beyond `MOST_DATASETS`, those that come first by name are kept apart. That is a
 * fold: a name gives way only to smaller ones, and these stay smaller whatever else is added.
 */
export class Datasets {
  readonly #most: number;
  readonly #sums = new Map<string, DatasetSums>();
  readonly #others = new DatasetSums();
  #hasOthers = false;
  /** Once there are as many names as may be, none beyond this one is taken. */
  #last: string | null = null;

  constructor(most = MOST_DATASETS) {
    this.#most = most;
  }

  /** Where to count what belongs to a dataset. */
  of(dataset: string): DatasetSums {
    const known = this.#sums.get(dataset);
    if (known !== undefined) return known;
    if (dataset === OTHER_DATASETS || (this.#last !== null && dataset > this.#last)) {
      return this.#takeOthers();
    }
    const added = new DatasetSums();
    this.#sums.set(dataset, added);
    if (this.#sums.size > this.#most) this.#giveWay();
    if (this.#sums.size === this.#most) this.#last = largest(this.#sums.keys());
    return this.#sums.get(dataset) ?? this.#takeOthers();
  }

  /** By name. */
  *[Symbol.iterator](): Generator<[dataset: string, sums: DatasetSums]> {
    yield* [...this.#sums].sort(([a], [b]) => compareTexts(a, b));
    if (this.#hasOthers) yield [OTHER_DATASETS, this.#others];
  }

  merge(json: DatasetsJson): void {
    for (const { dataset, sums } of json) this.of(dataset).merge(sums);
  }

  toJson(): DatasetsJson {
    return [...this].map(([dataset, sums]) => ({ dataset, sums: sums.toJson() }));
  }

  #takeOthers(): DatasetSums {
    this.#hasOthers = true;
    return this.#others;
  }

  /** Counts the last name among the others. */
  #giveWay(): void {
    const name = largest(this.#sums.keys());
    const sums = this.#sums.get(name);
    this.#sums.delete(name);
    if (sums !== undefined) this.#takeOthers().merge(sums.toJson());
  }
}

/** The last of some texts, of which there is one at least. */
function largest(texts: Iterable<string>): string {
  let last = '';
  for (const text of texts) if (text > last) last = text;
  return last;
}
