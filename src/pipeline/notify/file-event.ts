import type { CloudEvent } from '../../shared/cloud-event.ts';
import type { ErrorCode } from '../../shared/error-codes.ts';
import { executionName, type FileVersion } from '../../shared/file-version.ts';
import type { AttemptOutcome } from '../../shared/ledger/ledger.ts';
import type { OutcomeDetails } from '../../shared/ledger/ledger-item.ts';

/** Types of the events that Millrace publishes about files; schemas lie under `events/schemas`. */
export const FileEventType = {
  SUCCEEDED: 'io.millrace.file.succeeded',
  REJECTED: 'io.millrace.file.rejected',
  FAILED: 'io.millrace.file.failed',
} as const;

/** Data of a file event. */
export interface FileEventData extends OutcomeDetails {
  readonly file: FileVersion;
  readonly status: keyof typeof FileEventType;
  readonly attempt: number;
  readonly execution: string;
  readonly arrivedAt: string;
  readonly startedAt: string;
  readonly code?: ErrorCode;
  readonly reason?: string;
}

/**
 * The event that tells subscribers how an attempt at a file ended.
 *
 * A file succeeds or is rejected once, so the id of these events is made from file and status alone:
 * should two attempts both publish it, it is the same event twice, and a consumer can drop the second.
 * A failure is told once per attempt.
 */
export function fileEvent(
  { file, attempt, arrivedAt, startedAt, status, endedAt, code, reason, details }: AttemptOutcome,
  source: string,
): CloudEvent<FileEventData> {
  return {
    specversion: '1.0',
    id: eventId(file.fileId, status, attempt),
    source,
    type: FileEventType[status],
    subject: `${file.bucket}/${file.key}`,
    time: endedAt,
    datacontenttype: 'application/json',
    data: {
      file,
      status,
      attempt,
      execution: executionName(file, attempt),
      arrivedAt,
      startedAt,
      ...details,
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
    },
  };
}

function eventId(fileId: string, status: AttemptOutcome['status'], attempt: number): string {
  const end = status.toLowerCase();
  return status === 'FAILED' ? `${fileId}-${attempt}-${end}` : `${fileId}-${end}`;
}
