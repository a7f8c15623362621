import * as z from 'zod/mini';
import { Finding } from '../report.ts';
import { BestOf, compareTexts } from './best-of.ts';

/** Examples of each kind of finding. */
const EXAMPLES = 5;

export type FindingCode = Finding['code'];

/** Findings by code, as they lie in an hour's sums. */
export const FindingTallyJson = z.array(
  z.object({
    code: Finding.shape.code,
    count: z.number().check(z.int(), z.positive()),
    /** The first by their text. */
    examples: z.array(z.string()),
  }),
);
export type FindingTallyJson = z.infer<typeof FindingTallyJson>;

interface Entry {
  count: number;
  readonly examples: BestOf<string>;
}

/** What was found out of order, counted by code, with a few examples of each. */
export class FindingTally {
  readonly #entries = new Map<FindingCode, Entry>();

  /** @param example the key or the hour that shows it */
  add(code: FindingCode, example: string): void {
    this.#merge(code, 1, [example]);
  }

  merge(json: FindingTallyJson): void {
    for (const { code, count, examples } of json) this.#merge(code, count, examples);
  }

  toJson(): FindingTallyJson {
    return [...this.#entries]
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([code, { count, examples }]) => ({ code, count, examples: examples.toJson() }));
  }

  #merge(code: FindingCode, count: number, examples: readonly string[]): void {
    const entry = this.#entries.get(code) ?? {
      count: 0,
      examples: new BestOf(EXAMPLES, compareTexts),
    };
    entry.count += count;
    entry.examples.addAll(examples);
    this.#entries.set(code, entry);
  }
}
