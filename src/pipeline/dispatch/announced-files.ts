import { readFileRequest } from '../../shared/file-request.ts';
import type { FileVersion } from '../../shared/file-version.ts';
import type { ClaimedRequest } from '../../shared/ledger/ledger.ts';
import type { SourceRemoval } from '../../shared/ledger/removals.ts';
import { MalformedMessage, parseBody } from '../../shared/s3-event.ts';
import { arrivedFiles, removedObjects } from './s3-event.ts';

/** A file that a message tells of. */
export interface AnnouncedFile {
  readonly file: FileVersion;
  /** When the file arrived, ISO 8601. */
  readonly eventTime: string;
  /** What an operator asks for; absent where S3 tells that the file is there. */
  readonly request?: ClaimedRequest;
}

/**
 * The files that a message of the ingest queue tells of: S3's, that they are there, or an operator's, that
 * they are to be processed.
 *
 * @param body the queue message's body
 * @throws MalformedMessage when it is neither
 */
export function announcedFiles(body: string): AnnouncedFile[] {
  const content = parseBody(body);
  const requested = requestedFile(content);
  return requested === undefined ? arrivedFiles(content) : [requested];
}

/**
 * What S3 tells in a message of the ingest queue to have gone from the source bucket.
 *
 * @param body the queue message's body
 * @throws MalformedMessage when it is neither S3's nor an operator's
 */
export function announcedRemovals(body: string): SourceRemoval[] {
  const content = parseBody(body);
  return requestedFile(content) === undefined ? removedObjects(content) : [];
}

function requestedFile(content: unknown): AnnouncedFile | undefined {
  try {
    const data = readFileRequest(content);
    if (data === undefined) return undefined;
    const { file, arrivedAt, operationId, afterAttempt } = data;
    return { file, eventTime: arrivedAt, request: { operationId, afterAttempt } };
  } catch (error) {
    throw new MalformedMessage('the request for a file is incomplete', { cause: error });
  }
}
