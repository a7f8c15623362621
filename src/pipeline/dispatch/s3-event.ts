import * as z from 'zod/mini';
import { fileIdOf, type FileVersion } from '../../shared/file-version.ts';

/** What the dispatcher reads of an S3 event; everything else in it may change without harm. */
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

/** A file that an event announces. */
export interface ArrivedFile {
  readonly file: FileVersion;
  readonly eventTime: string;
}

/** A queue message that is not an S3 event, and so can never be processed. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';

  constructor(reason: string, options?: ErrorOptions) {
    super(`MALFORMED_MESSAGE: ${reason}`, options);
  }
}

/**
 * Reads the files that an S3 event notification announces. S3's test event announces none, and
 * neither do events of other kinds than ObjectCreated.
 *
 * @param body the queue message's body: the event itself, delivered raw by SNS
 * @throws MalformedMessage when it is not an S3 event
 */
export function arrivedFiles(body: string): ArrivedFile[] {
  const document = parseJson(body);
  if (S3TestEvent.safeParse(document).success) return [];
  const event = S3Event.safeParse(document);
  if (!event.success) {
    const [issue] = event.error.issues;
    throw new MalformedMessage(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'no event'}`);
  }
  return event.data.Records.filter(isCreation).map(arrivedFile);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MalformedMessage('the body is not JSON', { cause: error });
  }
}

const isCreation = ({ eventName }: z.infer<typeof S3Record>): boolean =>
  eventName.replace(/^s3:/, '').startsWith('ObjectCreated:');

function arrivedFile({ eventTime, s3 }: z.infer<typeof S3Record>): ArrivedFile {
  const { bucket, object } = s3;
  if (object.versionId === undefined && object.eTag === undefined) {
    // Without either, every overwrite would pass for the file that it replaced.
    throw new MalformedMessage(`the event tells neither version nor etag of ${object.key}`);
  }
  const identity = {
    bucket: bucket.name,
    key: decodeKey(object.key),
    versionId: object.versionId ?? null,
    etag: (object.eTag ?? '').replaceAll('"', ''),
  };
  const { size = 0, sequencer = null } = object;
  return { file: { fileId: fileIdOf(identity), ...identity, size, sequencer }, eventTime };
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
