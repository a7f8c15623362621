import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { parseJsonObject } from '../formats/json-record.ts';
import type { FileFormat } from '../payload.ts';
import type { SampleText } from './sample-text.ts';

const LINES_TRIED = 10;
const EXTENSION = /\.(csv|tsv|psv|txt|json|jsonl|ndjson)(?:\.(?:gz|zst))?$/i;
const ARRAY_OF_OBJECTS = /^\[\s*\{\s*["}]/;
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/g;
const EMPTY_ARRAY = /^\[\s*\]\s*$/;
const OBJECT_WITH_PROPERTY = /^\{\s*"[^"\n]*"\s*:/;

/** JSON as it was found. */
export interface FoundJson {
  readonly format: Extract<FileFormat, { type: 'json-array' | 'json-lines' }>;
  /** Lines that were looked at. */
  readonly sampleRecords: number;
}

/** What the end of a file's name promises; `either` for `.txt`. */
type Promised = 'csv' | 'json' | 'either' | 'nothing';

/**
 * Tells JSON from CSV; null for CSV. The bytes decide. A name for CSV, or `.txt`, lets what only starts
 * like JSON be CSV.
 *
 * @throws FileRejected WRONG_EXTENSION where the name promises the other; UNSUPPORTED_FORMAT for one
 * object, which is no set of records
 */
export function detectJson(sample: SampleText, key: string): FoundJson | null {
  const [extension, promised] = promiseOf(key);
  const start = jsonStart(sample);
  if (start === null) {
    if (promised === 'json') rejectName(sample, extension, 'neither "[" nor "{" stands');
    return null;
  }
  if ((promised === 'csv' || promised === 'either') && !start.isCertain) return null;
  if (promised === 'csv') rejectName(sample, extension, `${NOUNS[start.type]} starts`);
  if (start.isOneObject) rejectObject(sample);
  return { format: { type: start.type }, sampleRecords: start.linesTried };
}

function promiseOf(key: string): [extension: string, promised: Promised] {
  const extension = EXTENSION.exec(key)?.[1]?.toLowerCase();
  if (extension === undefined) return ['', 'nothing'];
  if (extension === 'txt') return [extension, 'either'];
  return [extension, extension.includes('json') ? 'json' : 'csv'];
}

/** What a text that starts like JSON shows. */
interface JsonStart {
  readonly type: FoundJson['format']['type'];
  /** Whether no CSV file would look like that. */
  readonly isCertain: boolean;
  /** Whether one object goes over many lines, instead of one per line. */
  readonly isOneObject: boolean;
  readonly linesTried: number;
}

const NOUNS = { 'json-array': 'a JSON array', 'json-lines': 'a JSON object' } as const;

function jsonStart(sample: SampleText): JsonStart | null {
  const lines = sample.wholeLines();
  const text = (lines.trim() === '' ? sample.text : lines).trimStart();
  if (text.startsWith('[')) return arrayStart(text, sample.isWhole);
  return text.startsWith('{') ? objectStart(text, sample.isWhole) : null;
}

function arrayStart(text: string, isWhole: boolean): JsonStart {
  const isCertain = ARRAY_OF_OBJECTS.test(text) || (isWhole && EMPTY_ARRAY.test(text));
  return { type: 'json-array', isCertain, isOneObject: false, linesTried: 0 };
}

function objectStart(text: string, isWhole: boolean): JsonStart {
  const isWithinFirstLine = !isWhole && !text.includes('\n');
  const lines = isWithinFirstLine ? [] : text.split('\n').filter((line) => line.trim() !== '');
  const tried = lines.slice(0, LINES_TRIED);
  const parsed = tried.filter(isObject).length;
  const isPart = isWithinFirstLine || leavesOpen(tried[0] ?? '');
  return {
    type: 'json-lines',
    isCertain: isPart ? OBJECT_WITH_PROPERTY.test(text) : parsed > tried.length / 2,
    // An inner object of a pretty-printed one may stand on a line of its own.
    isOneObject:
      tried.length > 0 && (parsed === 0 || (isWhole && lines.length > 1 && isObject(text))),
    linesTried: tried.length,
  };
}

/** Whether a line ends within an object. */
function leavesOpen(line: string): boolean {
  const brackets = line.replace(STRING, '');
  return (brackets.match(/[[{]/g)?.length ?? 0) > (brackets.match(/[\]}]/g)?.length ?? 0);
}

const isObject = (line: string): boolean => parseJsonObject(Buffer.from(line)).problem === null;

function rejectName(sample: SampleText, extension: string, found: string): never {
  const reason = `the file is named .${extension}, but ${found} at byte ${sample.startOffset()}`;
  throw new FileRejected(FileCode.WRONG_EXTENSION, reason);
}

function rejectObject(sample: SampleText): never {
  const reason = `one JSON object starts at byte ${sample.startOffset()} where an array of objects, or one object per line, is expected`;
  throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, reason);
}
