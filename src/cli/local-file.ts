import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { SAMPLE_BYTES } from '../pipeline/validate/validate-file.ts';
import { UserError } from './user-error.ts';

/** A file on this machine, as far as it is looked at to tell its format. */
export interface LocalFile {
  readonly path: string;
  /** Size in bytes. */
  readonly size: number;
  /** The first bytes; all of them if there are few. */
  readonly sample: Buffer;
}

/** @throws UserError when there is no such file */
export async function openLocalFile(path: string): Promise<LocalFile> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() !== true) {
    throw new UserError(`There is no file ${path}.`, 'Name files, not folders.');
  }
  const sample = await buffer(createReadStream(path, { end: SAMPLE_BYTES - 1 }));
  return { path, size: info.size, sample };
}
