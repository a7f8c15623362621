import type { ColumnSource } from 'hyparquet-writer';
import type { ParquetColumn, ParquetValue } from './parquet-columns.ts';

/** A row group is closed when it holds so many records, or so long lines: it is built in memory. */
const MOST_RECORDS = 64 * 1024;
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Longer texts get no statistics: they would be held until the file ends. */
const LONGEST_STATISTIC = 1_024;

/** The records of a row group, column by column. */
export class RowGroup {
  readonly #columns: readonly ParquetColumn[];
  readonly #values: (ParquetValue | null)[][];
  readonly #longest: number[];
  #characters = 0;
  /** Records so far. */
  length = 0;

  constructor(columns: readonly ParquetColumn[]) {
    this.#columns = columns;
    this.#values = columns.map(() => []);
    this.#longest = columns.map(() => 0);
  }

  get isFull(): boolean {
    return this.length >= MOST_RECORDS || this.#characters >= MOST_CHARACTERS;
  }

  /** The columns as the Parquet writer takes them. */
  get columnData(): ColumnSource[] {
    return this.#columns.map(({ name, hasStatistics }, index) => ({
      name,
      data: this.#values[index] ?? [],
      statistics: hasStatistics && (this.#longest[index] ?? 0) <= LONGEST_STATISTIC,
    }));
  }

  /** Adds a record, whose line has so many characters. */
  add(row: readonly (ParquetValue | null)[], characters: number): void {
    row.forEach((value, index) => {
      this.#values[index]?.push(value);
      if (typeof value === 'string' && value.length > (this.#longest[index] ?? 0)) {
        this.#longest[index] = value.length;
      }
    });
    this.length += 1;
    this.#characters += characters;
  }
}
