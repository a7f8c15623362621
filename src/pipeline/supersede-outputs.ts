import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { getJson } from './manifest.ts';
import { outputKeys, outputPlaces } from './output-keys.ts';
import type { PipelineInput } from './payload.ts';

/** Where the outputs of a file lie, and who says whether an attempt may still remove any. */
export interface Outputs {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Throws AttemptSuperseded unless the ledger says that the attempt is under way. */
  readonly requireCurrentAttempt: (input: PipelineInput) => Promise<void>;
}

/** What of a file is to be visible under `processed/` and `rejected/`; null stands for no object. */
export interface NewOutputs {
  readonly dataset: string;
  readonly keys: readonly (string | null)[];
}

/**
 * Removes what earlier attempts have made visible of a file and the end of this one does not name: they may have
 * read it as another dataset, stored it in another format, or come to another end. The first attempt finds
 * nothing, and asks for nothing.
 *
 * It belongs between the new objects and the new manifest: after a crash in between, the earlier manifest still
 * says which dataset to look in.
 *
 * @throws AttemptSuperseded when there is something to remove, but a newer attempt holds the file
 */
export async function supersedeOutputs(
  outputs: Outputs,
  input: PipelineInput,
  { dataset, keys }: NewOutputs,
): Promise<void> {
  if (input.attempt === 1) return;
  await removeOthers(outputs, input, { found: await findOutputs(outputs, input, dataset), keys });
}

/**
 * Keys of a file's objects under `processed/` and `rejected/`, in the dataset that it belongs to now and in the
 * one that its manifest states.
 */
export async function findOutputs(
  { s3, bucket }: Pick<Outputs, 's3' | 'bucket'>,
  { file, arrivedAt }: PipelineInput,
  dataset: string,
): Promise<string[]> {
  const manifest = await getJson(s3, bucket, outputKeys(file, dataset, arrivedAt).manifest);
  const datasets = new Set([dataset]);
  if (manifest !== null) datasets.add(OfDataset.parse(manifest).dataset);
  const { datasetFolders, withinDataset } = outputPlaces(file, arrivedAt);
  const prefixes = [...datasets].flatMap((name) =>
    datasetFolders.map((folder) => `${folder}dataset=${name}/${withinDataset}`),
  );
  const found = await Promise.all(
    prefixes.map(async (Prefix) => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    }),
  );
  return found.flat();
}

const OfDataset = z.object({ dataset: z.string() });

/** Removes those of the objects found that are not to stay. The bucket keeps them as old versions. */
export async function removeOthers(
  { s3, bucket, requireCurrentAttempt }: Outputs,
  input: PipelineInput,
  { found, keys }: { readonly found: readonly string[] } & Pick<NewOutputs, 'keys'>,
): Promise<void> {
  const others = found.filter((key) => !keys.includes(key));
  if (others.length === 0) return;
  await requireCurrentAttempt(input);
  for (const Key of others) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
}
