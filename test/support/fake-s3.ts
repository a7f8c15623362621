import { S3Client, type CompletedPart } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

interface Input {
  readonly Key: string;
  readonly Body?: Uint8Array;
  readonly ContentType?: string;
  readonly Range?: string;
  readonly Prefix?: string;
  readonly CopySource?: string;
  readonly UploadId?: string;
  readonly PartNumber?: number;
  readonly MultipartUpload?: { readonly Parts: readonly CompletedPart[] };
}

interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag?: string;
}

interface OpenUpload {
  readonly contentType: string;
  readonly parts: Map<number, UploadedPart>;
}

interface UploadedPart {
  readonly body: Buffer;
  readonly etag: string;
}

/** A real client whose requests never leave the process: what they write is kept in memory. */
export class FakeS3 {
  readonly client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  /** Names of the commands, in the order in which they were answered. */
  readonly commands: string[] = [];
  /** The visible objects by their keys. */
  readonly objects = new Map<string, StoredObject>();
  /** Multipart uploads that are neither completed nor aborted, by their ids. */
  readonly uploads = new Map<string, OpenUpload>();
  #begunUploads = 0;
  #isAway: (command: string) => boolean = () => false;
  #answers: Promise<unknown> = Promise.resolve();
  #crashedCommand = 0;

  constructor() {
    this.client.middlewareStack.add(
      (_, context) => async (args) => {
        const command = String(context.commandName).replace(/Command$/, '');
        await this.#answers;
        this.commands.push(command);
        if (this.#isAway(command)) throw new Error('S3 is away');
        if (this.commands.length === this.#crashedCommand) throw new Error('crashed');
        const output = this.#answer(command, args.input as Input);
        return { response: {}, output: { $metadata: {}, ...output } };
      },
      { step: 'initialize' },
    );
  }

  /** Makes some commands fail; all, when none is named. */
  failOn(...commands: readonly string[]): this {
    this.#isAway = (command) => commands.length === 0 || commands.includes(command);
    return this;
  }

  /** Lets the n-th request from now on fail before S3 has got it; 0 for none. */
  crashAt(request: number): void {
    this.#crashedCommand = this.commands.length + request;
  }

  /** Lets every request wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#answers = promise;
    return () => resolve(undefined);
  }

  #answer(command: string, input: Input): object {
    const { Key, ContentType: contentType = '' } = input;
    // The caller may use its memory again.
    const body = Buffer.from(input.Body ?? []);
    switch (command) {
      case 'PutObject':
        this.objects.set(Key, { body, contentType });
        return {};
      case 'CopyObject':
        this.#copy(input);
        return {};
      case 'DeleteObject':
        this.objects.delete(Key);
        return {};
      case 'ListObjectsV2':
        return this.#list(input);
      case 'GetObject':
        return this.#get(Key, input.Range);
      case 'HeadObject': {
        const { body: stored, etag = 'etag' } = this.#object(Key);
        return { ContentLength: stored.length, ETag: `"${etag}"` };
      }
      default:
        return this.#answerUpload(command, input, body);
    }
  }

  #answerUpload(command: string, input: Input, body: Buffer): object {
    const { ContentType: contentType = '' } = input;
    switch (command) {
      case 'CreateMultipartUpload': {
        this.#begunUploads += 1;
        const UploadId = `upload-${this.#begunUploads}`;
        this.uploads.set(UploadId, { contentType, parts: new Map() });
        return { UploadId };
      }
      case 'UploadPart': {
        const etag = md5(body);
        this.#upload(input).parts.set(input.PartNumber ?? 0, { body, etag });
        return { ETag: etag };
      }
      case 'CompleteMultipartUpload':
        this.#complete(input);
        return {};
      case 'AbortMultipartUpload':
        this.#upload(input);
        this.uploads.delete(input.UploadId ?? '');
        return {};
      default:
        return {};
    }
  }

  #get(key: string, range = 'bytes=0-'): object {
    const { body } = this.#object(key);
    const [, first = 0, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
    const end = last === '' ? body.length : Math.min(Number(last) + 1, body.length);
    return {
      Body: bodyOf(body.subarray(Number(first), end)),
      ContentRange: `bytes ${first}-${end - 1}/${body.length}`,
    };
  }

  #copy({ Key, CopySource = '' }: Input): void {
    const source = decodeURIComponent(/^[^/]*\/([^?]*)/.exec(CopySource)?.[1] ?? '');
    this.objects.set(Key, this.objects.get(source) ?? { body: Buffer.alloc(0), contentType: '' });
  }

  #list({ Prefix = '' }: Input): object {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix));
    return { Contents: keys.sort().map((key) => ({ Key: key })) };
  }

  #complete({ Key, MultipartUpload, ...input }: Input): void {
    const { parts, contentType } = this.#upload(input);
    const bodies = (MultipartUpload?.Parts ?? []).map(({ PartNumber = 0, ETag }) => {
      const part = parts.get(PartNumber);
      if (part === undefined || part.etag !== ETag) throw serviceError('InvalidPart');
      return part.body;
    });
    const etag = `etag-${bodies.length}`;
    this.objects.set(Key, { body: Buffer.concat(bodies), contentType, etag });
    this.uploads.delete(input.UploadId ?? '');
  }

  #object(key: string): StoredObject {
    const stored = this.objects.get(key);
    if (stored === undefined) throw serviceError('NoSuchKey');
    return stored;
  }

  #upload({ UploadId = '' }: Pick<Input, 'UploadId'>): OpenUpload {
    const upload = this.uploads.get(UploadId);
    if (upload === undefined) throw serviceError('NoSuchUpload');
    return upload;
  }
}

/** As the SDK gives it: a stream that can be read as text at once. */
const bodyOf = (bytes: Buffer): Readable =>
  Object.assign(Readable.from([bytes]), {
    transformToString: () => Promise.resolve(bytes.toString()),
  });

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

function serviceError(name: string): Error {
  return Object.assign(new Error(`${name} happened`), { name });
}
