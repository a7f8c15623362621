import { styleText } from 'node:util';
import type { Dialect } from '../../pipeline/payload.ts';
import { formatCount } from '../output/format.ts';
import { printable } from '../../shared/printable.ts';
import { formatRejectGroups } from '../rejects/format-rejects.ts';
import { isTaken, type FileCheck, type FoundFormat } from './check-file.ts';

const LINE_ENDS: Readonly<Record<Dialect['lineEnd'], string>> = {
  lf: 'LF',
  crlf: 'CRLF',
  cr: 'CR',
  mixed: 'LF, CRLF and CR mixed',
};

/**
 * What would become of a file, for a reader: the verdict, how it is read, how its rows balance, and
 * the rejected rows.
 *
 * @param width longest line of raw text, in characters
 */
export function formatCheck(check: FileCheck, width: number): string {
  const { contract, format, counts, rejects } = check;
  const facts: [string, string][] = [
    ['contract', contract ?? 'none covers it: every value is kept as it is'],
    ...(format === null ? [] : formatFacts(format)),
    ...(counts === null ? [] : rowFacts(check, counts)),
  ];
  const lines = facts.map(([name, value]) => `  ${name.padEnd(10)}${value}`);
  const parts = [[verdictOf(check), ...lines].join('\n')];
  const rows = counts?.rowsRejected ?? 0;
  if (rejects.length > 0) parts.push(formatRejectGroups(rejects, { rows, width }));
  return parts.join('\n\n');
}

function verdictOf(check: FileCheck): string {
  const { file, rejection, counts } = check;
  if (rejection !== null) {
    const { code, reason } = rejection;
    return `${file}: ${styleText('red', 'the file would be rejected')}\n  ${code}: ${printable(reason)}`;
  }
  if (isTaken(check)) return `${file}: ${styleText('green', 'every row would be written')}`;
  const share = `${formatCount(counts?.rowsRejected)} of ${formatCount(counts?.rowsRead)} rows`;
  return `${file}: ${styleText('yellow', `${share} would be rejected`)}`;
}

function formatFacts({
  compression,
  encoding,
  byteOrderMark,
  format,
  detection,
}: FoundFormat): [string, string][] {
  const { confidence, sampleRecords, stated } = detection;
  const parts = [
    ...(format.type === 'csv' ? dialectParts(format.dialect) : [format.type]),
    `${encoding}${byteOrderMark ? ' with a byte order mark' : ''}`,
    compression === 'none' ? 'not compressed' : compression,
  ];
  const evidence = sampleRecords > 0 ? ` from ${formatCount(sampleRecords)} records` : '';
  const statement = stated.length > 0 ? `; stated: ${stated.join(', ')}` : '';
  return [
    ['format', parts.join(', ')],
    ['detected', `with confidence ${confidence.toFixed(2)}${evidence}${statement}`],
  ];
}

function dialectParts(dialect: Dialect): string[] {
  const { delimiter, quote, lineEnd, header, comment, trailingDelimiter } = dialect;
  return [
    'csv',
    `delimiter ${JSON.stringify(delimiter)}`,
    quote === null ? 'no quote' : `quote ${quote}`,
    `line ends ${LINE_ENDS[lineEnd]}`,
    header ? 'a header' : 'no header',
    ...(comment === null ? [] : [`comments after ${comment}`]),
    ...(trailingDelimiter ? ['a delimiter at the end of each line'] : []),
  ];
}

function rowFacts(
  { rejection }: FileCheck,
  { rowsRead, rowsWritten, rowsRejected, noticesByCode }: NonNullable<FileCheck['counts']>,
): [string, string][] {
  const notices = Object.entries(noticesByCode).map(([code, n]) => `${code} ${formatCount(n)}`);
  const written = rejection === null ? rowsWritten : 0;
  const rows = [
    `${formatCount(rowsRead)} read`,
    `${formatCount(written)} would be written`,
    `${formatCount(rowsRejected)} bad`,
  ].join(', ');
  return [['rows', rows], ...noticeFacts(notices)];
}

const noticeFacts = (notices: readonly string[]): [string, string][] =>
  notices.length === 0 ? [] : [['notices', notices.join(', ')]];
