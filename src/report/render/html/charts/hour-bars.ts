import { scaleBand, scaleLinear, type ScaleLinear } from 'd3-scale';
import { formatCount, formatHour } from '../../format.ts';
import { html, type Markup } from '../markup.ts';
import { percent } from './percent.ts';

const HEIGHT = 150;
/** Above the bars, for the greatest one's label. */
const HEADROOM = 18;
/** Below the bars, for the hours. */
const FOOTROOM = 20;
const FLOOR = HEIGHT - FOOTROOM;

export interface HourBar {
  readonly hour: number;
  /** Null where the hour could not be counted. */
  readonly count: number | null;
}

export interface HourBarsProps {
  /** Starts the ids in the chart. */
  readonly id: string;
  readonly title: string;
  readonly bars: readonly HourBar[];
  /** What a bar counts: `1 file`, `no files`. */
  readonly counted: (count: number) => string;
  readonly tone: 'accent' | 'bad';
}

/** Where things stand in the chart: hours along its width, counts along its height in pixels. */
interface Scales {
  readonly left: (hour: number) => string;
  readonly middle: (hour: number) => string;
  readonly width: string;
  readonly height: ScaleLinear<number, number>;
}

/** Counts by hour of the day as bars; hours that were not counted are hatched. */
export function hourBars(props: HourBarsProps): Markup {
  const { id, title, bars, counted } = props;
  const greatest = bars.reduce((best, bar) => ((bar.count ?? 0) > (best.count ?? 0) ? bar : best));
  const scales = scalesOf(bars, greatest.count ?? 0);
  return html`<svg
    class="plot"
    role="img"
    aria-labelledby="${id}-title ${id}-text"
    width="100%"
    height="${HEIGHT}"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-text">${descriptionOf(bars, greatest, counted)}</desc>
    ${hatchOf(id, bars)}${axesOf(bars, scales)}${bars.map((bar) => barOf(bar, props, scales))}${greatestMark(greatest, scales)}
  </svg>`;
}

function scalesOf(bars: readonly HourBar[], greatest: number): Scales {
  const hours = scaleBand(
    bars.map(({ hour }) => hour),
    [0, 100],
  ).padding(0.18);
  return {
    left: (hour) => percent(hours(hour) ?? 0),
    middle: (hour) => percent((hours(hour) ?? 0) + hours.bandwidth() / 2),
    width: percent(hours.bandwidth()),
    height: scaleLinear([0, Math.max(1, greatest)], [FLOOR, HEADROOM]),
  };
}

function barOf(
  { hour, count }: HourBar,
  { id, counted, tone }: HourBarsProps,
  { left, width, height }: Scales,
): Markup {
  const look = count === null ? html`fill="url(#${id}-hatch)"` : html`class="${tone}"`;
  const top = count === null ? HEADROOM : Math.min(height(count), count > 0 ? FLOOR - 1.5 : FLOOR);
  const said = `${formatHour(hour)}: ${count === null ? 'not counted' : counted(count)}`;
  return html`<rect
    ${look}
    x="${left(hour)}"
    y="${pixels(top)}"
    width="${width}"
    height="${pixels(FLOOR - top)}"
    ><title>${said}</title></rect
  > `;
}

/** Lines at round counts, and every third hour. */
function axesOf(bars: readonly HourBar[], { middle, height }: Scales): Markup {
  const ticks = height.ticks(3).filter(Number.isInteger);
  const hours = bars.map(({ hour }) => hour).filter((hour) => hour % 3 === 0);
  return html`${ticks.map(
    (tick) =>
      html`<line
          class="grid"
          x1="0"
          x2="100%"
          y1="${pixels(height(tick))}"
          y2="${pixels(height(tick))}"
        /><text class="tick" x="-8" y="${pixels(height(tick) + 4)}" text-anchor="end"
          >${shortCount(tick)}</text
        > `,
  )}${hours.map(
    (hour) =>
      html`<text class="tick" x="${middle(hour)}" y="${HEIGHT - 4}" text-anchor="middle"
        >${String(hour).padStart(2, '0')}</text
      > `,
  )}`;
}

/** The greatest count above its bar. */
const greatestMark = ({ hour, count }: HourBar, { middle }: Scales): Markup | null =>
  count
    ? html`<text class="mark" x="${middle(hour)}" y="${HEADROOM - 5}" text-anchor="middle"
        >${formatCount(count)}</text
      >`
    : null;

const pixels = (value: number): string => String(Number(value.toFixed(1)));

function descriptionOf(
  bars: readonly HourBar[],
  greatest: HourBar,
  counted: HourBarsProps['counted'],
): string {
  const uncounted = bars.filter(({ count }) => count === null).map(({ hour }) => formatHour(hour));
  const gaps = uncounted.length === 0 ? '' : ` Not counted: ${uncounted.join(', ')}.`;
  const most = greatest.count ?? 0;
  const peak =
    most === 0 ? 'Nothing in any hour.' : `Most at ${formatHour(greatest.hour)}: ${counted(most)}.`;
  return `${peak}${gaps} The table below has every hour.`;
}

const hatchOf = (id: string, bars: readonly HourBar[]): Markup | null =>
  bars.some(({ count }) => count === null)
    ? html`<defs
        ><pattern
          id="${id}-hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
          ><line class="hatch" x1="0" x2="0" y1="0" y2="6" /></pattern
      ></defs> `
    : null;

/** A count for an axis: `20`, `1.5k`, `2M`. */
const shortCount = (count: number): string =>
  count
    .toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 })
    .replace('K', 'k')
    .replace('B', ' bn')
    .replace('T', ' tn');
