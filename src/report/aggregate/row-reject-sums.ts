import * as z from 'zod/mini';
import { BestOf, compareTexts } from './best-of.ts';
import type { SucceededFacts } from './manifest-facts.ts';

/** Example files of each code. */
const EXAMPLES = 5;

const Rows = z.number().check(z.int(), z.positive());
const Example = z.object({ key: z.string(), fileId: z.string(), rows: Rows });
type Example = z.infer<typeof Example>;

/** Rejected rows by code, as they lie in an hour's sums. */
export const RowRejectSumsJson = z.array(
  z.object({ code: z.string(), rows: Rows, examples: z.array(Example) }),
);
export type RowRejectSumsJson = z.infer<typeof RowRejectSumsJson>;

interface Entry {
  rows: number;
  readonly examples: BestOf<Example>;
}

/** Most rows first, then by key and version. */
const compareExamples = (a: Example, b: Example): number =>
  b.rows - a.rows || compareTexts(a.key, b.key) || compareTexts(a.fileId, b.fileId);

/** Rejected rows by code, and the files that have the most of them. */
export class RowRejectSums {
  readonly #entries = new Map<string, Entry>();

  addManifest({ file, counts }: SucceededFacts): void {
    const { key, fileId } = file;
    for (const [code, rows] of Object.entries(counts.rejectsByCode)) {
      if (rows > 0) this.#add({ code, rows, examples: [{ key, fileId, rows }] });
    }
  }

  merge(json: RowRejectSumsJson): void {
    for (const entry of json) this.#add(entry);
  }

  /** By code. */
  toJson(): RowRejectSumsJson {
    return [...this.#entries]
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([code, { rows, examples }]) => ({ code, rows, examples: examples.toJson() }));
  }

  #add({ code, rows, examples }: RowRejectSumsJson[number]): void {
    const entry = this.#entries.get(code) ?? {
      rows: 0,
      examples: new BestOf(EXAMPLES, compareExamples),
    };
    entry.rows += rows;
    entry.examples.addAll(examples);
    this.#entries.set(code, entry);
  }
}
