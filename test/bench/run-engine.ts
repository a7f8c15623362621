import type { Engine } from './engines/engine.ts';
import { peakMemory } from './peak-memory.ts';

/** Loads one engine and nothing of the others, whose code would count as its memory. */
const ENGINES: Readonly<Record<string, () => Promise<Engine>>> = {
  'block-hashes': async () => (await import('./engines/scan.ts')).hashBlocks,
  'csv-parse': async () => (await import('./engines/csv-parse.ts')).csvParse,
  'csv-parse-gzip': async () => (await import('./engines/csv-parse.ts')).csvParseGzip,
  'csv-parse-records': async () => (await import('./engines/scan.ts')).csvParseRecords,
  duckdb: async () => (await import('./engines/duckdb.ts')).duckdb,
  'duckdb-typed': async () => (await import('./engines/duckdb.ts')).duckdbTyped,
  'fast-csv': async () => (await import('./engines/fast-csv.ts')).fastCsv,
  'line-feeds': async () => (await import('./engines/scan.ts')).findLineFeeds,
  millrace: async () => (await import('./engines/millrace.ts')).millrace,
  'millrace-contract': async () => (await import('./engines/millrace.ts')).millraceContract,
  'millrace-contract-gzip': async () =>
    (await import('./engines/millrace.ts')).millraceContractGzip,
  'millrace-contract-no-lineage': async () =>
    (await import('./engines/millrace.ts')).millraceContractNoLineage,
  papaparse: async () => (await import('./engines/papaparse.ts')).papaparse,
  'range-scanner': async () => (await import('./engines/scan.ts')).scanRanges,
};

// One run in a process of its own: `node run-engine.ts ENGINE FILE` prints an `EngineRun`.
const [name = '', path = ''] = process.argv.slice(2);
const load = ENGINES[name];
if (load === undefined) throw new Error(`there is no engine "${name}"`);
const engine = await load();
const startBytes = peakMemory();
const start = performance.now();
const outcome = await engine(path);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ ...outcome, seconds, startBytes, peakBytes: peakMemory() }));
