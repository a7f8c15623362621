import type { JsonRecord } from '../formats/json-record.ts';
import type { RecordReader, RowProblem, SourceRecord } from '../formats/source-record.ts';
import type { RecordConverter } from './record-converter.ts';
import type { RowOutput, TransformedLines } from './row-output.ts';

export interface JsonRowsOptions {
  readonly reader: RecordReader<JsonRecord>;
  readonly converter: RecordConverter<JsonRecord>;
  /** Why the values of a record cannot be trusted; null when they can. */
  readonly problemOf: (record: SourceRecord<unknown>) => RowProblem | null;
}

/** Takes the rows of a JSON file to their output. */
export class JsonRows {
  readonly #options: JsonRowsOptions;
  readonly #output: RowOutput;

  constructor(options: JsonRowsOptions, output: RowOutput) {
    this.#options = options;
    this.#output = output;
  }

  /** Gives the output's lines whenever it is full. */
  *write(bytes: Buffer): Generator<TransformedLines> {
    yield* this.#take(this.#options.reader.write(bytes));
  }

  *end(): Generator<TransformedLines> {
    yield* this.#take(this.#options.reader.end());
  }

  *#take(records: readonly SourceRecord<JsonRecord>[]): Generator<TransformedLines> {
    const { problemOf, converter } = this.#options;
    for (const record of records) {
      const problem = problemOf(record);
      const conversion =
        problem === null ? converter(record.value, record.row) : { problems: [problem] as const };
      this.#output.add(record, conversion);
      if (this.#output.isFull) yield this.#output.take();
    }
  }
}
