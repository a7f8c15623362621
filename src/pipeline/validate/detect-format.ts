import type { Contract } from '../../datasets/contract.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { compressionOf } from '../decompression.ts';
import type { Plan } from '../payload.ts';
import { detectDialect } from './detect-dialect.ts';
import { detectEncoding } from './detect-encoding.ts';
import { detectJson, type FoundJson } from './detect-json.ts';
import { rejectCompressedTwice, rejectForeign, requireText } from './foreign-content.ts';
import { sampleContent, SampleText } from './sample-text.ts';

/** What the beginning of a file shows. */
export interface DetectedFormat extends Pick<
  Plan,
  'compression' | 'encoding' | 'byteOrderMark' | 'format' | 'detection'
> {
  /** The first record of a CSV file; null for JSON, and where the sample has none. */
  readonly firstRecord: FirstRecord | null;
}

export interface FirstRecord {
  readonly cells: readonly string[];
  /** Whether the record ends beyond the sample. */
  readonly isCut: boolean;
}

export interface DetectFormatOptions {
  /** Whether `sample` is the whole file. */
  readonly complete: boolean;
  /** Null where no contract covers the file. */
  readonly contract: Contract | null;
}

/**
 * Tells compression, encoding, format and dialect of a file from its first bytes, as far as the
 * contract does not state them. The bytes decide; the name only where they leave a choice.
 *
 * @param sample the file's first bytes as stored
 * @throws FileRejected EMPTY_FILE, UNSUPPORTED_FORMAT, BINARY_CONTENT, WRONG_EXTENSION,
 * INVALID_ENCODING, CORRUPT_GZIP or CORRUPT_ZSTD
 */
export async function detectFormat(
  sample: Buffer,
  key: string,
  { complete, contract }: DetectFormatOptions,
): Promise<DetectedFormat> {
  const compression = compressionOf(sample);
  const content = await sampleContent(sample, compression, complete);
  rejectCompressedTwice(compression, content.bytes);
  const found = detectEncoding(content.bytes, contract?.millrace.encoding);
  const { encoding, byteOrderMark } = found;
  const text = new SampleText(content, found);
  requireReadable(content.bytes, text);
  const { detection, ...records } = detectRecords(text, key, contract);
  const stated = [
    ...(contract?.millrace.format === undefined ? [] : ['format']),
    ...(found.isStated ? ['encoding'] : []),
    ...detection.stated,
  ];
  return {
    compression,
    encoding,
    byteOrderMark,
    detection: { ...detection, stated },
    ...records,
  };
}

function requireReadable(content: Buffer, text: SampleText): void {
  requireContent(text);
  rejectForeign(content, text);
  requireText(text);
  rejectMarkup(text);
}

function requireContent(sample: SampleText): void {
  if (sample.text.trim() !== '') return;
  const length = sample.offsetOf(sample.utf8.length);
  const what = sample.isWhole ? 'the file' : `the file's beginning of ${length} bytes`;
  throw new FileRejected(FileCode.EMPTY_FILE, `${what} holds no text, only white space`);
}

function rejectMarkup(sample: SampleText): void {
  if (!/^\s*<(!doctype|html|\?xml)/i.test(sample.text)) return;
  const reason = `the content is an HTML or XML document: it starts at byte ${sample.startOffset()}`;
  throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, reason);
}

type DetectedRecords = Pick<DetectedFormat, 'format' | 'detection' | 'firstRecord'>;

function detectRecords(
  sample: SampleText,
  key: string,
  contract: Contract | null,
): DetectedRecords {
  const stated = contract?.millrace.format;
  const json = stated === undefined ? detectJson(sample, key) : statedJson(stated);
  return json === null ? detectCsv(sample, contract) : jsonRecords(json);
}

function statedJson(format: FoundJson['format']['type'] | 'csv'): FoundJson | null {
  return format === 'csv' ? null : { format: { type: format }, sampleRecords: 0 };
}

function jsonRecords({ format, sampleRecords }: FoundJson): DetectedRecords {
  return { format, detection: { confidence: 1, sampleRecords, stated: [] }, firstRecord: null };
}

function detectCsv(sample: SampleText, contract: Contract | null): DetectedRecords {
  const lines = sample.wholeLines();
  const isCut = lines.trim() === '';
  const found = detectDialect(isCut ? sample.text : lines, contract);
  const { dialect, firstRecord: cells, ...detection } = found;
  return {
    format: { type: 'csv', dialect },
    detection,
    firstRecord: cells.length === 0 ? null : { cells, isCut },
  };
}
