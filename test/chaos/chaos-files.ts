import { gzipSync } from 'node:zlib';
import { Random } from '../bench/random.ts';

/** A file version that is put into the source bucket, and what has to become of it. */
export interface ChaosFile {
  readonly key: string;
  readonly body: Buffer;
  readonly end: 'SUCCEEDED' | 'REJECTED';
  /** Rows that come out clean; 0 for a rejected file. */
  readonly written: number;
  readonly rejected: number;
}

const MIB = 1024 * 1024;
/** Larger than the threshold above which the harness's deployment splits a file. */
const SPLIT_BYTES = 9 * MIB;
/** One file in so many is large, from this one on: none that is overwritten. */
const SPLIT_EVERY = 250;
const FIRST_SPLIT = 20;
/** One file in so many is the next version of the one before, and of its kind. */
const OVERWRITE_EVERY = 8;
const OVERWRITE_AT = 3;
const MOST_ROWS = 60;

/**
 * Files of every kind, the same for the same seed: good ones, some with bad rows, some that are
 * rejected as a whole, keys that are overwritten, equal contents under other keys, and large ones.
 */
export function chaosFiles(count: number, seed: number): ChaosFile[] {
  const random = new Random(seed);
  const files: ChaosFile[] = [];
  let kind: Kind = plainCsv;
  for (let index = 0; index < count; index += 1) {
    if (index % SPLIT_EVERY === Math.min(FIRST_SPLIT, count - 1)) {
      files.push(largeCsv(index));
      continue;
    }
    const before = index % OVERWRITE_EVERY === OVERWRITE_AT ? files.at(-1) : undefined;
    kind = before === undefined ? random.pick(KINDS) : kind;
    const made = kind(index, random);
    files.push(before === undefined ? made : { ...made, key: before.key });
  }
  return files;
}

type Kind = (index: number, random: Random) => ChaosFile;

const KINDS: readonly Kind[] = [
  plainCsv,
  plainCsv,
  csvWithBadRows,
  csvWithBadRows,
  eventsWithBadValues,
  jsonLines,
  jsonArray,
  gzippedCsv,
  sameContent,
  unclosedQuote,
  emptyFile,
  missingColumn,
];

function succeeded(key: string, body: Buffer | string, written: number, rejected = 0): ChaosFile {
  return { key, body: Buffer.from(body), end: 'SUCCEEDED', written, rejected };
}

function rejectedWhole(key: string, body: string): ChaosFile {
  return { key, body: Buffer.from(body), end: 'REJECTED', written: 0, rejected: 0 };
}

const rowsOf = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join('');

const someRows = (random: Random): number => 2 + random.below(MOST_ROWS);

function plainCsv(index: number, random: Random): ChaosFile {
  const rows = someRows(random);
  const text = rowsOf(rows, (row) => `${row},"note ""${row}"",\nof file ${index}",${row * 3}\n`);
  return succeeded(`plain/${index}.csv`, `id,note,value\n${text}`, rows);
}

function csvWithBadRows(index: number, random: Random): ChaosFile {
  const [good, bad] = [someRows(random), 1 + random.below(4)];
  const rows = rowsOf(good, (row) => `${row},fine,${index}\n`);
  return succeeded(
    `ragged/${index}.csv`,
    `id,note,value\n${rows}${rowsOf(bad, (row) => `${row},x,y,too,many\n`)}`,
    good,
    bad,
  );
}

function eventsWithBadValues(index: number, random: Random): ChaosFile {
  const [good, bad] = [someRows(random), random.below(3)];
  const event = (row: number, type: string) =>
    `e-${index}-${row},2026-11-20T10:00:00Z,${type},u${row},view,${row}.5,DE\n`;
  const header = 'event_id,timestamp,event_type,user_id,user_action,amount,country\n';
  const goodRows = rowsOf(good, (row) => event(row, 'page_view'));
  const badRows = rowsOf(bad, (row) => event(row, 'NOT ALLOWED'));
  return succeeded(`events/${index}.csv`, `${header}${goodRows}${badRows}`, good, bad);
}

function jsonLines(index: number, random: Random): ChaosFile {
  const rows = someRows(random);
  const text = rowsOf(rows, (row) => `${JSON.stringify({ row, index, text: 'größer' })}\n`);
  return succeeded(`lines/${index}.jsonl`, `${text}{"broken": \n`, rows, 1);
}

function jsonArray(index: number, random: Random): ChaosFile {
  const rows = Array.from({ length: someRows(random) }, (_, row) => ({ row, of: { index } }));
  return succeeded(`arrays/${index}.json`, JSON.stringify(rows), rows.length);
}

function gzippedCsv(index: number, random: Random): ChaosFile {
  const rows = someRows(random);
  const text = `id,value\n${rowsOf(rows, (row) => `${row},${index}\n`)}`;
  return succeeded(`packed/${index}.csv.gz`, gzipSync(text), rows);
}

function sameContent(index: number): ChaosFile {
  return succeeded(`same/${index}.csv`, 'id,value\n1,one\n2,two\n', 2);
}

function unclosedQuote(index: number): ChaosFile {
  return rejectedWhole(`open/${index}.csv`, `id,note\n1,fine\n2,"never closed ${index}\n`);
}

function emptyFile(index: number): ChaosFile {
  return rejectedWhole(`empty/${index}.csv`, '');
}

function missingColumn(index: number): ChaosFile {
  return rejectedWhole(`weather/${index}.csv`, `location,wind\nBerlin,${index}\n`);
}

/** Quoted line breaks wherever it is cut. */
function largeCsv(index: number): ChaosFile {
  const filler = 'x'.repeat(900);
  const rows = Math.ceil(SPLIT_BYTES / (filler.length + 30));
  const text = rowsOf(rows, (row) => `${row},"line one\nline two of ${index}",${filler}\n`);
  return succeeded(`large/${index}.csv`, `id,note,filler\n${text}`, rows);
}
