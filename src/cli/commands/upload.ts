import { basename } from 'node:path';
import { awaitFiles } from '../await-files.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { uploadPath, type UploadedFile } from '../upload-file.ts';
import { formatFiles } from './file-rows.ts';

export interface UploadOptions {
  /** Put before the file's name to make the object key. */
  readonly prefix: string;
  /** Wait until every file has reached its end. */
  readonly wait?: boolean;
  readonly timeoutSeconds: number;
  readonly json?: boolean;
}

/**
 * Puts local files into the source bucket.
 *
 * @returns the exit code: 1 when it was waited and a file did not succeed
 */
export async function upload(
  deployment: Deployment,
  paths: readonly string[],
  { prefix, wait = false, timeoutSeconds, json = false }: UploadOptions,
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
  const items = await awaitFiles(deployment, files, { timeoutSeconds });
  const known = items.filter((item) => item !== undefined);
  console.result(json ? JSON.stringify(known, null, 2) : formatFiles(known));
  return items.every((item) => item?.status === 'SUCCEEDED') ? 0 : 1;
}
