import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsOutput,
} from '@aws-sdk/client-s3';
import { outputPlaces } from '../../pipeline/output-keys.ts';
import { batchesOf } from '../../shared/batches.ts';
import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { printable } from '../../shared/printable.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { fileOfItem } from './file-of-item.ts';

/** Most objects that one call deletes. */
const BATCH_OBJECTS = 1_000;

/** One version of an object of the target bucket, or a marker that says that it was deleted. */
export interface OutputVersion {
  readonly key: string;
  readonly versionId: string;
}

type Target = Pick<Deployment, 's3' | 'outputs'>;

/**
 * Every version of everything that Millrace has written for a file, whichever attempt it was and under
 * whichever contract: the ledger knows of the last one alone.
 */
export async function outputsOf(target: Target, item: LedgerItem): Promise<OutputVersion[]> {
  const places = outputPlaces(fileOfItem(item), item.arrivedAt);
  const prefixes = [...places.prefixes];
  for (const folder of places.datasetFolders) {
    for await (const { CommonPrefixes = [] } of versionPages(target, folder, '/')) {
      prefixes.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix + places.withinDataset));
    }
  }
  const versions: OutputVersion[] = [];
  for (const prefix of prefixes) {
    for await (const page of versionPages(target, prefix)) versions.push(...versionsOn(page));
  }
  return versions;
}

const versionsOn = ({
  Versions = [],
  DeleteMarkers = [],
}: ListObjectVersionsOutput): OutputVersion[] =>
  [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId = 'null' }) => ({
    key: Key,
    versionId: VersionId,
  }));

async function* versionPages(
  { s3, outputs }: Target,
  Prefix: string,
  Delimiter?: string,
): AsyncGenerator<ListObjectVersionsOutput> {
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (let isLast = false; !isLast;) {
    const page: ListObjectVersionsOutput = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: outputs.TargetBucketName,
        Prefix,
        Delimiter,
        ...marker,
      }),
    );
    yield page;
    isLast = page.IsTruncated !== true;
    marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

/**
 * Deletes versions for good.
 *
 * @throws UserError when S3 refuses some of them
 */
export async function deleteVersions(
  { s3, outputs }: Target,
  versions: readonly OutputVersion[],
): Promise<void> {
  for (const batch of batchesOf(versions, BATCH_OBJECTS)) {
    const Objects = batch.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({
        Bucket: outputs.TargetBucketName,
        Delete: { Objects, Quiet: true },
      }),
    );
    const [error] = Errors;
    if (error !== undefined) {
      const { Key = '', Code = '', Message = '' } = error;
      throw new UserError(
        `S3 refused to delete ${Errors.length} objects: ${printable(Key)}: ${Code} ${Message}`,
        'What is left is removed by the same command, once the cause is mended.',
      );
    }
  }
}
