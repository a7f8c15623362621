import type { Report } from '../../../report.ts';
import { formatCount, formatCounted, formatHour } from '../../format.ts';
import { hourBars, type HourBar } from '../charts/hour-bars.ts';
import { section, table } from '../elements.ts';
import { html, type Markup } from '../markup.ts';

type Hour = Report['hours'][number];

/** When the files came, and when rows were rejected: two charts and the numbers in a table. */
export function hoursSection({ hours }: Report): Markup {
  const title = 'By hour of arrival';
  if (hours.every(({ files, isCounted }) => isCounted && files === 0)) {
    return section('hours', title, html`<p>No file arrived in any hour.</p>`);
  }
  const bars = (count: (hour: Hour) => number): HourBar[] =>
    hours.map((hour) => ({ hour: hour.hour, count: hour.isCounted ? count(hour) : null }));
  return section(
    'hours',
    title,
    html`<div class="charts">
        <figure>
          <figcaption>Files, by UTC hour</figcaption>
          ${hourBars({
            id: 'files-by-hour',
            title: 'Files by hour of arrival',
            bars: bars(({ files }) => files),
            counted: (count) => formatCounted(count, 'file'),
            tone: 'accent',
          })}
        </figure>
        <figure>
          <figcaption>Rejected rows, by UTC hour of their file’s arrival</figcaption>
          ${
            hours.some(({ rowsRejected }) => rowsRejected > 0)
              ? hourBars({
                  id: 'rejected-by-hour',
                  title: 'Rejected rows by hour of arrival',
                  bars: bars(({ rowsRejected }) => rowsRejected),
                  counted: (count) => formatCounted(count, 'rejected row'),
                  tone: 'bad',
                })
              : html`<p>No row was rejected in the hours that were counted.</p>`
          }
        </figure>
      </div>
      ${hours.some(({ isCounted }) => !isCounted) ? html`<p class="muted">Hatched hours could not be counted.</p>` : null}
      <details>
        <summary>Every hour as a table</summary>
        ${hourTable(hours)}
      </details>`,
  );
}

const hourTable = (hours: readonly Hour[]): Markup =>
  table({
    caption: 'Files and rows by hour of arrival (UTC)',
    columns: [
      { title: 'Hour', holds: 'text' },
      { title: 'Files', holds: 'number' },
      { title: 'Rows read', holds: 'number' },
      { title: 'Rows rejected', holds: 'number' },
    ],
    rows: hours.map(({ hour, files, rowsRead, rowsRejected, isCounted }) => [
      formatHour(hour),
      ...(isCounted
        ? [files, rowsRead, rowsRejected].map(formatCount)
        : ['not counted', 'not counted', 'not counted']),
    ]),
  });
