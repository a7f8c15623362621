import { styleText } from 'node:util';
import { formatCount } from '../output/format.ts';
import { cutTo, printable } from '../output/printable.ts';
import { formatTable } from '../output/table.ts';
import type { RejectExample, RejectGroup } from './reject-groups.ts';
import { problemsOf, type RejectedRow } from './rejected-row.ts';
import { whoMends } from './who-mends.ts';

/**
 * Groups of rejected rows: a table of counts, then what is wrong with the examples of each.
 *
 * @param width longest line of raw text, in characters
 */
export function formatRejectGroups(groups: readonly RejectGroup[], width: number): string {
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
  return [table, ...withExamples.map((group) => formatGroup(group, width))].join('\n\n');
}

/** One rejected row: where it stands, everything that is wrong with it, and its text. */
export function formatRejectedRow(row: RejectedRow, width: number): string {
  const problems = problemsOf(row).map(
    ({ code, column, reason }) => `  ${titleOf(code, column)}: ${printable(reason)}`,
  );
  return [positionOf(row), ...problems, rawOf(row, width)].join('\n');
}

function formatGroup({ code, column, examples }: RejectGroup, width: number): string {
  const lines = examples.flatMap((example) => [
    `  ${positionOf(example)}: ${printable(example.reason)}`,
    rawOf(example, width),
  ]);
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
