import { parse } from 'csv-parse/sync';
import { closeSync, openSync, readSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { LINEAGE_FILE, LINEAGE_ROW } from '../../src/datasets/contract.ts';
import { openTransformer } from './engines/millrace.ts';

const SAMPLE_BYTES = 4_000_000;
const SAMPLE_RECORDS = 1_000;

/**
 * Holds our values of the first records of a file to csv-parse's.
 *
 * @throws when they are not the same, or the file is too short to tell
 */
export function requireSameValues(path: string): void {
  const sample = firstBytes(path);
  const theirs = parse<Record<string, string>>(sample, { columns: true, to: SAMPLE_RECORDS });
  if (theirs.length !== SAMPLE_RECORDS) throw new Error(`${path}: only ${theirs.length} records`);
  const ours = ourRecords(path, sample);
  theirs.forEach((record, index) => {
    if (isDeepStrictEqual(ours[index], { ...record })) return;
    const given = `${JSON.stringify(ours[index])} instead of ${JSON.stringify(record)}`;
    throw new Error(`${path}: record ${index + 1} is ${given}`);
  });
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(SAMPLE_BYTES);
    return buffer.subarray(0, readSync(file, buffer));
  } finally {
    closeSync(file);
  }
}

/** The records that end within the sample, without their lineage. */
function ourRecords(path: string, sample: Buffer): Record<string, unknown>[] {
  const portions = [...openTransformer(path, null).write(sample)];
  return Buffer.concat(portions.map(({ records }) => records))
    .toString()
    .split('\n')
    .slice(0, SAMPLE_RECORDS)
    .map((line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      const values = Object.entries(record);
      return Object.fromEntries(
        values.filter(([name]) => name !== LINEAGE_FILE && name !== LINEAGE_ROW),
      );
    });
}
