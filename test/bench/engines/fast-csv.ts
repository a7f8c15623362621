import { parse } from 'fast-csv';
import { createReadStream } from 'node:fs';
import type { Engine } from './engine.ts';
import { NullOutput } from './null-output.ts';
import { writeRecords } from './write-records.ts';

/** fast-csv as a stream that gives objects. */
export const fastCsv: Engine = (path) => {
  const parser = createReadStream(path).pipe(parse({ headers: true }));
  return writeRecords(parser, NullOutput.plain());
};
