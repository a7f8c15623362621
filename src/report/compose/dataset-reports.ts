import { ValueCounts } from '../../shared/aggregates/value-counts.ts';
import type { MeasureSummary } from '../../shared/aggregates/measure-summary.ts';
import type { RowSummary } from '../../shared/aggregates/row-summary.ts';
import { EXACT_VALUES, type DatasetSums } from '../aggregate/dataset-sums.ts';
import type { DayAggregate } from '../aggregate/day-aggregate.ts';
import type { DatasetReport, Report } from '../report.ts';

/** Values of a column that are listed. */
const TOP_VALUES = 20;
/** Columns at fault that are listed for a code. */
const TOP_COLUMNS = 10;

type Dimension = DatasetReport['dimensions'][number];
type Measure = DatasetReport['measures'][number];
type RowRejects = Report['rowRejects'][number];

/** The datasets of a day, by name. */
export function datasetReports({ datasets }: DayAggregate): DatasetReport[] {
  return [...datasets].map(([dataset, sums]) => datasetReport(dataset, sums));
}

function datasetReport(dataset: string, { sums, summary }: DatasetSums): DatasetReport {
  const { succeeded, rejected, failed, open, skipped, forgotten, ...figures } = sums;
  return {
    dataset,
    files: { succeeded, rejected, failed, open, skipped, forgotten },
    ...figures,
    dimensions: [...summary.dimensions].map(([column, counts]) => dimension(column, counts)),
    measures: [...summary.measures].map(([column, measured]) => measure(column, measured)),
    eventTime: eventTimeOf(summary),
  };
}

function dimension(column: string, counts: ValueCounts): Dimension {
  const { values, ...rest } = counts.top(TOP_VALUES);
  return { column, values: [...values], ...rest };
}

function measure(column: string, measured: MeasureSummary): Measure {
  const { count, sum, minimum, maximum, mean } = measured;
  const [p50 = null, p95 = null, p99 = null] = [0.5, 0.95, 0.99].map((q) => measured.quantile(q));
  return { column, count, sum, minimum, maximum, mean, p50, p95, p99 };
}

/** A contract that changed during the day may have named two columns: the one with more rows. */
function eventTimeOf({ eventTimes }: RowSummary): DatasetReport['eventTime'] {
  const all = [...eventTimes].map(([column, times]) => ({ column, ...times.toJson() }));
  const [first] = all.sort((a, b) => b.rows - a.rows);
  if (first === undefined) return null;
  const { column, earliest, latest, lateRows } = first;
  return { column, earliest, latest, lateRows };
}

/** Rejected rows by code, the most frequent first. */
export function rowRejects({ rowRejects: sums, datasets }: DayAggregate): RowRejects[] {
  const columns = new Map<string, ValueCounts>();
  for (const [, { summary }] of datasets) {
    for (const [code, counts] of summary.rejects) {
      const merged = columns.get(code) ?? new ValueCounts(EXACT_VALUES);
      merged.merge(counts.toJson());
      columns.set(code, merged);
    }
  }
  return sums
    .toJson()
    .map(({ code, rows, examples }) => ({
      code,
      rows,
      columns: columnsOf(columns.get(code)),
      examples,
    }))
    .sort((a, b) => b.rows - a.rows);
}

function columnsOf(counts: ValueCounts | undefined): RowRejects['columns'] {
  const { values = [] } = counts?.top(TOP_COLUMNS) ?? {};
  return values.map(({ value, rows }) => ({ column: value, rows }));
}
