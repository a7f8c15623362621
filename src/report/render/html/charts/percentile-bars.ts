import { scaleLinear } from 'd3-scale';
import type { DatasetReport } from '../../../report.ts';
import { formatNumber } from '../../format.ts';
import { html, type Markup } from '../markup.ts';
import { percent } from './percent.ts';

type Measure = DatasetReport['measures'][number];

const ROW_HEIGHT = 22;

/** A measure's percentiles as bars from zero; null where none is known. */
export function percentileBars(id: string, { column, p50, p95, p99 }: Measure): Markup | null {
  const bars = [
    ['half up to', p50],
    ['95 % up to', p95],
    ['99 % up to', p99],
  ] as const;
  const known = bars.map(([, value]) => value).filter((value) => value !== null);
  if (known.length === 0) return null;
  const place = scaleLinear([Math.min(0, ...known), Math.max(0, ...known)], [0, 100]).unknown(0);
  const bar = (value: number, y: number): Markup => {
    const [from, to] = [place(Math.min(0, value)), place(Math.max(0, value))];
    return html`<rect
      class="accent"
      x="${percent(from)}"
      y="${y + 5}"
      width="${percent(to - from)}"
      height="12"
    />`;
  };
  return html`<svg
    class="plot labelled percentiles"
    role="img"
    aria-labelledby="${id}-title ${id}-text"
    width="100%"
    height="${bars.length * ROW_HEIGHT}"
  >
    <title id="${id}-title">Percentiles of ${column}</title>
    <desc id="${id}-text">
      ${bars.map(([label, value]) => `${label} ${formatNumber(value)}`).join(', ')}.
    </desc>
    ${bars.map(([label, value], index) => {
      const y = index * ROW_HEIGHT;
      return html`<text class="label" x="-12" y="${y + 15}" text-anchor="end">${label}</text
        ><rect
          class="track"
          y="${y + 5}"
          width="100%"
          height="12"
        />${value === null ? null : bar(value, y)}<text class="value" x="100%" dx="12" y="${y + 15}"
          >${formatNumber(value)}</text
        > `;
    })}
  </svg>`;
}
