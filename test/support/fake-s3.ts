import { S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';

interface Input {
  readonly Key: string;
  readonly Body?: Uint8Array;
  readonly ContentType?: string;
  readonly UploadId?: string;
  readonly PartNumber?: number;
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
  readonly objects = new Map<string, { readonly body: Buffer; readonly contentType: string }>();
  readonly #parts = new Map<number, Buffer>();
  #contentType = '';
  #isAway: (command: string) => boolean = () => false;
  #answers: Promise<unknown> = Promise.resolve();

  constructor() {
    this.client.middlewareStack.add(
      (_, context) => async (args) => {
        const command = String(context.commandName).replace(/Command$/, '');
        await this.#answers;
        this.commands.push(command);
        if (this.#isAway(command)) throw new Error('S3 is away');
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

  /** Lets every request wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#answers = promise;
    return () => resolve(undefined);
  }

  #answer(command: string, { Key, Body, ContentType = '', PartNumber = 0 }: Input): object {
    // The caller may use its memory again.
    const body = Buffer.from(Body ?? []);
    switch (command) {
      case 'PutObject':
        this.objects.set(Key, { body, contentType: ContentType });
        return {};
      case 'CreateMultipartUpload':
        this.#contentType = ContentType;
        return { UploadId: 'upload' };
      case 'UploadPart':
        this.#parts.set(PartNumber, body);
        return { ETag: String(PartNumber) };
      case 'CompleteMultipartUpload': {
        const parts = [...this.#parts].sort(([a], [b]) => a - b).map(([, part]) => part);
        this.objects.set(Key, { body: Buffer.concat(parts), contentType: this.#contentType });
        return {};
      }
      case 'GetObject':
        return { Body: Readable.from([this.objects.get(Key)?.body ?? Buffer.alloc(0)]) };
      default:
        return {};
    }
  }
}
