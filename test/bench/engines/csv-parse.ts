import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import type { Engine, EngineOutcome } from './engine.ts';
import { NullOutput } from './null-output.ts';
import { writeRecords } from './write-records.ts';

/** csv-parse as a stream that gives objects. */
export const csvParse: Engine = (path) => run(path, NullOutput.plain());

/** The same, and the lines compressed. */
export const csvParseGzip: Engine = (path) => run(path, NullOutput.gzip());

function run(path: string, output: NullOutput): Promise<EngineOutcome> {
  const parser = createReadStream(path).pipe(parse({ columns: true }));
  return writeRecords(parser, output);
}
