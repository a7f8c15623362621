import type { FindingCode } from '../aggregate/finding-tally.ts';

/** What a finding means for the figures. */
export const FINDING_DETAILS: Readonly<Record<FindingCode, string>> = {
  HOUR_NOT_COUNTED: 'Files that arrived in these hours are missing from every figure.',
  MANIFEST_UNREADABLE:
    'These manifests cannot be read: rows, bytes and contents of their files are missing.',
  MANIFEST_MISSING:
    'The ledger knows the end of these files, but no manifest that can be read does: their rows and bytes are missing.',
  MANIFEST_UNEXPECTED:
    'These files have a manifest, but by the ledger they did not end like that: their rows are counted all the same.',
  COUNTS_DIFFER:
    'Ledger and manifest state different numbers of rows for these files; those of the manifest are counted.',
  LEDGER_UNREADABLE: 'These ledger items cannot be read: their files are missing from the counts.',
  EARLIER_REPORT_UNREADABLE:
    'These reports cannot be read: they are left out of what the day is compared with.',
  BACKLOG_UNKNOWN: 'The dead-letter queue did not answer: how many messages it holds is not known.',
  STREAM_DIFFERS:
    'The stream of events has counted other figures; the report keeps to ledger and manifests. A range is what the stream leaves open: a file may end on another day than it arrived.',
  STREAM_UNKNOWN:
    'What the stream of events has counted of the day is not known: the figures are not checked against it.',
};
