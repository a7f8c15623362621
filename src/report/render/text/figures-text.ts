import { columnWidth } from '../columns.ts';
import type { Report } from '../../report.ts';
import { figureGroups, hasEarlierFigures, type FigureRow } from '../figure-rows.ts';
import { changeFrom } from '../format.ts';
import { columns, LINE_WIDTH, section } from './layout.ts';

const INDENT = '  ';
const SIGNS = { up: '+', down: '-', same: '±' } as const;

/** Every figure of the day, beside the day before and the week's mean where there are any. */
export function figuresText(report: Report): string[] {
  if (!hasEarlierFigures(report)) {
    const lines = tableOf(report, ['the day'], ({ figure, format }) => [format(figure.value)]);
    return section('Figures', [...lines, '', 'There is no earlier report to compare these with.']);
  }
  const titles = ['the day', 'day before', 'mean of the week'];
  const full = tableOf(report, titles, (row) => earlierCells(row, withChange));
  const fits = full.every((line) => columnWidth(line) <= LINE_WIDTH);
  return section(
    'Figures',
    fits
      ? full
      : tableOf(report, titles, (row) => earlierCells(row, ({ format }, value) => format(value))),
  );
}

type EarlierCell = (row: FigureRow, earlier: number | null) => string;

const tableOf = (
  report: Report,
  titles: readonly string[],
  cellsOf: (row: FigureRow) => string[],
): string[] =>
  columns([
    ['', ...titles],
    ...figureGroups(report).flatMap(({ title, rows }) => [
      [title, ...titles.map(() => '')],
      ...rows.map((row) => [INDENT + row.label, ...cellsOf(row)]),
    ]),
  ]);

const earlierCells = (row: FigureRow, cell: EarlierCell): string[] => [
  row.format(row.figure.value),
  cell(row, row.figure.dayBefore),
  cell(row, row.figure.weekMean),
];

/** `1,200 (+2.8 %)`: the earlier value, and how far the day's is from it. */
function withChange({ figure, format }: FigureRow, earlier: number | null): string {
  const change = changeFrom(earlier, figure);
  if (change === null) return format(earlier);
  if (change.size === 'from 0') return `${format(earlier)} (new)`;
  const sign = change.size.endsWith('%') ? SIGNS[change.direction] : '';
  return `${format(earlier)} (${sign}${change.size})`;
}
