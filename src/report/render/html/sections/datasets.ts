import type { DatasetReport, Report } from '../../../report.ts';
import { cutMiddle, oneLine } from '../../columns.ts';
import { ofCountedHours } from '../../counted-hours.ts';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatDecimal,
  formatNumber,
  formatShare,
} from '../../format.ts';
import { percentileBars } from '../charts/percentile-bars.ts';
import { shareBar } from '../charts/share-bar.ts';
import { fileText, section, table, type Column } from '../elements.ts';
import { html, type Markup, type Part } from '../markup.ts';

type Dimension = DatasetReport['dimensions'][number];
type Measure = DatasetReport['measures'][number];

const LONGEST_NAME = 60;
const LONGEST_VALUE = 48;

/** Each dataset's files and rows in one table, then what its records add up to. */
export function datasetsSection(report: Report): Markup {
  const { datasets } = report;
  if (datasets.length === 0) {
    const none = ofCountedHours(report, 'No dataset had files');
    return section('datasets', 'Datasets', html`<p>${none}</p>`);
  }
  return section('datasets', 'Datasets', datasetTable(datasets), datasets.map(datasetMarkup));
}

const number = (title: string): Column => ({ title, holds: 'number' });

const datasetTable = (datasets: readonly DatasetReport[]): Markup =>
  table({
    caption: 'Files, rows and bytes by dataset',
    columns: [
      { title: 'Dataset', holds: 'text' },
      ...['Succeeded', 'Rejected', 'Skipped', 'Failed', 'Open'].map(number),
      ...['Rows read', 'Rows rejected', 'Share', 'Read', 'Written'].map(number),
    ],
    rows: datasets.map(({ dataset, files, rowsRead, rowsRejected, bytesRead, bytesWritten }) => [
      fileText(dataset, LONGEST_VALUE),
      ...[files.succeeded, files.rejected, files.skipped].map(formatCount),
      ...[files.failed, files.open].map(formatCount),
      formatCount(rowsRead),
      formatCount(rowsRejected),
      formatShare(rowsRejected, rowsRead),
      formatBytes(bytesRead),
      formatBytes(bytesWritten),
    ]),
  });

/** A dataset's event times, dimensions and measures; nothing for one without any. */
function datasetMarkup(dataset: DatasetReport, index: number): Markup | null {
  const { dimensions, measures, eventTime } = dataset;
  if (dimensions.length + measures.length === 0 && eventTime === null) return null;
  const id = `dataset-${index + 1}`;
  return html`<article aria-labelledby="${id}">
    <h3 id="${id}">${fileText(dataset.dataset, LONGEST_NAME)}</h3>
    ${eventTimeMarkup(eventTime)}${
      dimensions.length === 0
        ? null
        : html`<div class="grid">${dimensions.map(dimensionMarkup)}</div> `
    }${measures.length === 0 ? null : measuresMarkup(id, measures)}
  </article> `;
}

function eventTimeMarkup(eventTime: DatasetReport['eventTime']): Markup | null {
  if (eventTime === null) return null;
  const { column, earliest, latest, lateRows } = eventTime;
  const late = `${formatCounted(lateRows, 'row')} of an earlier day than the file’s arrival`;
  const span =
    earliest === null || latest === null
      ? html`no row has a time`
      : html`from ${fileText(earliest, LONGEST_VALUE)} to ${fileText(latest, LONGEST_VALUE)}`;
  return html`<p>Event time, ${fileText(column, LONGEST_VALUE)}: ${span}; ${late}.</p> `;
}

function dimensionMarkup(dimension: Dimension): Markup {
  const { column, values, otherRows } = dimension;
  const all = values.reduce((sum, { rows }) => sum + rows, otherRows);
  const cells = (name: Part, rows: number): Part[] => [
    name,
    formatCount(rows),
    formatShare(rows, all),
    shareBar(rows, all),
  ];
  return html`<div>
    <h4>${fileText(column, LONGEST_VALUE)}</h4>
    <p class="muted">${exactnessOf(dimension)}</p>
    ${
      all === 0
        ? null
        : table({
            caption: `Rows by ${column}`,
            isCaptionUnseen: true,
            columns: [
              { title: 'Value', holds: 'text' },
              number('Rows'),
              number('Share'),
              { title: '', holds: 'bar' },
            ],
            rows: [
              ...values.map(({ value, rows }) =>
                cells(
                  value === null ? html`<i>no value</i>` : fileText(value, LONGEST_VALUE),
                  rows,
                ),
              ),
              ...(otherRows === 0 ? [] : [cells(html`<i>all others</i>`, otherRows)]),
            ],
          })
    }
  </div> `;
}

function exactnessOf({ distinctValues, isExact, maxError }: Dimension): string {
  const values = formatCounted(distinctValues, 'different value');
  return isExact
    ? `${values}, counted exactly.`
    : `At least ${values}; counts are too high by ${formatCount(maxError)} at most.`;
}

function measuresMarkup(id: string, measures: readonly Measure[]): Markup {
  const titles = ['Numbers', 'Sum', 'Mean', 'Least', 'p50', 'p95', 'p99', 'Most'];
  return html`${table({
      caption: 'Measures; percentiles are within 1 %',
      columns: [{ title: 'Column', holds: 'text' }, ...titles.map(number)],
      rows: measures.map(({ column, count, sum, mean, minimum, maximum, p50, p95, p99 }) => [
        fileText(column, LONGEST_VALUE),
        formatCount(count),
        decimalText(sum),
        formatNumber(mean),
        decimalText(minimum),
        ...[p50, p95, p99].map(formatNumber),
        decimalText(maximum),
      ]),
    })}
    <div class="grid">
      ${measures.map((measure, index) => percentilesMarkup(`${id}-measure-${index + 1}`, measure))}
    </div> `;
}

const decimalText = (text: string | null): string =>
  cutMiddle(LONGEST_VALUE, oneLine(formatDecimal(text)));

function percentilesMarkup(id: string, measure: Measure): Markup | null {
  const bars = percentileBars(id, measure);
  if (bars === null) return null;
  return html`<figure>
    <figcaption>Percentiles of ${fileText(measure.column, LONGEST_VALUE)}</figcaption>
    ${bars}
  </figure> `;
}
