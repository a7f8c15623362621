import { styleText } from 'node:util';
import { formatCount } from '../output/format.ts';
import { cutTo, printable } from '../../shared/printable.ts';
import { formatTable } from '../output/table.ts';
import type { RejectExample, RejectGroup } from './reject-groups.ts';
import { problemsOf, type RejectedRow } from './rejected-row.ts';
import { whoMends } from './who-mends.ts';

export interface RejectGroupsFormat {
  /** Rejected rows in all groups, each counted once. */
  readonly rows: number;
  /** Longest line of raw text, in characters. */
  readonly width: number;
}

/**
 * Groups of rejected rows: a table of counts, then what is wrong with the examples of each. The text of
 * a row that is an example more than once stands with the first.
 */
export function formatRejectGroups(
  groups: readonly RejectGroup[],
  { rows, width }: RejectGroupsFormat,
): string {
  const table = formatTable(
    [
      { title: 'CODE' },
      { title: 'COLUMN' },
      { title: 'ROWS', align: 'right' },
      { title: 'WHO CAN MEND IT' },
    ],
    groups.map(({ code, column, rows }) => [
      printable(code),
      column === null ? '-' : printable(column),
      formatCount(rows),
      whoMends(code),
    ]),
  );
  const withExamples = groups.filter(({ examples }) => examples.length > 0);
  const shownRows = new Set<number>();
  const examples = withExamples.map((group) => formatGroup(group, width, shownRows));
  return [table, ...severalProblems(groups, rows), ...examples].join('\n\n');
}

/** Why the rows of the groups add up to more than there are. */
function severalProblems(groups: readonly RejectGroup[], rows: number): string[] {
  const counted = groups.reduce((sum, group) => sum + group.rows, 0);
  if (counted <= rows) return [];
  return [`A row may have several problems: these are ${formatCount(rows)} rows.`];
}

/** One rejected row: where it stands, everything that is wrong with it, and its text. */
export function formatRejectedRow(row: RejectedRow, width: number): string {
  const problems = problemsOf(row).map(
    ({ code, column, reason }) => `  ${titleOf(code, column)}: ${printable(reason)}`,
  );
  return [positionOf(row), ...problems, rawOf(row, width)].join('\n');
}

/** @param shownRows the rows whose text has been shown; gets those of the group */
function formatGroup(
  { code, column, examples }: RejectGroup,
  width: number,
  shownRows: Set<number>,
): string {
  const lines = examples.flatMap((example) => {
    const reason = `  ${positionOf(example)}: ${printable(example.reason)}`;
    if (shownRows.has(example.row)) return [reason];
    shownRows.add(example.row);
    return [reason, rawOf(example, width)];
  });
  return [styleText('bold', titleOf(code, column)), ...lines].join('\n');
}

const titleOf = (code: string, column: string | null): string =>
  printable(column === null ? code : `${code} in "${column}"`);

const positionOf = ({ row, line, offset }: RejectExample): string =>
  `row ${row}, line ${line}, byte ${offset}`;

function rawOf({ raw, rawBase64 = '', rawTruncated }: RejectExample, width: number): string {
  const text = raw === undefined ? `base64 ${rawBase64}` : printable(raw);
  return cutTo(width, `    ${text}${rawTruncated ? '…' : ''}`);
}
