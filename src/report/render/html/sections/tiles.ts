import type { Figure, Report } from '../../../report.ts';
import { hasEarlierFigures } from '../../figure-rows.ts';
import {
  changeFrom,
  formatBytes,
  formatCount,
  formatSeconds,
  formatShare,
  formatUsd,
  type Change,
} from '../../format.ts';
import { isComplete } from '../../counted-hours.ts';
import { section } from '../elements.ts';
import { html, type Markup } from '../markup.ts';

interface Tile {
  readonly label: string;
  readonly figure: Figure;
  readonly format?: (value: number | null) => string;
  /** What a value above zero means, and how it is said. */
  readonly concern?: { readonly tone: 'warn' | 'bad'; readonly text: string };
}

const WEEK_NOTE = html`<p class="made">
  The week is the mean of those of the seven days before that have a report of the whole day.
</p>`;
const ARROWS = { up: '▲', down: '▼', same: '=' } as const;

/** The figures that most readers come for, each with how it changed. */
export function tilesSection(report: Report): Markup {
  const { files, rows, bytes, latency, cost } = report;
  const share = formatShare(rows.rejected.value, rows.read.value);
  const tiles: readonly Tile[] = [
    { label: 'Files arrived', figure: files.arrived },
    {
      label: 'Files failed',
      figure: files.failed,
      concern: { tone: 'bad', text: 'to be looked at' },
    },
    {
      label: 'Files rejected',
      figure: files.rejected,
      concern: { tone: 'warn', text: 'their data is at fault' },
    },
    { label: 'Rows read', figure: rows.read },
    {
      label: 'Rows rejected',
      figure: rows.rejected,
      concern: { tone: 'warn', text: `${share} of the rows` },
    },
    { label: 'Data read', figure: bytes.read, format: formatBytes },
    { label: '95 % done within', figure: latency.p95, format: formatSeconds },
    { label: 'Cost', figure: cost.usd, format: formatUsd },
  ];
  return section(
    'figures',
    'The day in figures',
    html`<ul class="tiles">
        ${tiles.map((tile) => tileMarkup(tile, isComplete(report)))}
      </ul>
      ${hasEarlierFigures(report) ? WEEK_NOTE : null}`,
  );
}

function tileMarkup(
  { label, figure, format = formatCount, concern }: Tile,
  isComplete: boolean,
): Markup {
  const standing = standingOf(figure, concern, isComplete);
  const changes = [
    changeMarkup(figure, figure.dayBefore, 'the day before'),
    changeMarkup(figure, figure.weekMean, 'the week'),
  ];
  return html`<li class="tile ${standing?.tone ?? ''}">
    <h3>${label}</h3>
    <p class="figure">${figure.value === null ? 'not known' : format(figure.value)}</p>
    ${
      standing === null
        ? null
        : html`<p class="standing">
            <span aria-hidden="true">${standing.icon}</span> ${standing.text}
          </p> `
    }${changes}
  </li> `;
}

/**
 * Good or bad in a sign and in words, so that no colour has to be seen. Nothing is good of which some is
 * missing.
 */
function standingOf(
  { value }: Figure,
  concern: Tile['concern'],
  isComplete: boolean,
): { tone: string; icon: string; text: string } | null {
  if (concern === undefined || value === null) return null;
  if (value === 0) return isComplete ? { tone: 'good', icon: '✓', text: 'none' } : null;
  return { ...concern, icon: concern.tone === 'bad' ? '✕' : '!' };
}

function changeMarkup(figure: Figure, earlier: number | null, what: string): Markup | null {
  const change = changeFrom(earlier, figure);
  return change === null
    ? null
    : html`<p>
        <span aria-hidden="true">${ARROWS[change.direction]}</span> ${changeText(change)} ${what}
      </p> `;
}

/** `3 % up on`, to go before what it is compared with. */
function changeText({ direction, size }: Change): string {
  if (direction === 'same') return 'the same as';
  if (size === 'from 0') return 'up from none on';
  return size.endsWith('times') ? `${size} that of` : `${size} ${direction} on`;
}
