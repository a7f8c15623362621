import { isUtf8 } from 'node:buffer';
import { constants, gunzipSync } from 'node:zlib';
import type { Contract } from '../../datasets/contract.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { parseJsonObject } from '../formats/json-record.ts';
import type { FileFormat, Plan } from '../payload.ts';
import { detectDialect, readSample } from './detect-dialect.ts';

const UTF8_BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINES_TRIED_AS_JSON = 10;
/** A sample may expand a thousandfold; its beginning is evidence enough. */
const DECODED_SAMPLE_BYTES = 1024 * 1024;

/** First bytes of formats that Millrace does not read, so that the reason can name them. */
const FOREIGN_FORMATS: readonly (readonly [string, Buffer])[] = [
  ['a zstd archive', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['a zip archive or an Office document', Buffer.from('PK\x03\x04', 'latin1')],
  ['a bzip2 archive', Buffer.from('BZh', 'latin1')],
  ['an xz archive', Buffer.from('\xfd7zXZ\0', 'latin1')],
  ['a Parquet file', Buffer.from('PAR1', 'latin1')],
  ['an Avro file', Buffer.from('Obj\x01', 'latin1')],
  ['a PDF document', Buffer.from('%PDF-', 'latin1')],
  ['a PNG image', Buffer.from('\x89PNG', 'latin1')],
  ['a JPEG image', Buffer.from([0xff, 0xd8, 0xff])],
  ['a GIF image', Buffer.from('GIF8', 'latin1')],
];

/** What the beginning of a file shows. */
export interface DetectedFormat extends Pick<
  Plan,
  'compression' | 'encoding' | 'byteOrderMark' | 'format' | 'detection'
> {
  /** Cells of the first record of a CSV file; null for JSON. */
  readonly firstRecord: readonly string[] | null;
}

export interface DetectFormatOptions {
  /** Whether `sample` is the whole file. */
  readonly complete: boolean;
  /** Null where no contract covers the file. */
  readonly contract: Contract | null;
}

/**
 * Tells compression, format and dialect of a file from its first bytes. The bytes decide; the name
 * only where they leave a choice.
 *
 * @param sample the file's first bytes as stored
 * @throws FileRejected EMPTY_FILE, UNSUPPORTED_FORMAT, INVALID_ENCODING, CORRUPT_GZIP
 */
export function detectFormat(
  sample: Buffer,
  key: string,
  { complete, contract }: DetectFormatOptions,
): DetectedFormat {
  const compression = sample[0] === 0x1f && sample[1] === 0x8b ? 'gzip' : 'none';
  const expanded = compression === 'gzip' ? gunzipBeginning(sample) : sample;
  const decoded = expanded.subarray(0, DECODED_SAMPLE_BYTES);
  rejectForeign(decoded);
  const byteOrderMark = decoded.subarray(0, 3).equals(UTF8_BYTE_ORDER_MARK);
  const whole = complete && decoded.length === expanded.length;
  const text = wholeLines(decoded.subarray(byteOrderMark ? 3 : 0), whole).toString('utf8');
  if (text.trim() === '') {
    throw new FileRejected(FileCode.EMPTY_FILE, 'the file holds no text, only white space');
  }
  const detection = { confidence: 1, sampleRecords: 0, stated: [] };
  const common = { compression, byteOrderMark, encoding: 'utf-8', detection } as const;
  const jsonFormat = detectJson(text, key, whole);
  if (jsonFormat !== null) return { ...common, format: jsonFormat, firstRecord: null };
  const dialect = detectDialect(text, contract);
  const firstRecord = readSample(text, dialect)[0] ?? [];
  return { ...common, format: { type: 'csv', dialect }, firstRecord };
}

/** The beginning of a gzip file decompressed; a sample naturally ends before the stream does. */
function gunzipBeginning(sample: Buffer): Buffer {
  try {
    return gunzipSync(sample, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 << 20 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const reason = `${sample.length} bytes expand to more than 64 MiB`;
      throw new FileRejected(FileCode.EXPANSION_TOO_LARGE, reason, { cause: error as Error });
    }
    const reason = 'the file starts like gzip but cannot be decompressed';
    throw new FileRejected(FileCode.CORRUPT_GZIP, reason, { cause: error as Error });
  }
}

function rejectForeign(bytes: Buffer): void {
  const [foreign] = FOREIGN_FORMATS.find(([, magic]) => bytes.indexOf(magic) === 0) ?? [];
  // A text may start with the letters of a magic number; only one with binary content is foreign.
  if (foreign !== undefined && (bytes.includes(0) || !isUtf8(wholeLines(bytes, false)))) {
    throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, `the content is ${foreign}`);
  }
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    throw new FileRejected(FileCode.INVALID_ENCODING, 'the file is UTF-16; UTF-8 is expected');
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, `binary content: a NUL at byte ${nul}`);
  }
}

/** Cuts a sample after its last line end, unless it is the whole file or only blanks would be left. */
function wholeLines(bytes: Buffer, whole: boolean): Buffer {
  const end = Math.max(bytes.lastIndexOf(0x0a), bytes.lastIndexOf(0x0d));
  const lines = bytes.subarray(0, end + 1);
  return whole || lines.every(isWhiteSpace) ? bytes : lines;
}

const isWhiteSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

function detectJson(text: string, key: string, whole: boolean): FileFormat | null {
  const start = text.trimStart();
  const named = /\.(csv|tsv|txt|json|jsonl|ndjson)(\.gz)?$/i.exec(key)?.[1]?.toLowerCase();
  if (/^<(!doctype|html|\?xml)/i.test(start)) {
    throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, 'the content is an HTML or XML document');
  }
  const namedAsText = named === 'csv' || named === 'tsv' || named === 'txt';
  if (start.startsWith('[') && !namedAsText) return { type: 'json-array' };
  if (start.startsWith('{') && !namedAsText) return detectJsonLines(start, whole);
  if (named !== undefined && !namedAsText) {
    throw new FileRejected(
      FileCode.UNSUPPORTED_FORMAT,
      `the file is named .${named} but starts with neither "[" nor "{"`,
    );
  }
  return null;
}

/** One object per line, or one object over many lines, which is no set of records. */
function detectJsonLines(text: string, whole: boolean): FileFormat {
  const isWithinFirstLine = !whole && !text.includes('\n');
  if (isWithinFirstLine) return { type: 'json-lines' };
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const tried = lines.slice(0, LINES_TRIED_AS_JSON);
  if (tried.some((line) => parseJsonObject(Buffer.from(line)).problem === null)) {
    return { type: 'json-lines' };
  }
  throw new FileRejected(
    FileCode.UNSUPPORTED_FORMAT,
    'the file is one JSON object; an array of objects or one object per line is expected',
  );
}
