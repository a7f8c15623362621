import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { CsvReader } from '../../src/pipeline/formats/csv-reader.ts';
import type { Dialect } from '../../src/pipeline/payload.ts';
import { detectDialect, type DetectedDialect } from '../../src/pipeline/validate/detect-dialect.ts';
import { detectFormat } from '../../src/pipeline/validate/detect-format.ts';
import type { FileCode } from '../../src/shared/error-codes.ts';
import { csvOracle } from '../support/csv-oracle.ts';
import { readRecords } from '../support/read-records.ts';
import { rejection } from '../support/rejection.ts';
import { readCorpus, statingContract, textOf, type Label, type LabelledFile } from './labels.ts';

const SAMPLE_BYTES = 256 * 1024;
const VEGA = '../../node_modules/vega-datasets/data';
const FORMATS = ['csv', 'json-array', 'json-lines'];

const isCsv = ({ label }: LabelledFile): boolean => label.format === 'csv';

/** The beginning of a text, cut behind a line. */
function sampleOf(text: string): string {
  if (text.length <= SAMPLE_BYTES) return text;
  return text.slice(0, text.lastIndexOf('\n', SAMPLE_BYTES) + 1);
}

const detect = (file: LabelledFile): DetectedDialect =>
  detectDialect(sampleOf(textOf(file)), statingContract(file.label));

/** What a label says of a dialect, and what detection found, in the same words. */
const labelled = (label: Label) => ({
  delimiter: label.delimiter,
  quote: label.quote,
  lineEnd: label.lineEnd,
  header: label.header,
  comment: label.stated?.commentChar ?? null,
  trailingDelimiter: label.trailingDelimiter,
  columns: label.columns,
});

function found(dialect: Dialect, firstRecord: readonly string[], { label }: LabelledFile) {
  const isTrailing = dialect.trailingDelimiter && firstRecord.length > (label.columns?.length ?? 0);
  const isOneColumn = label.delimiter === null && firstRecord.length === 1;
  return {
    ...dialect,
    delimiter: isOneColumn ? null : dialect.delimiter,
    columns: isTrailing && firstRecord.at(-1) === '' ? firstRecord.slice(0, -1) : firstRecord,
  };
}

describe.each([
  ['the corpus', './labels.json', './files', 200],
  ['vega-datasets', './vega-labels.json', VEGA, 65],
])('on %s', (_, labels, folder, atLeast) => {
  const { files, knownWrong } = readCorpus(labels, folder);
  const knowable = files.filter(({ name }) => knownWrong[name] === undefined);
  const named = (some: readonly LabelledFile[]): [string, LabelledFile][] =>
    some.map((file) => [file.name, file]);

  it('has a label for each file, and many files', () => {
    const names = readdirSync(resolve(__dirname, folder)).filter(
      (name) => folder !== VEGA || /\.(?:csv|tsv|json)$/.test(name),
    );
    expect(files.map(({ name }) => name).sort()).toEqual(names.sort());
    expect(files.length).toBeGreaterThanOrEqual(atLeast);
  });

  it.each(named(knowable.filter(isCsv)))('detectDialect tells the dialect of %s', (_, file) => {
    const { dialect, firstRecord } = detect(file);
    expect(found(dialect, firstRecord, file)).toEqual(labelled(file.label));
  });

  it.each(named(knowable))('detectFormat tells what %s is', async (name, file) => {
    const { label, bytes } = file;
    const sample = bytes.subarray(0, SAMPLE_BYTES);
    const options = {
      complete: sample.length === bytes.length,
      contract: statingContract(label),
    };
    const detection = detectFormat(sample, `in/${name}`, options);
    if (!FORMATS.includes(label.format)) {
      await expect(detection).rejects.toThrow(rejection(label.format as FileCode));
      return;
    }
    const { encoding, byteOrderMark = false, format } = label;
    const detected = await detection;
    expect(detected).toMatchObject({ encoding, byteOrderMark, format: { type: format } });
    if (detected.format.type !== 'csv') return;
    const cells = detected.firstRecord?.cells ?? [];
    expect(found(detected.format.dialect, cells, file)).toEqual(labelled(label));
  });

  it.each(named(files.filter(isCsv)))('CsvReader reads the cells of %s', (_, file) => {
    const { dialect } = detect(file);
    const text = textOf(file);
    const options = { maxRecordBytes: 1 << 20, encoding: 'utf-8', firstOffset: 0 } as const;
    const records = readRecords(new CsvReader(dialect, options), [Buffer.from(text)]);
    expect(records.map(({ value }) => value)).toEqual(csvOracle(text, dialect));
  });

  it('is wrong where it is known to be, and nowhere else', () => {
    const wrong = files.filter(isCsv).filter((file) => {
      const { dialect, firstRecord } = detect(file);
      const [a, b] = [found(dialect, firstRecord, file), labelled(file.label)];
      return !Object.keys(b).every((name) => {
        const key = name as keyof typeof b;
        return JSON.stringify(a[key]) === JSON.stringify(b[key]);
      });
    });
    expect(wrong.map(({ name }) => name)).toEqual(Object.keys(knownWrong));
  });
});
