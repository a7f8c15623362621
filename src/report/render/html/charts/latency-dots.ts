import { scaleLog } from 'd3-scale';
import type { Figure } from '../../../report.ts';
import { formatSeconds } from '../../format.ts';
import { html, type Markup } from '../markup.ts';
import { percent } from './percent.ts';

const ROW_HEIGHT = 30;
const FOOTROOM = 22;
/** Where the axis may begin, end and be labelled, in seconds. */
const STOPS = [0.01, 0.1, 1, 10, 60, 600, 3_600, 36_000, 360_000, 3_600_000];

export interface LatencyRow {
  readonly label: string;
  readonly figure: Figure;
}

/**
 * Seconds on a logarithmic axis: a filled dot for the day, a ring for the day before, a diamond for
 * the week's mean. Null where no time is known.
 */
export function latencyDots(rows: readonly LatencyRow[]): Markup | null {
  const known = rows.flatMap(({ figure }) => valuesOf(figure)).filter((value) => value !== null);
  if (known.length === 0) return null;
  const stops = stopsAround(known.map(clamped));
  const place = scaleLog([stops[0] ?? 1, stops.at(-1) ?? 10], [0, 100]);
  const floor = rows.length * ROW_HEIGHT;
  const at = (seconds: number): string => percent(place(clamped(seconds)));
  return html`<svg
    class="plot labelled"
    role="img"
    aria-labelledby="latency-title latency-text"
    width="100%"
    height="${floor + FOOTROOM}"
  >
    <title id="latency-title">Time from arrival to notification</title>
    <desc id="latency-text">
      ${rows.map(({ label, figure }) => `${label}: ${formatSeconds(figure.value)}`).join('. ')}. The
      table of all figures has the day before and the week.
    </desc>
    ${stops.map(
      (stop) =>
        html`<line class="grid" x1="${at(stop)}" x2="${at(stop)}" y1="0" y2="${floor}" /><text
            class="tick"
            x="${at(stop)}"
            y="${floor + 16}"
            text-anchor="middle"
            >${formatSeconds(stop)}</text
          > `,
    )}${rows.map((row, index) => dotsOf(row, (index + 0.5) * ROW_HEIGHT, at))}
  </svg>`;
}

function dotsOf({ label, figure }: LatencyRow, y: number, at: (seconds: number) => string): Markup {
  const { value, dayBefore, weekMean } = figure;
  return html`<text class="label" x="-12" y="${y + 4}" text-anchor="end">${label}</text> ${
      weekMean === null
        ? null
        : html`<svg class="over" x="${at(weekMean)}" y="${y}" width="1" height="1">
            <path class="ring" d="M0-6L6 0L0 6L-6 0Z">
              <title>Mean of the week: ${formatSeconds(weekMean)}</title>
            </path>
          </svg> `
    }${
      dayBefore === null
        ? null
        : html`<circle class="ring" cx="${at(dayBefore)}" cy="${y}" r="5"
            ><title>Day before: ${formatSeconds(dayBefore)}</title></circle
          > `
    }${
      value === null
        ? null
        : html`<circle class="accent" cx="${at(value)}" cy="${y}" r="6"
            ><title>The day: ${formatSeconds(value)}</title></circle
          > `
    }`;
}

const valuesOf = ({ value, dayBefore, weekMean }: Figure): (number | null)[] => [
  value,
  dayBefore,
  weekMean,
];

const clamped = (seconds: number): number =>
  Math.min(Math.max(seconds, STOPS[0] ?? 0), STOPS.at(-1) ?? Infinity);

/** The stops from the last at or below the least value to the first at or above the greatest. */
function stopsAround(seconds: readonly number[]): number[] {
  const least = Math.min(...seconds);
  const most = Math.max(...seconds);
  const first = Math.min(
    STOPS.findLastIndex((stop) => stop <= least),
    STOPS.length - 2,
  );
  const last = Math.max(
    STOPS.findIndex((stop) => stop >= most),
    first + 1,
  );
  return STOPS.slice(first, last + 1);
}
