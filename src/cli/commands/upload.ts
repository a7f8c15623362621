import { basename } from 'node:path';
import { awaitFiles } from '../await-files.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatFiles } from '../files/file-rows.ts';
import { describeMiss } from '../miss.ts';
import { uploadPath, type UploadedFile } from '../upload-file.ts';

export interface UploadOptions {
  /** Put before the file's name to make the object key. */
  readonly prefix: string;
  /** Wait until every file has reached its end. */
  readonly wait?: boolean;
  readonly timeoutSeconds: number;
  /** Gives the signal that calls off waiting. Asked for only then: an upload is best cut short. */
  readonly takeInterrupt: () => AbortSignal;
  readonly json?: boolean;
}

/**
 * Puts local files into the source bucket. Of every file that was waited for and did not succeed, a
 * note says how it stands, the pipeline's not having seen it included.
 *
 * @returns the exit code: 1 when it was waited and a file did not succeed
 */
export async function upload(
  deployment: Deployment,
  paths: readonly string[],
  { prefix, wait = false, timeoutSeconds, takeInterrupt, json = false }: UploadOptions,
  console: Console,
): Promise<number> {
  const files: UploadedFile[] = [];
  for (const path of paths) {
    const file = await uploadPath(deployment, path, `${prefix}${basename(path)}`);
    files.push(file);
    console.note(`${path} -> s3://${file.bucket}/${file.key}`);
  }
  if (!wait) {
    if (json) console.result(JSON.stringify(files, null, 2));
    return 0;
  }
  const items = await awaitFiles(deployment, files, { timeoutSeconds, signal: takeInterrupt() });
  const known = items.filter((item) => item !== undefined);
  console.result(json ? JSON.stringify(known, null, 2) : formatFiles(known));
  const misses = files.flatMap((file, index) =>
    describeMiss(file, { status: 'SUCCEEDED' }, items[index]),
  );
  for (const miss of misses) console.note(miss);
  return misses.length === 0 ? 0 : 1;
}
