import * as z from 'zod/mini';

/** What Millrace reads of an S3 event record; everything else in it may change without harm. */
const S3Record = z.object({
  eventName: z.string(),
  eventTime: z.iso.datetime(),
  s3: z.object({
    bucket: z.object({ name: z.string().check(z.minLength(3)) }),
    object: z.object({
      key: z.string().check(z.minLength(1)),
      size: z.optional(z.number().check(z.int(), z.nonnegative())),
      eTag: z.optional(z.string()),
      versionId: z.optional(z.string()),
      sequencer: z.optional(z.string()),
    }),
  }),
});
const S3Event = z.object({ Records: z.array(S3Record) });
const S3TestEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** One record of an S3 event notification. */
export type S3Record = z.infer<typeof S3Record>;

/** The object of an S3 event; null is what the event does not tell. */
export interface S3Object {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId: string | null;
  /** Without quotes. */
  readonly etag: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly sequencer: string | null;
}

/** A queue message that is not what its queue is for, and so can never be processed. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(`MALFORMED_MESSAGE: ${reason}`, options);
    this.reason = reason;
  }
}

/**
 * The value of a queue message's body.
 *
 * @throws MalformedMessage when it is not JSON
 */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MalformedMessage('the body is not JSON', { cause: error });
  }
}

/**
 * The records of an S3 event notification, delivered raw by SNS; S3's test event has none.
 *
 * @throws MalformedMessage when the value is not an S3 event
 */
export function s3Records(document: unknown): S3Record[] {
  if (S3TestEvent.safeParse(document).success) return [];
  const event = S3Event.safeParse(document);
  if (event.success) return event.data.Records;
  const [issue] = event.error.issues;
  throw new MalformedMessage(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no event'}`);
}

/** What happened to the object: it came, it went, or something that Millrace does not follow. */
export function changeOf({ eventName }: S3Record): 'created' | 'removed' | 'other' {
  const name = eventName.replace(/^s3:/, '');
  if (name.startsWith('ObjectCreated:')) return 'created';
  return name.startsWith('ObjectRemoved:') ? 'removed' : 'other';
}

/**
 * The object that a record is about.
 *
 * @throws MalformedMessage when its key is not encoded as S3 encodes keys
 */
export function objectOf({ s3 }: S3Record): S3Object {
  const { key, versionId, eTag, size, sequencer } = s3.object;
  return {
    bucket: s3.bucket.name,
    key: decodeKey(key),
    versionId: versionId ?? null,
    etag: eTag?.replaceAll('"', '') ?? null,
    size: size ?? null,
    sequencer: sequencer ?? null,
  };
}

/**
 * S3 encodes keys in events like a form: a space is `+`, everything else is percent-encoded.
 *
 * @throws MalformedMessage when the key is not encoded like that
 */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw new MalformedMessage(`the key ${key} is not percent-encoded`, { cause: error });
  }
}
