import type { Figure, Report } from '../report.ts';
import { formatBytes, formatCount, formatSeconds, formatUsd } from './format.ts';

/** A figure with its name and how its values are written. */
export interface FigureRow {
  readonly label: string;
  readonly figure: Figure;
  readonly format: (value: number | null) => string;
}

/** Figures that belong together. */
export interface FigureGroup {
  readonly title: string;
  readonly rows: readonly FigureRow[];
}

const row = (
  label: string,
  figure: Figure,
  format: FigureRow['format'] = formatCount,
): FigureRow => ({ label, figure, format });

/** Every figure of a report, in the order in which both renderings show them. */
export function figureGroups(report: Report): readonly FigureGroup[] {
  const { files, rows, bytes, latency, operations, cost } = report;
  return [
    {
      title: 'Files',
      rows: [
        row('Arrived', files.arrived),
        row('Succeeded', files.succeeded),
        row('Rejected', files.rejected),
        row('Failed', files.failed),
        row('Still open', files.open),
        row('Skipped as duplicates', files.skipped),
        row('Forgotten', files.forgotten),
      ],
    },
    {
      title: 'Rows',
      rows: [
        row('Read', rows.read),
        row('Written', rows.written),
        row('Rejected', rows.rejected),
        row('Late', operations.lateRows),
      ],
    },
    {
      title: 'Bytes',
      rows: [row('Read', bytes.read, formatBytes), row('Written', bytes.written, formatBytes)],
    },
    {
      title: 'Arrival to notification',
      rows: [
        row('Half within', latency.p50, formatSeconds),
        row('95 % within', latency.p95, formatSeconds),
        row('99 % within', latency.p99, formatSeconds),
        row('Longest', latency.maximum, formatSeconds),
      ],
    },
    {
      title: 'Operations',
      rows: [
        row('Retries', operations.retries),
        row('Duplicate events', operations.duplicateEvents),
        row('Duplicate contents', operations.duplicateContents),
        row('Dead letters', operations.deadLetters),
      ],
    },
    { title: 'Cost', rows: [row('List prices', cost.usd, formatUsd)] },
  ];
}

/** Whether any figure of the report has something to be compared with. */
export const hasEarlierFigures = (report: Report): boolean =>
  figureGroups(report).some(({ rows }) =>
    rows.some(({ figure }) => figure.dayBefore !== null || figure.weekMean !== null),
  );
