import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileIdOf, type FileVersion } from '../shared/file-version.ts';
import type { Deployment } from './deployment.ts';
import { UserError } from './user-error.ts';

/** A file version as far as its uploader knows it. */
export type UploadedFile = Pick<FileVersion, 'bucket' | 'key' | 'versionId' | 'fileId'> & {
  readonly size: number;
};

/** Puts a local file into the source bucket, in parts if it is large. */
export async function uploadPath(
  deployment: Deployment,
  path: string,
  key: string,
): Promise<UploadedFile> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() !== true) {
    throw new UserError(`There is no file ${path}.`, 'Name files, not folders.');
  }
  const bucket = deployment.outputs.SourceBucketName;
  const { VersionId, ETag } = await new Upload({
    client: deployment.s3,
    params: { Bucket: bucket, Key: key, Body: createReadStream(path) },
  }).done();
  return uploaded({ bucket, key, VersionId, ETag, size: info.size });
}

/** Puts bytes into the source bucket. */
export async function uploadBytes(
  deployment: Deployment,
  body: Buffer,
  key: string,
): Promise<UploadedFile> {
  const bucket = deployment.outputs.SourceBucketName;
  const { VersionId, ETag } = await deployment.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }),
  );
  return uploaded({ bucket, key, VersionId, ETag, size: body.length });
}

function uploaded(object: {
  bucket: string;
  key: string;
  VersionId: string | undefined;
  ETag: string | undefined;
  size: number;
}): UploadedFile {
  const { bucket, key, VersionId, ETag, size } = object;
  const identity = {
    bucket,
    key,
    versionId: VersionId ?? null,
    etag: (ETag ?? '').replaceAll('"', ''),
  };
  return { fileId: fileIdOf(identity), bucket, key, versionId: identity.versionId, size };
}
