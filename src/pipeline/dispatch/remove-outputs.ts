import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Contract } from '../../datasets/contract.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import { isUnderMarker, olderThan } from '../../shared/ledger/current-version.ts';
import { restsAfter, type Forgetting } from '../../shared/ledger/forget.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { LedgerReader } from '../../shared/ledger/ledger-reader.ts';
import type { SourceRemoval } from '../../shared/ledger/removals.ts';
import { outputKeys } from '../output-keys.ts';

export interface OutputRemovalOptions {
  readonly reader: Pick<LedgerReader, 'versionsOf'>;
  readonly forgetting: Pick<Forgetting, 'forget' | 'confirmRemoval'>;
  readonly s3: S3Client;
  readonly targetBucket: string;
  /** The contract that covers an object key. */
  readonly contractOf: (key: string) => Contract | undefined;
}

/**
 * Lets the results follow the source where a contract says `onSourceDeleted: remove`: what is deleted there
 * has its outputs removed here.
 */
export class OutputRemoval {
  readonly #options: OutputRemovalOptions;

  constructor(options: OutputRemovalOptions) {
    this.#options = options;
  }

  /**
   * Whether a file must not be processed because its key was deleted later; one that is read from the
   * archive may. It has to be asked once the file
   * is claimed: a removal that is recorded after that finds the claim and waits for it.
   */
  async isGone({ bucket, key, fileId, location }: FileVersion): Promise<boolean> {
    if (location !== undefined || this.#followingContract(key) === undefined) return false;
    return isUnderMarker(await this.#versionsOf({ bucket, key }), fileId);
  }

  /**
   * Removes the outputs of the versions that a removal concerns. It has to be in the ledger already.
   *
   * @returns null when it is done; when some of them is in work, the time, in milliseconds since 1970, after
   *   which all has to be done again
   */
  async follow(removal: SourceRemoval, now: Date): Promise<number | null> {
    const contract = this.#followingContract(removal.key);
    if (contract === undefined) return null;
    const items = await this.#versionsOf(removal);
    const ends = await Promise.all(
      concernedBy(removal, items)
        .filter((item) => hasOutputsToRemove(item) && !isArchived(item, items))
        .map((item) => this.#remove(item, removal, contract, now)),
    );
    const later = ends.filter((time) => time !== null);
    return later.length === 0 ? null : Math.max(...later);
  }

  #followingContract(key: string): Contract | undefined {
    const contract = this.#options.contractOf(key);
    return contract?.millrace.onSourceDeleted === 'remove' ? contract : undefined;
  }

  #versionsOf(object: { bucket: string; key: string }): Promise<LedgerItem[]> {
    return Array.fromAsync(this.#options.reader.versionsOf(object));
  }

  /** Returns null when it is done, or when to do it again. */
  async #remove(
    item: LedgerItem,
    { key }: SourceRemoval,
    contract: Contract,
    now: Date,
  ): Promise<number | null> {
    const { forgetting } = this.#options;
    const rest = restsAfter(item);
    if (rest >= now.getTime()) return rest;
    if (!(await forgetting.forget(item))) return now.getTime();
    await Promise.all(outputsOf(item, key, contract).map((output) => this.#deleteObject(output)));
    await forgetting.confirmRemoval(item, now);
    return null;
  }

  /** The target bucket keeps what was there as an old version, for as long as it keeps those. */
  async #deleteObject(key: string): Promise<void> {
    const { s3, targetBucket } = this.#options;
    await s3.send(new DeleteObjectCommand({ Bucket: targetBucket, Key: key }));
  }
}

/** The versions that are gone with a removal: all that are older than a marker, or one. */
function concernedBy(
  { of, fileId, versionId }: SourceRemoval,
  items: readonly LedgerItem[],
): LedgerItem[] {
  if (of === 'version') return items.filter((item) => item.versionId === versionId);
  const marker = items.find((item) => item.fileId === fileId);
  // The key was brought back before it was told to be gone.
  if (marker === undefined || marker.sourceDeletedAt !== undefined) return [];
  return olderThan(items, fileId);
}

const hasOutputsToRemove = ({ attempt, outputsRemovedAt }: LedgerItem): boolean =>
  attempt > 0 && outputsRemovedAt === undefined;

/** What the pipeline itself moved out of the source bucket is not gone, for replays of the version neither. */
const isArchived = ({ versionId, etag }: LedgerItem, items: readonly LedgerItem[]): boolean =>
  items.some(
    (item) =>
      item.versionId === versionId && item.etag === etag && item.archive?.status === 'ARCHIVED',
  );

/**
 * Keys of all that may be there of a file: what its item names, and what an attempt that came to no end may
 * have written.
 */
function outputsOf(item: LedgerItem, key: string, { name, millrace }: Contract): string[] {
  const { fileId, replay, arrivedAt, dataset = name } = item;
  const written = outputKeys({ key, fileId, replay }, dataset, arrivedAt, millrace.output);
  const named = [item.processedKey, item.rejectedKey, item.manifestKey];
  return [...new Set(Object.values<string>({ ...written }).concat(named.filter(isKey)))];
}

const isKey = (output: string | null | undefined): output is string => typeof output === 'string';
