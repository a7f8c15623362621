import { NoticeCode } from '../../shared/error-codes.ts';
import type { Dialect } from '../payload.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import type { ReaderOptions, RecordReader, SourceRecord } from './source-record.ts';

/**
 * Reads the records of a CSV file after RFC 4180, header included (it is row 0).
 *
 * Beyond the RFC, as real files need it: any single-byte delimiter and quote, or no quote at all; LF
 * and CRLF mixed, and in `cr` and `mixed` files lone CRs too; blank lines and lines that start with
 * the comment character are skipped and not counted; a quote inside an unquoted field is text, as
 * Excel, Python and pandas read it, and gives the record a notice.
 *
 * A row of which no reading is certain is a problem row: text after a closing quote, or a CR in an
 * unquoted field of an `lf` or `crlf` file. An unclosed quote rejects the file: what follows it
 * cannot be trusted.
 *
 * Physical lines end as records do, inside quoted fields too: LF and CRLF are one line end each, and
 * so is a lone CR in `cr` and `mixed` files.
 *
 * csv-parse is the reference: for every well-formed file both give the same values (property test).
 * It is not used to read, because after a malformed row it cannot say where the next one starts.
 */
export class CsvReader implements RecordReader<string[]> {
  readonly #tokenizer: CsvTokenizer;
  readonly #recordOf: (tokenizer: CsvTokenizer) => SourceRecord<string[]>;

  constructor(dialect: Dialect, options: ReaderOptions) {
    this.#tokenizer = new CsvTokenizer(dialect, options);
    this.#recordOf = csvRecordReader(dialect);
  }

  write(bytes: Buffer): SourceRecord<string[]>[] {
    this.#tokenizer.write(bytes);
    return this.#records();
  }

  end(): SourceRecord<string[]>[] {
    this.#tokenizer.finish();
    return this.#records();
  }

  #records(): SourceRecord<string[]>[] {
    const records: SourceRecord<string[]>[] = [];
    while (this.#tokenizer.next()) records.push(this.#recordOf(this.#tokenizer));
    return records;
  }
}

/** Reads the record that a tokenizer stands at: its fields as text, without their quotes. */
export function csvRecordReader({
  quote,
}: Pick<Dialect, 'quote'>): (tokenizer: CsvTokenizer) => SourceRecord<string[]> {
  const fieldsOf = fieldsReader(quote ?? '');
  return (tokenizer) => {
    const { row, line, offset, bytes, start, end, problem, hasQuoteAsText } = tokenizer;
    const value = fieldsOf(tokenizer);
    const record = { row, line, offset, value, raw: bytes.subarray(start, end), problem };
    return hasQuoteAsText ? { ...record, notice: NoticeCode.QUOTE_IN_UNQUOTED_FIELD } : record;
  };
}

function fieldsReader(quote: string): (tokenizer: CsvTokenizer) => string[] {
  const doubledQuote = quote + quote;
  return ({ bytes, fieldCount, starts, ends, doubled }) => {
    const fields: string[] = [];
    for (let field = 0; field < fieldCount; field += 1) {
      const text = bytes.toString('utf8', starts[field], ends[field]);
      fields.push(doubled[field] === 1 ? text.replaceAll(doubledQuote, quote) : text);
    }
    return fields;
  };
}
