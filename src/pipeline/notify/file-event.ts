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
  SKIPPED: 'io.millrace.file.skipped',
} as const;

/** Types of the same events about files of a replay. */
export const ReplayEventType = {
  SUCCEEDED: 'io.millrace.replay.succeeded',
  REJECTED: 'io.millrace.replay.rejected',
  FAILED: 'io.millrace.replay.failed',
  SKIPPED: 'io.millrace.replay.skipped',
} as const satisfies Record<keyof typeof FileEventType, string>;

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
 * A file comes to its end once, so the id of these events is made from file and status alone: should two
 * attempts both publish it, it is the same event twice, and a consumer can drop the second. An end that
 * comes after an operator had an earlier one tried again is counted. A failure is told once per attempt.
 */
export function fileEvent(
  { file, attempt, arrivedAt, startedAt, status, endedAt, code, reason, details }: AttemptOutcome,
  { source, earlierEnds = 0 }: { readonly source: string; readonly earlierEnds?: number },
): CloudEvent<FileEventData> {
  const ordinal = status === 'FAILED' ? attempt : earlierEnds + 1;
  return {
    specversion: '1.0',
    id: eventId(file.fileId, status, ordinal),
    source,
    type: fileEventType(file, status),
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

function eventId(fileId: string, status: AttemptOutcome['status'], ordinal: number): string {
  const end = status.toLowerCase();
  const isFirstEnd = status !== 'FAILED' && ordinal === 1;
  return isFirstEnd ? `${fileId}-${end}` : `${fileId}-${ordinal}-${end}`;
}

/** Who loads what succeeds must not load a replay of it as well, unless asked to. */
const fileEventType = (
  { replay }: Pick<FileVersion, 'replay'>,
  status: keyof typeof FileEventType,
): string => (replay === undefined ? FileEventType : ReplayEventType)[status];
