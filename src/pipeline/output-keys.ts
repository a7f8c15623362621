import { createHash } from 'node:crypto';
import { DEFAULT_OUTPUT, type Output } from '../datasets/contract.ts';
import { readableKey, type FileVersion } from '../shared/file-version.ts';
import type { OpenUpload } from './payload.ts';

/**
 * Keys of everything that Millrace writes for a file into the target bucket. They depend on the
 * file and its arrival alone, never on the attempt: running a step again rewrites the same keys. Those of
 * a replay lie under `replays/<name>/`: who lists `processed/` does not see its rows a second time.
 */
export interface OutputKeys {
  /** Clean records, in the format that `output` states. */
  readonly processed: string;
  /** Rejected rows, gzip-compressed JSON Lines. */
  readonly rejectedRows: string;
  /** Copy of a rejected file. */
  readonly rejectedOriginal: string;
  /** Why a file was rejected, JSON. */
  readonly rejectedReason: string;
  /** What was read and written and how it balances, JSON; by arrival hour. */
  readonly manifest: string;
}

/** How the key of a rejected file's copy ends. */
export const ORIGINAL_EXTENSION = '.original';

/**
 * Derives the output keys of a file of `dataset` that arrived at `arrivedAt` (ISO 8601, UTC).
 *
 * @param output how clean records are stored, which shows in their key alone
 */
export function outputKeys(
  file: Pick<FileVersion, 'key' | 'fileId' | 'replay'>,
  dataset: string,
  arrivedAt: string,
  output: Output = DEFAULT_OUTPUT,
): OutputKeys {
  const { root, day, name } = placeOf(file, arrivedAt);
  const hour = arrivedAt.slice(11, 13);
  const partition = `dataset=${dataset}/dt=${day}`;
  return {
    processed: `${root}processed/${partition}/${name}${extensionOf(output)}`,
    rejectedRows: `${root}rejected/${partition}/${name}.rows.jsonl.gz`,
    rejectedOriginal: `${root}rejected/${partition}/${name}${ORIGINAL_EXTENSION}`,
    rejectedReason: `${root}rejected/${partition}/${name}.reason.json`,
    manifest: `${root}manifests/dt=${day}/hh=${hour}/${name}.json`,
  };
}

/** Where all that Millrace writes for a file begins, whatever dataset it was read as and however it is stored. */
export interface OutputPlaces {
  /** Below them lies a folder for each dataset. */
  readonly datasetFolders: readonly string[];
  /** Below a dataset's folder every key of the file begins so. */
  readonly withinDataset: string;
  /** Every other key begins with one of these. */
  readonly prefixes: readonly string[];
}

/** The places of a file's outputs, for who does not know under which contract they were written. */
export function outputPlaces(
  file: Pick<FileVersion, 'key' | 'fileId' | 'replay'>,
  arrivedAt: string,
): OutputPlaces {
  const { root, day, name } = placeOf(file, arrivedAt);
  return {
    datasetFolders: [`${root}processed/`, `${root}rejected/`],
    withinDataset: `dt=${day}/${name}.`,
    prefixes: [
      `${root}manifests/dt=${day}/hh=${arrivedAt.slice(11, 13)}/${name}.`,
      `staging/${file.fileId}/`,
    ],
  };
}

function placeOf(
  file: Pick<FileVersion, 'key' | 'fileId' | 'replay'>,
  arrivedAt: string,
): { root: string; day: string; name: string } {
  return {
    root: file.replay === undefined ? '' : `replays/${file.replay}/`,
    day: arrivedAt.slice(0, 10),
    name: `${readableKey(file.key, 80)}-${file.fileId}`,
  };
}

/** Longest object key, in bytes of UTF-8. */
const LONGEST_KEY_BYTES = 1_024;

/**
 * Where the source object of a file is moved to: under its arrival date, its id, which no other version
 * has, and its own key. A key that would become too long is cut down to its readable name.
 */
export function archiveKey(file: Pick<FileVersion, 'key' | 'fileId'>, arrivedAt: string): string {
  const folder = `archive/dt=${arrivedAt.slice(0, 10)}/${file.fileId}/`;
  const key = `${folder}${file.key}`;
  return Buffer.byteLength(key) > LONGEST_KEY_BYTES ? `${folder}${readableKey(file.key, 80)}` : key;
}

/**
 * Where the rejected rows of one chunk wait for those of the others, gzip-compressed JSON Lines. It
 * depends on the upload too, so that chunks of different splittings of a file cannot meet.
 */
export function stagedRejectsKey(
  file: Pick<FileVersion, 'fileId'>,
  upload: Pick<OpenUpload, 'uploadId'>,
  index: number,
): string {
  return `${stagingPrefix(file, upload)}rejects-${String(index).padStart(5, '0')}.jsonl.gz`;
}

/** Where what the rows of one chunk add up to waits for the sums of the others, a `RowSummaryJson`. */
export function stagedSummaryKey(
  file: Pick<FileVersion, 'fileId'>,
  upload: Pick<OpenUpload, 'uploadId'>,
  index: number,
): string {
  return `${stagingPrefix(file, upload)}summary-${String(index).padStart(5, '0')}.json`;
}

function stagingPrefix(
  { fileId }: Pick<FileVersion, 'fileId'>,
  { uploadId }: Pick<OpenUpload, 'uploadId'>,
): string {
  const upload = createHash('sha256').update(uploadId).digest('hex').slice(0, 12);
  return `staging/${fileId}/${upload}/`;
}

function extensionOf({ format, compression }: Output): string {
  if (format === 'parquet') return '.parquet';
  return compression === 'gzip' ? '.jsonl.gz' : '.jsonl.zst';
}
