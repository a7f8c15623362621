import type { Contract } from '../../../datasets/contract.ts';
import { RowSummary, type RowSummaryJson } from '../../../shared/aggregates/row-summary.ts';
import { ValueCounts, type ValueCountsJson } from '../../../shared/aggregates/value-counts.ts';
import { boundedText, type CountedValue } from '../../../shared/aggregates/value-text.ts';
import { viewOf } from '../../../shared/aggregates/words.ts';
import type { RowCode } from '../../../shared/error-codes.ts';
import type { RowProblem } from '../../formats/source-record.ts';
import type { ContractFields } from '../record-converter.ts';
import { isProblem, type FieldResult } from '../field-rule.ts';
import { EventTimeSummary } from './event-time-summary.ts';
import type { FieldSummary } from './field-summary.ts';
import { NumberSummary } from './number-summary.ts';
import { ValueCounter } from './value-counter.ts';

/** A field that is summed up. */
export interface SummarizedField {
  /** Its index in the contract. */
  readonly field: number;
  readonly summary: FieldSummary;
}

export interface RowSummarizerOptions {
  /** The contract and its fields, which hold the record at hand; without one only rejects count. */
  readonly rules: { readonly contract: Contract; readonly fields: ContractFields } | null;
  /** When the file arrived, in ISO 8601 and UTC. */
  readonly arrivedAt: string;
}

const SCRATCH_BYTES = 4 * 1024;
/** Most bytes of UTF-8 that a UTF-16 code unit takes. */
const MOST_UNIT_BYTES = 3;

/**
 * Sums up the rows of a file while they are derived, as the `report` block of its contract asks:
 * from the JSON that the records are made of, so that the figures are those of the processed object.
 */
export class RowSummarizer {
  readonly fields: readonly SummarizedField[];
  /** The fields of the record that was converted last. */
  readonly #converted: readonly FieldResult[];
  readonly #dimensions = new Map<string, ValueCounter>();
  readonly #measures = new Map<string, NumberSummary>();
  readonly #eventTimes = new Map<string, EventTimeSummary>();
  /** By code and column; there are no more columns than fields. */
  readonly #rejects = new Map<RowCode, Map<CountedValue, number>>();
  readonly #scratch = Buffer.alloc(SCRATCH_BYTES);
  readonly #scratchView = viewOf(this.#scratch);

  constructor({ rules, arrivedAt }: RowSummarizerOptions) {
    const names = rules?.contract.fields.map(({ name }) => name) ?? [];
    const { dimensions = [], measures = [], eventTime } = rules?.contract.millrace.report ?? {};
    for (const name of dimensions) this.#dimensions.set(name, new ValueCounter());
    for (const name of measures) this.#measures.set(name, new NumberSummary());
    if (eventTime !== undefined) this.#eventTimes.set(eventTime, new EventTimeSummary(arrivedAt));
    this.#converted = rules?.fields.results ?? [];
    this.fields = [...this.#dimensions, ...this.#measures, ...this.#eventTimes].map(
      ([name, summary]) => ({ field: names.indexOf(name), summary }),
    );
  }

  /** Adds the record that the contract's fields have converted last. */
  addConverted(): void {
    for (const { field, summary } of this.fields) {
      const json = this.#converted[field];
      // Of a record that was taken each field is.
      if (json === undefined || isProblem(json)) continue;
      if (json.length * MOST_UNIT_BYTES > SCRATCH_BYTES) {
        const bytes = Buffer.from(json);
        summary.add(bytes, viewOf(bytes), 0, bytes.length);
      } else {
        summary.add(this.#scratch, this.#scratchView, 0, this.#scratch.write(json));
      }
    }
  }

  /** Adds a row that was rejected. */
  addReject({ code, column }: RowProblem): void {
    const columns = this.#rejects.get(code) ?? new Map<CountedValue, number>();
    this.#rejects.set(code, columns);
    const name = column === null ? null : boundedText(column);
    columns.set(name, (columns.get(name) ?? 0) + 1);
  }

  toJson(): RowSummaryJson {
    const summary = new RowSummary();
    summary.merge({
      dimensions: [...this.#dimensions].map(([column, counter]) => ({
        column,
        counts: counter.toJson(),
      })),
      measures: [...this.#measures].map(([column, measure]) => ({
        column,
        summary: measure.toJson(),
      })),
      eventTimes: [...this.#eventTimes].map(([column, times]) => ({
        column,
        times: times.toJson(),
      })),
      rejects: [...this.#rejects].map(([code, columns]) => ({ code, columns: countsOf(columns) })),
    });
    return summary.toJson();
  }
}

function countsOf(columns: ReadonlyMap<CountedValue, number>): ValueCountsJson {
  const counts = new ValueCounts();
  counts.add(columns);
  return counts.toJson();
}
