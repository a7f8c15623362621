import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FileCode } from '../shared/error-codes.ts';

/** How a sample has to end. */
export type ExpectedEnd =
  { readonly status: 'SUCCEEDED' } | { readonly status: 'REJECTED'; readonly code: FileCode };

/** A file that `npm start` drops into the source bucket. */
export interface Sample {
  readonly key: string;
  readonly description: string;
  readonly expected: ExpectedEnd;
  read(): Buffer;
}

const OWN_SAMPLES = join(import.meta.dirname, '..', 'datasets', 'samples');
const SUCCEEDED = { status: 'SUCCEEDED' } as const;

/** Reads a file of the npm package `vega-datasets`. */
function vega(name: string): Buffer {
  const index = createRequire(import.meta.url).resolve('vega-datasets');
  return readFileSync(join(dirname(index), '..', 'data', name));
}

/** Real files of many kinds: five that succeed in different ways, and one that has to be rejected. */
export const SAMPLES: readonly Sample[] = [
  {
    key: 'samples/airports.csv',
    description: 'CSV that no contract covers: every column stays text',
    expected: SUCCEEDED,
    read: () => vega('airports.csv'),
  },
  {
    key: 'samples/seattle-weather.csv',
    description: 'CSV under the contract "weather": dates and numbers are typed',
    expected: SUCCEEDED,
    read: () => vega('seattle-weather.csv'),
  },
  {
    key: 'samples/movies.json',
    description: 'JSON array',
    expected: SUCCEEDED,
    read: () => vega('movies.json'),
  },
  {
    key: 'samples/unemployment.tsv',
    description: 'tab-separated values',
    expected: SUCCEEDED,
    read: () => vega('unemployment.tsv'),
  },
  {
    key: 'samples/birdstrikes.csv.gz',
    description: 'gzip-compressed CSV with CRLF line ends',
    expected: SUCCEEDED,
    read: () => gzipSync(vega('birdstrikes.csv')),
  },
  {
    key: 'events/commits.csv',
    description: 'CSV under the contract "events" with line breaks inside quotes',
    expected: SUCCEEDED,
    read: () => readFileSync(join(OWN_SAMPLES, 'commits.csv')),
  },
  {
    key: 'samples/renamed-weather.csv',
    description: 'broken: an export in which the column "date" has been renamed',
    expected: { status: 'REJECTED', code: FileCode.MISSING_REQUIRED_COLUMN },
    read: () => Buffer.from(vega('seattle-weather.csv').toString('utf8').replace('date', 'day')),
  },
];
