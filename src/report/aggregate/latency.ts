import * as z from 'zod/mini';
import { PackedBins, QuantileSketch } from '../../shared/aggregates/quantile-sketch.ts';

const Count = z.number().check(z.int(), z.nonnegative());

/** How long files took, as it lies in an hour's sums. */
export const LatencyJson = z.object({
  files: Count,
  /** The longest in milliseconds. */
  maximum: Count,
  /** A `QuantileSketch` of milliseconds. */
  bins: PackedBins,
});
export type LatencyJson = z.infer<typeof LatencyJson>;

const MILLISECONDS = 1_000;

/** How long files took from their arrival to their end: quantiles within 1 %, the longest exactly. */
export class Latency {
  readonly #sketch = new QuantileSketch();
  #files = 0;
  #maximum = 0;

  /** Both in ISO 8601. S3's clock may be ahead of ours: no file ends before it has come. */
  add(arrivedAt: string, endedAt: string): void {
    const milliseconds = Math.max(0, Date.parse(endedAt) - Date.parse(arrivedAt));
    this.#sketch.add(milliseconds);
    this.#files += 1;
    this.#maximum = Math.max(this.#maximum, milliseconds);
  }

  /** In seconds, never more than the longest; null where there is no file. */
  quantile(q: number): number | null {
    const milliseconds = this.#sketch.quantile(q);
    if (milliseconds === null) return null;
    return Math.round(Math.min(milliseconds, this.#maximum)) / MILLISECONDS;
  }

  /** In seconds; null where there is no file. */
  get maximum(): number | null {
    return this.#files === 0 ? null : this.#maximum / MILLISECONDS;
  }

  merge({ files, maximum, bins }: LatencyJson): void {
    this.#files += files;
    this.#maximum = Math.max(this.#maximum, maximum);
    this.#sketch.merge(bins);
  }

  toJson(): LatencyJson {
    return { files: this.#files, maximum: this.#maximum, bins: this.#sketch.pack() };
  }
}
