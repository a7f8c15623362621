import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { awaitFiles } from '../../../src/cli/await-files.ts';
import { uploadPath } from '../../../src/cli/upload-file.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import type { BenchApp } from '../bench-app.ts';
import type { InputFile } from '../inputs.ts';
import { executionFigures, type ExecutionFigures } from './execution-figures.ts';
import { withFunctionUses, type FunctionUses } from './function-use.ts';
import { recountOutput, recountSource } from './recount.ts';

const TIMEOUT_SECONDS = 600;

/** How one large file went. */
export interface LargeFileRun extends ExecutionFigures {
  readonly bytes: number;
  readonly rows: number;
  /** From the claim of the attempt that succeeded to the end in the ledger. */
  readonly seconds: number;
  /** More than one when the machine is too busy for the state machine's timeout. */
  readonly attempts: number;
  readonly functions: FunctionUses;
  readonly item: LedgerItem;
}

/**
 * Sends a file through a new app.
 *
 * @throws when it does not succeed with all its rows
 */
export async function runLargeFile(
  app: BenchApp,
  { path, bytes, rows }: Pick<InputFile, 'path' | 'bytes' | 'rows'>,
  key: string,
): Promise<LargeFileRun> {
  const { deployment } = app;
  const { result: item, functions } = await withFunctionUses(app.enginePid, async () => {
    const uploaded = await uploadPath(deployment, path, key);
    const [ended] = await awaitFiles(deployment, [uploaded], { timeoutSeconds: TIMEOUT_SECONDS });
    return ended;
  });
  if (item?.status !== 'SUCCEEDED') {
    throw new Error(`${key} did not succeed: ${item?.status ?? 'not seen'} ${item?.reason ?? ''}`);
  }
  requireEqual(`rows of ${key}`, item.rowsRead, rows);
  return {
    bytes,
    rows,
    seconds: (Date.parse(item.endedAt ?? '') - Date.parse(item.startedAt)) / 1_000,
    attempts: item.attempt,
    functions,
    item,
    ...(await executionFigures(deployment, item)),
  };
}

/**
 * Counts everything again, by other means than the pipeline's.
 *
 * @throws when rows or the content hash are others than the pipeline says
 */
export async function requireRecount(
  app: BenchApp,
  path: string,
  { item }: LargeFileRun,
): Promise<void> {
  const source = recountSource(path);
  requireEqual('rows of the source', source.rows, item.rowsRead);
  requireEqual('content hash', source.contentHash, item.contentHash);
  requireEqual('rows of the output', await recountOutput(app.deployment, item), item.rowsRead);
}

function requireEqual<T>(what: string, found: T, expected: T): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)}, not ${String(expected)}`);
}

/** The same file, compressed: it is read in one piece. It is removed after its use. */
export async function withGzipped<T>(
  { path }: InputFile,
  use: (gzipped: string) => Promise<T>,
): Promise<T> {
  const gzipped = `${path}.gz`;
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(gzipped));
    return await use(gzipped);
  } finally {
    await rm(gzipped, { force: true });
  }
}
