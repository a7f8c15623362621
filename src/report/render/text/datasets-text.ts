import type { DatasetReport, Report } from '../../report.ts';
import { cutMiddle, oneLine } from '../columns.ts';
import { ofCountedHours } from '../counted-hours.ts';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDecimal,
  formatNumber,
  formatShare,
} from '../format.ts';
import { section, wrap } from './layout.ts';

const INDENT = '  ';
const HANGING = '    ';

/** What each dataset brought: files, rows, bytes, the values of its dimensions, its measures. */
export function datasetsText(report: Report): string[] {
  const { datasets } = report;
  if (datasets.length === 0) {
    return section('Datasets', [ofCountedHours(report, 'No dataset had files')]);
  }
  return section('Datasets', datasets.flatMap(datasetLines).slice(1));
}

function datasetLines(dataset: DatasetReport): string[] {
  const { rowsRead, rowsWritten, rowsRejected, bytesRead, bytesWritten } = dataset;
  const share = rowsRejected === 0 ? '' : ` (${formatShare(rowsRejected, rowsRead)})`;
  const rows = `${formatCount(rowsRead)} read, ${formatCount(rowsWritten)} written, ${formatCount(rowsRejected)} rejected${share}`;
  return [
    '',
    cutMiddle(80, oneLine(dataset.dataset)),
    ...wrap(`Files: ${filesSentence(dataset)}`, INDENT, HANGING),
    ...wrap(`Rows: ${rows}`, INDENT, HANGING),
    `${INDENT}Bytes: ${formatBytes(bytesRead)} read, ${formatBytes(bytesWritten)} written`,
    ...eventTimeLines(dataset.eventTime),
    ...dataset.dimensions.flatMap(dimensionLines),
    ...dataset.measures.flatMap(measureLines),
  ];
}

/** How many files came to which end; ends that no file came to are left out. */
function filesSentence({ files }: DatasetReport): string {
  const { succeeded, ...rest } = files;
  const others = Object.entries(rest).filter(([, count]) => count > 0);
  return [
    `${formatCount(succeeded)} succeeded`,
    ...others.map(([end, count]) => `${formatCount(count)} ${end}`),
  ].join(', ');
}

function eventTimeLines(eventTime: DatasetReport['eventTime']): string[] {
  if (eventTime === null) return [];
  const { column, earliest, latest, lateRows } = eventTime;
  const span =
    earliest === null || latest === null
      ? 'no time in it'
      : `from ${oneLine(earliest)} to ${oneLine(latest)}`;
  const late = formatCounted(lateRows, 'row');
  return wrap(`${columnOf(column)}: ${span}, ${late} of an earlier day`, INDENT, HANGING);
}

function dimensionLines(dimension: DatasetReport['dimensions'][number]): string[] {
  const { column, values, otherRows, distinctValues, isExact, maxError } = dimension;
  const all = values.reduce((sum, { rows }) => sum + rows, otherRows);
  const listed = values.map(({ value, rows }) => {
    const name = value === null ? '(no value)' : cutMiddle(40, oneLine(value));
    return `${name} ${formatCount(rows)} (${formatShare(rows, all)})`;
  });
  const other = otherRows === 0 ? [] : [`others ${formatCount(otherRows)}`];
  const bound = isExact ? '' : ` (counts too high by ${formatCount(maxError)} at most)`;
  const number = `${isExact ? '' : 'at least '}${formatCounted(distinctValues, 'value')}`;
  const text = [...listed, ...other].join(', ');
  return wrap(`${columnOf(column)}, ${number}${bound}: ${text || 'no rows'}`, INDENT, HANGING);
}

function measureLines(measure: DatasetReport['measures'][number]): string[] {
  const { column, count, mean, p50, p95, p99 } = measure;
  const decimal = (text: string | null): string => cutMiddle(40, oneLine(formatDecimal(text)));
  const figures = [
    `sum ${decimal(measure.sum)}`,
    `mean ${formatNumber(mean)}`,
    `least ${decimal(measure.minimum)}`,
    `p50 ${formatNumber(p50)}`,
    `p95 ${formatNumber(p95)}`,
    `p99 ${formatNumber(p99)}`,
    `most ${decimal(measure.maximum)}`,
  ];
  const numbers = formatCounted(count, 'number');
  const text = count === 0 ? '' : `: ${figures.join(', ')}`;
  return wrap(`${columnOf(column)}, ${numbers}${text}`, INDENT, HANGING);
}

const columnOf = (column: string): string => cutMiddle(40, oneLine(column));
