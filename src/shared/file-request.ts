import * as z from 'zod/mini';
import type { CloudEvent } from './cloud-event.ts';
import { FileVersion } from './file-version.ts';

/** Type of the event that asks for a file to be processed. */
export const FILE_REQUESTED = 'io.millrace.file.requested';

const Data = z.object({
  file: FileVersion,
  /** When the file arrived: it decides under which date its outputs lie, if the ledger does not know it. */
  arrivedAt: z.iso.datetime(),
  /** Id of the operation that asks, see `OperationLog`. */
  operationId: z.string().check(z.minLength(1)),
  /** The attempt after which another is wanted, though it ended the file: it was rejected or skipped. */
  afterAttempt: z.optional(z.number().check(z.int(), z.positive())),
});
/** Which file is to be processed, and at whose request. */
export type FileRequest = z.infer<typeof Data>;

const Event = z.object({ type: z.literal(FILE_REQUESTED), data: Data });
const AnyRequest = z.object({ type: z.literal(FILE_REQUESTED) });

/**
 * The event that asks for a file, to be put into the ingest queue. Asking twice is asking once: the ledger
 * decides whether the file is run.
 */
export function fileRequested(
  request: FileRequest,
  { source, time }: { readonly source: string; readonly time: Date },
): CloudEvent<FileRequest> {
  const { file, operationId } = request;
  return {
    specversion: '1.0',
    id: `${file.fileId}-${operationId}`,
    source,
    type: FILE_REQUESTED,
    subject: `${file.bucket}/${file.key}`,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    data: request,
  };
}

/**
 * Reads the request out of a queue message's content.
 *
 * @returns undefined when it is something else
 * @throws z.core.$ZodError when it asks for a file, but not rightly
 */
export function readFileRequest(content: unknown): FileRequest | undefined {
  return AnyRequest.safeParse(content).success ? Event.parse(content).data : undefined;
}
