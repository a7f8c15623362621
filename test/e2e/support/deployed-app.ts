import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { LocalAws } from '../../../infra/local/local-aws.ts';
import { LocalHome } from '../../../infra/local/local-home.ts';
import { awaitFiles, isEnd } from '../../../src/cli/await-files.ts';
import { openDeployment, type Deployment } from '../../../src/cli/deployment.ts';
import { localTarget } from '../../../src/cli/target.ts';
import { uploadBytes, type UploadedFile } from '../../../src/cli/upload-file.ts';
import type { Manifest, SucceededManifest } from '../../../src/pipeline/manifest.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';

export const E2E_STAGE = 'e2e';

declare global {
  /** Name of the home of the local AWS that a project of end-to-end tests has, see `jest.config.js`. */
  var E2E_HOME: string;
}

/** How long a file may take to its end; only a fault takes anywhere near as long. */
const FILE_TIMEOUT_SECONDS = 120;

/** The app that `deploy-app.ts` deployed, as a user reaches it: through the AWS SDK. */
export class DeployedApp {
  readonly deployment: Deployment;
  readonly endpoint: string;

  private constructor(deployment: Deployment, endpoint: string) {
    this.deployment = deployment;
    this.endpoint = endpoint;
  }

  static async open(): Promise<DeployedApp> {
    const aws = localAws();
    const endpoint = aws.status().endpoint ?? '';
    return new DeployedApp(await openDeployment(localTarget(E2E_STAGE, endpoint)), endpoint);
  }

  get s3(): S3Client {
    return this.deployment.s3;
  }

  /** Puts a file and waits for its end. */
  async process(key: string, body: Buffer | string): Promise<LedgerItem> {
    const [item] = await this.awaitEnds([await this.put(key, body)]);
    return item!;
  }

  put(key: string, body: Buffer | string): Promise<UploadedFile> {
    return uploadBytes(this.deployment, Buffer.from(body), key);
  }

  /** Waits until every file has come to an end that is no failure. */
  async awaitEnds(
    files: readonly UploadedFile[],
    timeoutSeconds = FILE_TIMEOUT_SECONDS,
  ): Promise<LedgerItem[]> {
    const items = await awaitFiles(this.deployment, files, { timeoutSeconds });
    const ended = items.filter((item) => item !== undefined && isEnd(item.status));
    if (ended.length === files.length) return items as LedgerItem[];
    const states = files.map(({ key }, index) => `${key}: ${items[index]?.status ?? 'not seen'}`);
    throw new Error(`not all files ended:\n${states.join('\n')}`);
  }

  /** The clean records of a file, in order, without their lineage, which has to be right. */
  async records(item: LedgerItem): Promise<Record<string, unknown>[]> {
    const key = item.source.slice(item.source.indexOf('/') + 1);
    let last = 0;
    return (await this.recordsWithLineage(item)).map(({ _file, _row, ...record }) => {
      if (_file !== key || Number(_row) <= last) {
        throw new Error(`record ${last + 1} of ${key} states ${String(_file)}, ${String(_row)}`);
      }
      last = Number(_row);
      return record;
    });
  }

  /** The clean records of a file as they are stored. */
  async recordsWithLineage(item: LedgerItem): Promise<Record<string, unknown>[]> {
    return item.processedKey ? parseLines(await this.read(item.processedKey)) : [];
  }

  /** The rejected rows of a file, in order. */
  async rejectedRows(item: LedgerItem): Promise<Record<string, unknown>[]> {
    return item.rejectedKey ? parseLines(await this.read(item.rejectedKey)) : [];
  }

  async manifest(item: LedgerItem): Promise<SucceededManifest> {
    return (await this.readJson<Manifest>(item.manifestKey!)) as SucceededManifest;
  }

  async readJson<T>(key: string): Promise<T> {
    return JSON.parse((await this.read(key)).toString('utf8')) as T;
  }

  /** An object of the target bucket. */
  async read(key: string): Promise<Buffer> {
    const Bucket = this.deployment.outputs.TargetBucketName;
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket, Key: key }));
    return buffer(Body as Readable);
  }

  /** Keys of the target bucket under a prefix. */
  async targetKeys(prefix: string): Promise<string[]> {
    const Bucket = this.deployment.outputs.TargetBucketName;
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2(
      { client: this.s3 },
      { Bucket, Prefix: prefix },
    )) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return keys;
  }
}

export const localAws = (): LocalAws => new LocalAws(LocalHome.ofClone(globalThis.E2E_HOME));

function parseLines(gzipped: Buffer): Record<string, unknown>[] {
  return gunzipSync(gzipped)
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
