import { readFileSync } from 'node:fs';
import { awaitFiles } from '../../../src/cli/await-files.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import { uploadBytes } from '../../../src/cli/upload-file.ts';
import type { BenchApp } from '../bench-app.ts';
import { generateInput } from '../inputs.ts';
import { withFunctionUses, type FunctionUses } from './function-use.ts';

export const SMALL_FILE_BYTES = 100_000;
const TIMEOUT_SECONDS = 300;
const LF = 0x0a;

/** How files went that were dropped at once. */
export interface Drop {
  readonly filesPerSecond: number;
  /** From before a file's PUT to its end in the ledger, in seconds, in ascending order. */
  readonly latencies: readonly number[];
}

export interface SmallFilesRun {
  readonly files: number;
  /** While the functions' processes start. */
  readonly cold: Drop;
  /** As many files again, to processes that run. */
  readonly warm: Drop;
  readonly functions: FunctionUses;
}

/**
 * Drops files at once into a new app, twice, each with events of its own under the events contract.
 *
 * @throws when a file does not succeed
 */
export async function runSmallFiles(app: BenchApp, files: number): Promise<SmallFilesRun> {
  const bodies = [...smallFiles(2 * files)];
  const { result, functions } = await withFunctionUses(app.enginePid, async () => ({
    cold: await dropAtOnce(app.deployment, bodies.slice(0, files), 'events/cold'),
    warm: await dropAtOnce(app.deployment, bodies.slice(files), 'events/warm'),
  }));
  return { files, ...result, functions };
}

async function dropAtOnce(
  deployment: Deployment,
  bodies: readonly Buffer[],
  prefix: string,
): Promise<Drop> {
  const start = Date.now();
  const dropped = await Promise.all(
    bodies.map(async (body, index) => {
      const before = Date.now();
      return { before, file: await uploadBytes(deployment, body, `${prefix}-${index}.csv`) };
    }),
  );
  const latencies: number[] = [];
  let lastEnd = start;
  // One after the other: asking for all of them all the time would keep the local AWS busy.
  for (const { before, file } of dropped) {
    const [item] = await awaitFiles(deployment, [file], { timeoutSeconds: TIMEOUT_SECONDS });
    if (item?.status !== 'SUCCEEDED') throw new Error(`${file.key} did not succeed`);
    const end = Date.parse(item.endedAt ?? '');
    latencies.push((end - before) / 1_000);
    lastEnd = Math.max(lastEnd, end);
  }
  latencies.sort((a, b) => a - b);
  return { filesPerSecond: bodies.length / ((lastEnd - start) / 1_000), latencies };
}

/** Files of whole lines, each with the header. */
function* smallFiles(count: number): Generator<Buffer> {
  const { path } = generateInput('events', (count + 1) * SMALL_FILE_BYTES);
  const text = readFileSync(path);
  const header = text.subarray(0, text.indexOf(LF) + 1);
  let start = header.length;
  for (let index = 0; index < count; index += 1) {
    const end = text.lastIndexOf(LF, start + SMALL_FILE_BYTES - header.length - 1) + 1;
    yield Buffer.concat([header, text.subarray(start, end)]);
    start = end;
  }
}
