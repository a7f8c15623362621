import { parse } from 'csv-parse';
import { createReadStream, statSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { ContentHash } from '../../../src/pipeline/content-hash.ts';
import { planRanges } from '../../../src/pipeline/scan/plan-ranges.ts';
import type { RangeScan } from '../../../src/pipeline/scan/range-scan.ts';
import { RangeScanner } from '../../../src/pipeline/scan/range-scanner.ts';
import { resolveChunks } from '../../../src/pipeline/scan/resolve-chunks.ts';
import { PLAIN_CSV } from '../../support/dialects.ts';
import type { Engine } from './engine.ts';
import { filePieces } from './file-pieces.ts';

const LF = 0x0a;

/** Scans a file as the pipeline does, range after range, and puts the scans together. */
export const scanRanges: Engine = (path) => {
  const size = statSync(path).size;
  const scans = planRanges(size).map(({ firstByte, lastByte }): RangeScan => {
    const scanner = new RangeScanner(PLAIN_CSV, { firstByte });
    for (const bytes of filePieces(path, firstByte, lastByte)) scanner.write(bytes);
    return scanner.end();
  });
  const { rows } = resolveChunks(scans, { format: PLAIN_CSV, size });
  return Promise.resolve({ rows, outputBytes: 0 });
};

/** The part of scanning that hashes the file's blocks. */
export const hashBlocks: Engine = (path) => {
  const hash = new ContentHash();
  for (const bytes of filePieces(path)) hash.update(bytes);
  hash.digest();
  return Promise.resolve({ rows: null, outputBytes: 0 });
};

/** Finds every line feed, as `wc -l` does: what finding lines costs at least. */
export const findLineFeeds: Engine = (path) => {
  for (const bytes of filePieces(path)) {
    let at = bytes.indexOf(LF);
    while (at !== -1) at = bytes.indexOf(LF, at + 1);
  }
  return Promise.resolve({ rows: null, outputBytes: 0 });
};

/** Counts records with csv-parse, as arrays: the quickest that it gives. */
export const csvParseRecords: Engine = async (path) => {
  const parser = createReadStream(path).pipe(parse());
  // Without a listener for them the records would wait.
  await finished(parser.resume());
  return { rows: parser.info.records - 1, outputBytes: 0 };
};
