import type { Finding, Report } from '../../report.ts';
import { cutMiddle, oneLine } from '../columns.ts';
import { ofCountedHours } from '../counted-hours.ts';
import { formatCount, formatCounted, formatShare } from '../format.ts';
import { item, LINE_WIDTH, section, wrap } from './layout.ts';

const KEY_INDENT = '    ';

/** Rejected rows by code, then the files that were rejected or failed. */
export function problemsText(report: Report): string[] {
  const { rowRejects, fileEnds, rows } = report;
  if (rowRejects.length === 0 && fileEnds.length === 0) {
    return section(
      'What went wrong',
      wrap(ofCountedHours(report, 'No row was rejected, and no file was rejected or failed')),
    );
  }
  return [
    ...section('Rejected rows', [
      ...(rowRejects.length === 0 ? [ofCountedHours(report, 'No row was rejected')] : []),
      ...rowRejects.flatMap((reject) => rowRejectLines(reject, rows.rejected.value)),
    ]),
    ...section('Rejected and failed files', [
      ...(fileEnds.length === 0 ? [ofCountedHours(report, 'No file was rejected or failed')] : []),
      ...fileEnds.flatMap(fileEndLines),
    ]),
  ];
}

/** What could not be counted, and what that means for the figures. */
export function findingsText({ findings }: Report): string[] {
  if (findings.length === 0) {
    return section('What could not be counted', [
      'Nothing: everything was counted, and ledger and manifests agree.',
    ]);
  }
  return section('What could not be counted', findings.flatMap(findingLines));
}

function rowRejectLines(
  { code, rows, columns, examples }: Report['rowRejects'][number],
  allRows: number | null,
): string[] {
  const share = formatShare(rows, allRows);
  const named = columns.map(({ column, rows }) => `${columnLabel(column)} ${formatCount(rows)}`);
  return [
    ...item(`${oneLine(code)}: ${formatCounted(rows, 'row')}, ${share} of the rejected rows`),
    ...(named.length === 0 ? [] : wrap(`In ${named.join(', ')}`, '  ')),
    ...examples.map(({ key, rows }) => exampleLine(key, `: ${formatCounted(rows, 'row')}`)),
  ];
}

function fileEndLines({ status, code, files, examples }: Report['fileEnds'][number]): string[] {
  return [
    ...item(`${status} ${oneLine(code)}: ${formatCounted(files, 'file')}`),
    ...examples.flatMap(({ key, reason }) => [
      exampleLine(key),
      ...(reason === undefined ? [] : wrap(cutMiddle(300, oneLine(reason)), '      ')),
    ]),
  ];
}

const findingLines = ({ code, count, detail, examples }: Finding): string[] => [
  ...item(`${code} (${formatCount(count)}): ${oneLine(detail)}`),
  ...examples.map((example) => exampleLine(example)),
];

const columnLabel = (column: string | null): string =>
  column === null ? '(the whole row)' : cutMiddle(40, oneLine(column));

/** A key on a line of its own, shortened in the middle, because both of its ends tell it apart. */
const exampleLine = (key: string, after = ''): string =>
  KEY_INDENT + cutMiddle(LINE_WIDTH - KEY_INDENT.length - after.length, oneLine(key)) + after;
