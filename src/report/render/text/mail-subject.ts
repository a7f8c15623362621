import type { Report } from '../../report.ts';
import { formatCount, formatCounted, formatShare } from '../format.ts';

/** An SNS subject has less than 100 characters. */
const LONGEST_SUBJECT = 99;

/**
 * The report in a line: `Millrace prod 2026-11-19: 1,234 files, 2 failed, 0.3 % rows rejected`.
 * ASCII without line breaks, fewer than 100 characters and a letter first, as SNS wants a subject
 * (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
 */
export function mailSubject(report: Report): string {
  const stage = ascii(report.stage).slice(0, 20);
  const marks = marksOf(report);
  const title = `Millrace ${stage} ${report.day}${marks && ` (${marks})`}: ${filesOf(report)}`;
  return [...failuresOf(report), ...rowsOf(report), ...rejectedOf(report)].reduce(
    (subject, figure) =>
      subject.length + figure.length + 2 > LONGEST_SUBJECT ? subject : `${subject}, ${figure}`,
    title,
  );
}

function marksOf({ revision, findings }: Report): string {
  const isIncomplete = findings.some(({ code }) => code === 'HOUR_NOT_COUNTED');
  return [...(revision > 1 ? ['revised'] : []), ...(isIncomplete ? ['incomplete'] : [])].join(', ');
}

function filesOf({ files: { arrived }, isDayOver }: Report): string {
  const files = arrived.value === null ? 'files not counted' : formatCounted(arrived.value, 'file');
  return isDayOver ? files : `${files} so far`;
}

function failuresOf({ files: { arrived, failed } }: Report): string[] {
  if (arrived.value === 0 || failed.value === null) return [];
  return [failed.value === 0 ? 'none failed' : `${formatCount(failed.value)} failed`];
}

function rowsOf({ rows: { read, rejected } }: Report): string[] {
  if (read.value === null || read.value === 0 || rejected.value === null) return [];
  return [`${formatShare(rejected.value, read.value)} rows rejected`];
}

const rejectedOf = ({ files: { rejected } }: Report): string[] =>
  (rejected.value ?? 0) === 0 ? [] : [`${formatCounted(rejected.value, 'file')} rejected`];

const ascii = (text: string): string => text.replace(/[^\x21-\x7e]/g, '?');
