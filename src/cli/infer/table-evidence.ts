import { JsonEvidence, TextEvidence, type ColumnEvidence } from './column-evidence.ts';

/** What the records of a file show, column by column in the order in which they first occur. */
export interface TableEvidence {
  /** Records so far. */
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnEvidence>;
}

/** Evidence of a CSV file. */
export class CsvEvidence implements TableEvidence {
  readonly columns: ReadonlyMap<string, TextEvidence>;
  readonly #inOrder: readonly (TextEvidence | undefined)[];
  readonly #missingValues: ReadonlySet<string>;
  #rows = 0;

  /** @param names name of each column; null for one that no field can stand for */
  constructor(names: readonly (string | null)[], missingValues: readonly string[]) {
    const columns = new Map<string, TextEvidence>();
    for (const name of names) if (name !== null) columns.set(name, new TextEvidence());
    this.columns = columns;
    this.#inOrder = names.map((name) => (name === null ? undefined : columns.get(name)));
    this.#missingValues = new Set(missingValues);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Takes a record that has as many fields as there are columns. */
  add(fields: readonly string[]): void {
    this.#rows += 1;
    for (const [index, column] of this.#inOrder.entries()) {
      const text = fields[index] ?? '';
      if (column !== undefined && !this.#missingValues.has(text)) column.add(text);
    }
  }
}

/** Evidence of a file of JSON objects. */
export class JsonObjectsEvidence implements TableEvidence {
  readonly columns = new Map<string, JsonEvidence>();
  readonly #missingValues: ReadonlySet<string>;
  readonly #maxColumns: number;
  #rows = 0;

  /** @param maxColumns properties beyond so many are no columns, but keys of data */
  constructor(missingValues: readonly string[], maxColumns: number) {
    this.#missingValues = new Set(missingValues);
    this.#maxColumns = maxColumns;
  }

  get rows(): number {
    return this.#rows;
  }

  add(record: Readonly<Record<string, unknown>>): void {
    this.#rows += 1;
    for (const [name, value] of Object.entries(record)) {
      const column = this.#columnOf(name);
      if (!this.#isMissing(value)) column?.add(value);
    }
  }

  #columnOf(name: string): JsonEvidence | undefined {
    const known = this.columns.get(name);
    if (known !== undefined || this.columns.size >= this.#maxColumns) return known;
    const column = new JsonEvidence();
    this.columns.set(name, column);
    return column;
  }

  #isMissing(value: unknown): boolean {
    return value === null || (typeof value === 'string' && this.#missingValues.has(value));
  }
}
