import type { Contract } from '../../../datasets/contract.ts';
import { epochDay } from '../../../datasets/values/calendar.ts';
import { EventTimes } from '../../../shared/aggregates/event-times.ts';
import { MeasureSummary } from '../../../shared/aggregates/measure-summary.ts';
import { RowSummary, type RowSummaryJson } from '../../../shared/aggregates/row-summary.ts';
import { ValueCounts, type ValueCountsJson } from '../../../shared/aggregates/value-counts.ts';
import { boundedText, type CountedValue } from '../../../shared/aggregates/value-text.ts';
import type { RowCode } from '../../../shared/error-codes.ts';
import type { RowProblem } from '../../formats/source-record.ts';
import type { ContractFields } from '../record-converter.ts';
import { isProblem, type FieldResult } from '../field-rule.ts';
import { addNumber } from './number-digits.ts';
import { ValueCounter, viewOf } from './value-counter.ts';

/** Takes the value of a field of each record, as the bytes of its JSON. */
interface FieldSummary {
  /** Index of the field in its contract. */
  readonly field: number;
  readonly add: (bytes: Buffer, view: DataView, start: number, end: number) => void;
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
const LETTER_N = 0x6e;

/**
 * Sums up the rows of a file while they are derived, as the `report` block of its contract asks:
 * from the JSON that the records are made of, so that the figures are those of the processed object.
 */
export class RowSummarizer {
  readonly fields: readonly FieldSummary[];
  /** The fields of the record that was converted last. */
  readonly #converted: readonly FieldResult[];
  readonly #dimensions = new Map<string, ValueCounter>();
  readonly #measures = new Map<string, MeasureSummary>();
  readonly #eventTimes = new Map<string, EventTimes>();
  /** By code and column; there are no more columns than fields. */
  readonly #rejects = new Map<RowCode, Map<CountedValue, number>>();
  readonly #scratch = Buffer.alloc(SCRATCH_BYTES);
  readonly #scratchView = viewOf(this.#scratch);

  constructor({ rules, arrivedAt }: RowSummarizerOptions) {
    const names = rules?.contract.fields.map(({ name }) => name) ?? [];
    const { dimensions = [], measures = [], eventTime } = rules?.contract.millrace.report ?? {};
    const summary = (name: string, add: FieldSummary['add']): FieldSummary => ({
      field: names.indexOf(name),
      add,
    });
    this.#converted = rules?.fields.results ?? [];
    this.fields = [
      ...dimensions.map((name) => summary(name, this.#dimension(name))),
      ...measures.map((name) => summary(name, this.#measure(name))),
      ...(eventTime === undefined
        ? []
        : [summary(eventTime, this.#eventTime(eventTime, arrivedAt))]),
    ];
  }

  /** Adds the record that the contract's fields have converted last. */
  addConverted(): void {
    for (const { field, add } of this.fields) {
      const json = this.#converted[field];
      // Of a record that was taken each field is.
      if (json === undefined || isProblem(json)) continue;
      if (json.length * MOST_UNIT_BYTES > SCRATCH_BYTES) {
        const bytes = Buffer.from(json);
        add(bytes, viewOf(bytes), 0, bytes.length);
      } else {
        add(this.#scratch, this.#scratchView, 0, this.#scratch.write(json));
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

  #dimension(column: string): FieldSummary['add'] {
    const counter = new ValueCounter();
    this.#dimensions.set(column, counter);
    return (bytes, view, start, end) => counter.add(bytes, view, start, end);
  }

  #measure(column: string): FieldSummary['add'] {
    const measure = new MeasureSummary();
    this.#measures.set(column, measure);
    return (bytes, _, start, end) => addNumber(measure, bytes, start, end);
  }

  #eventTime(column: string, arrivedAt: string): FieldSummary['add'] {
    const times = new EventTimes();
    this.#eventTimes.set(column, times);
    const arrivalDay = dayOf(arrivedAt);
    return (bytes, _, start, end) => {
      // A moment stands in quotes.
      if (bytes[start] !== LETTER_N) times.add(bytes, start + 1, end - 1, arrivalDay);
    };
  }
}

function countsOf(columns: ReadonlyMap<CountedValue, number>): ValueCountsJson {
  const counts = new ValueCounts();
  counts.add(columns);
  return counts.toJson();
}

function dayOf(moment: string): number {
  const [year = 0, month = 0, day = 0] = moment.slice(0, 10).split('-').map(Number);
  return epochDay(year, month, day);
}
