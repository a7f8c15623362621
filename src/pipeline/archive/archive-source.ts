import type { S3Client } from '@aws-sdk/client-s3';
import type { Archive } from '../../datasets/contract.ts';
import { FaultCode } from '../../shared/error-codes.ts';
import { PermanentFault } from '../../shared/errors.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { ArchiveRecord } from '../../shared/ledger/ledger-item.ts';
import { copySource, LARGEST_COPY_BYTES } from '../copy-source.ts';
import { archiveKey } from '../output-keys.ts';
import { deleteSource } from './delete-source.ts';
import { requireSameContent } from './same-content.ts';
import { tagSource } from './tag-source.ts';

/** A file that succeeded. */
export interface ProcessedFile {
  readonly file: FileVersion;
  readonly arrivedAt: string;
  /** Hash of the bytes that were processed, see `ContentHash`. */
  readonly contentHash: string;
}

export interface ArchiveSourceOptions {
  readonly s3: S3Client;
  readonly ledger: Pick<Ledger, 'recordArchive'>;
  /** The target bucket, which holds the archive too. */
  readonly bucket: string;
  /** Undefined when the contract does not ask for an archive any more. */
  readonly action: Archive | undefined;
  readonly now: () => Date;
}

/** What became of the source object, but for when. */
type Archived = Omit<ArchiveRecord, 'at'>;

/**
 * Archives the source object of a file that succeeded, as its contract asks, and records it in the ledger.
 * It may be repeated, after a crash at any point: it goes on, and ends alike.
 *
 * @throws PermanentFault ARCHIVE_MISMATCH when the copy is not what was processed, ARCHIVE_TAGS_FULL when
 *   the object has no room for the tag: the source object stays as it is
 * @throws FileRejected OBJECT_NOT_FOUND when the source object is gone, and no copy is there
 */
export async function archiveSource(
  processed: ProcessedFile,
  options: ArchiveSourceOptions,
): Promise<Archived> {
  const { action, s3 } = options;
  if (action === undefined) return record(processed.file, NOT_ASKED, options);
  if (action.action === 'move') return moveSource(processed, options);
  await tagSource(s3, processed.file, action);
  return record(processed.file, { status: 'TAGGED' }, options);
}

/**
 * Moves the source object into the archive. It is deleted last: the bytes of the copy have been read and
 * are those that were processed, and the ledger says where it lies.
 */
async function moveSource(
  processed: ProcessedFile,
  options: ArchiveSourceOptions,
): Promise<Archived> {
  const { file, arrivedAt } = processed;
  const { s3, bucket } = options;
  if (file.size > LARGEST_COPY_BYTES) return record(file, tooLarge(file.size), options);
  const key = archiveKey(file, arrivedAt);
  // A source object that is gone was moved by an earlier run, if there is a copy of it.
  await copySource(s3, file, { bucket, key, withTags: true });
  await requireSameContent(s3, { bucket, key }, processed);
  const archived = await record(file, { status: 'ARCHIVED', key }, options);
  await deleteSource(s3, file);
  return archived;
}

/** The file was planned under a contract that asked for it. */
const NOT_ASKED: Archived = {
  status: 'NOT_ARCHIVED',
  reason: 'the contract does not ask for an archive any more',
};

const tooLarge = (size: number): Archived => ({
  status: 'NOT_ARCHIVED',
  code: FaultCode.ARCHIVE_TOO_LARGE,
  reason: `the file has ${size} bytes, at most ${LARGEST_COPY_BYTES} are moved`,
});

/** @throws PermanentFault when the ledger does not say any more that the file has succeeded */
async function record(
  file: FileVersion,
  archived: Archived,
  { ledger, now }: ArchiveSourceOptions,
): Promise<Archived> {
  if (await ledger.recordArchive(file, { ...archived, at: now().toISOString() })) return archived;
  throw new PermanentFault(
    FaultCode.ATTEMPT_SUPERSEDED,
    'the file does not stand as SUCCEEDED any more',
  );
}
