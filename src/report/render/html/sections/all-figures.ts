import type { Report } from '../../../report.ts';
import { figureGroups, hasEarlierFigures, type FigureRow } from '../../figure-rows.ts';
import { changeFrom } from '../../format.ts';
import { comparisonBars } from '../charts/share-bar.ts';
import { latencyDots } from '../charts/latency-dots.ts';
import { section, table, type Column } from '../elements.ts';
import { html, type Markup, type Part } from '../markup.ts';

const ARROWS = { up: '▲ +', down: '▼ −', same: '±' } as const;

/** Every figure beside the day before and the week, and the time that files took as a chart. */
export function allFiguresSection(report: Report): Markup {
  const isCompared = hasEarlierFigures(report);
  const earlier: Column[] = [
    { title: 'Day before', holds: 'number' },
    { title: 'The week', holds: 'number' },
    { title: '', holds: 'bar' },
  ];
  return section(
    'all-figures',
    'Against the day before and the week',
    latencyFigure(report),
    comparisonNote(isCompared),
    figureGroups(report).map(({ title, rows }) =>
      table({
        caption: title,
        columns: [
          { title: 'Figure', holds: 'text' },
          { title: 'The day', holds: 'number' },
          ...(isCompared ? earlier : []),
        ],
        rows: rows.map((row) => cellsOf(row, isCompared)),
      }),
    ),
  );
}

const comparisonNote = (isCompared: boolean): Markup =>
  isCompared
    ? html`<p class="muted bars-key">
        Bars: the day filled, below it the day before and the week outlined.
      </p> `
    : html`<p>There is no earlier report to compare these with.</p> `;

function cellsOf(row: FigureRow, isCompared: boolean): Part[] {
  const { label, figure, format } = row;
  const { value, dayBefore, weekMean } = figure;
  if (!isCompared) return [label, format(value)];
  return [
    label,
    html`<b>${format(value)}</b>`,
    earlierCell(row, dayBefore),
    earlierCell(row, weekMean),
    comparisonBars([value, dayBefore, weekMean]),
  ];
}

function earlierCell({ figure, format }: FigureRow, earlier: number | null): Markup {
  const change = changeFrom(earlier, figure);
  if (change === null) return html`${format(earlier)}`;
  const size = change.size.endsWith('%')
    ? `${ARROWS[change.direction]}${change.size}`
    : `▲ ${change.size}`;
  return html`${format(earlier)} <span class="change">${size}</span>`;
}

function latencyFigure({ latency: { p50, p95, p99, maximum } }: Report): Markup {
  const dots = latencyDots([
    { label: 'half', figure: p50 },
    { label: '95 %', figure: p95 },
    { label: '99 %', figure: p99 },
    { label: 'longest', figure: maximum },
  ]);
  if (dots === null) return html`<p>No file came to its end, so there is no time to show.</p> `;
  return html`<figure>
    <figcaption>
      Time from arrival to notification: within which half, 95 % and 99 % of the files were done,
      and the longest
    </figcaption>
    ${dots}
    <p class="legend">
      <span aria-hidden="true">●</span> the day <span aria-hidden="true">○</span> the day before
      <span aria-hidden="true">◇</span> the mean of the week. The axis is logarithmic.
    </p>
  </figure> `;
}
