import { S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { ContentHash } from '../../../src/pipeline/content-hash.ts';
import type { ArchiveRecord } from '../../../src/shared/ledger/ledger-item.ts';
import { fileVersion } from '../../support/files.ts';

interface Input {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
  readonly IfMatch?: string;
  readonly CopySource?: string;
  readonly Tagging?: { readonly TagSet: Tag[] };
}

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const BODY = Buffer.from('id\n1\n2\n');

export const FILE = fileVersion({ size: BODY.length });
export const ARRIVED_AT = '2026-11-20T16:05:09.000Z';
export const CONTENT_HASH = hashOf(BODY);

function hashOf(bytes: Buffer): string {
  const hash = new ContentHash();
  hash.update(bytes);
  return hash.digest();
}

/** The process dies at a call: before it reaches its service, or before the answer comes back. */
export interface Crash {
  readonly call: number;
  readonly when: 'before' | 'after';
}

export class Crashed extends Error {}

/** A file's source version, its archive and its ledger item, as AWS would keep them. */
export class ArchivedSource {
  /** The versions of the key in the source bucket by their ids. */
  readonly versions = new Map<string, Buffer>([
    ['v1', BODY],
    ['v2', Buffer.from('newer')],
  ]);
  readonly tags = new Map<string, Tag[]>([['v1', [{ Key: 'owner', Value: 'finance' }]]]);
  /** The target bucket. */
  readonly copies = new Map<string, Buffer>();
  /** Names of the calls, in their order. */
  readonly calls: string[] = [];
  status = 'SUCCEEDED';
  archive: ArchiveRecord | undefined;
  crash: Crash | undefined;
  /** What a copy holds in place of the original's bytes. */
  spoiledCopy: Buffer | undefined;

  readonly s3 = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });

  readonly ledger = {
    recordArchive: (_file: unknown, archive: ArchiveRecord): Promise<boolean> =>
      this.#call('RecordArchive', () => {
        if (this.status !== 'SUCCEEDED') return false;
        this.archive = archive;
        return true;
      }),
  };

  constructor() {
    this.s3.middlewareStack.add(
      (_, context) => async (args) => {
        const name = String(context.commandName).replace(/Command$/, '');
        const output = await this.#call(name, () => this.#answer(name, args.input as Input));
        return { response: {}, output: { $metadata: {}, ...output } };
      },
      { step: 'initialize' },
    );
  }

  /** Whether the bytes that were processed are anywhere still. */
  get isKept(): boolean {
    return [this.versions.get('v1'), ...this.copies.values()].some((bytes) => bytes?.equals(BODY));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real calls
  async #call<T>(name: string, work: () => T): Promise<T> {
    this.calls.push(name);
    const { call, when } = this.crash ?? {};
    if (call !== this.calls.length) return work();
    if (when === 'after') answerLost(work);
    throw new Crashed(name);
  }

  #answer(command: string, input: Input): object {
    switch (command) {
      case 'CopyObject': {
        const [, id = ''] = /\?versionId=(.*)$/.exec(input.CopySource ?? '') ?? [];
        const original = found(this.versions.get(id), 'NoSuchVersion');
        this.copies.set(input.Key, this.spoiledCopy ?? original);
        return {};
      }
      case 'GetObject':
        return { Body: Readable.from([found(this.copies.get(input.Key), 'NoSuchKey')]) };
      case 'DeleteObject':
        this.versions.delete(input.VersionId!);
        return {};
      case 'GetObjectTagging':
        found(this.versions.get(input.VersionId!), 'NoSuchVersion');
        return { TagSet: this.tags.get(input.VersionId!) ?? [] };
      case 'PutObjectTagging':
        this.tags.set(input.VersionId!, input.Tagging!.TagSet);
        return {};
      default:
        throw new Error(`no ${command} here`);
    }
  }
}

/** Does what was asked for, and keeps whatever comes of it to itself. */
function answerLost(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function found<T>(value: T | undefined, error: string): T {
  if (value === undefined) throw Object.assign(new Error(error), { name: error });
  return value;
}
