import { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface Answer {
  readonly statusCode: number;
  readonly body: string | Uint8Array;
  readonly etag?: string;
}

/** A bucket in memory behind a real client: its answers are those of S3's protocol. */
export class MemoryBucket {
  /** Contents by key. */
  readonly objects = new Map<string, Buffer>();
  /** Method and key of each request; `LIST` and the prefix of listings. */
  readonly requests: string[] = [];
  readonly contentTypes = new Map<string, string>();
  /** Keys that nobody may read. */
  readonly denied = new Set<string>();
  readonly client = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    forcePathStyle: true,
    maxAttempts: 1,
    requestHandler: {
      handle: (request: unknown) => {
        const { statusCode, body, etag } = this.#answer(request as Request);
        const content = Readable.from([Buffer.from(body)]);
        const headers = { ...(etag !== undefined && { etag }) };
        return Promise.resolve({ response: { statusCode, headers, body: content } });
      },
    },
  });
  readonly #pageSize: number;

  /** @param pageSize keys that one listing gives at most */
  constructor(pageSize = 1_000) {
    this.#pageSize = pageSize;
  }

  put(key: string, content: string | Uint8Array): this {
    this.objects.set(key, Buffer.from(content));
    return this;
  }

  text(key: string): string {
    const content = this.objects.get(key);
    if (content === undefined) throw new Error(`there is no object ${key}`);
    return content.toString();
  }

  #answer({ method, path, query, headers, body = '' }: Request): Answer {
    if (query['list-type'] === '2') return this.#list(query);
    const key = decodeURIComponent(path.split('/').slice(2).join('/'));
    this.requests.push(`${method} ${key}`);
    if (method === 'PUT') {
      if (!this.#mayPut(key, headers)) return failure(412, 'PreconditionFailed');
      this.put(key, body);
      this.contentTypes.set(key, headers['content-type'] ?? '');
      return { statusCode: 200, body: '' };
    }
    if (this.denied.has(key)) return failure(403, 'AccessDenied');
    const content = this.objects.get(key);
    if (content === undefined) return failure(404, 'NoSuchKey');
    return { statusCode: 200, body: content, etag: etagOf(content) };
  }

  #mayPut(key: string, headers: Request['headers']): boolean {
    const stored = this.objects.get(key);
    if (headers['if-none-match'] === '*') return stored === undefined;
    const expected = headers['if-match'];
    return expected === undefined || (stored !== undefined && etagOf(stored) === expected);
  }

  #list({ prefix = '', 'continuation-token': after = '' }: Request['query']): Answer {
    this.requests.push(`LIST ${prefix}`);
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort();
    const page = keys.slice(0, this.#pageSize);
    const isTruncated = page.length < keys.length;
    const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    const token = isTruncated
      ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>`
      : '';
    return {
      statusCode: 200,
      body: `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents}${token}</ListBucketResult>`,
    };
  }
}

const etagOf = (content: Buffer): string => `"${createHash('md5').update(content).digest('hex')}"`;

const failure = (statusCode: number, code: string): Answer => ({
  statusCode,
  body: `<Error><Code>${code}</Code><Message>${code} happened</Message></Error>`,
});
