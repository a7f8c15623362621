import { scaleLinear } from 'd3-scale';
import { html, type Markup } from '../markup.ts';
import { percent } from './percent.ts';

/**
 * A bar in a table's cell, as long as its part of the whole. It says what the numbers beside it say
 * and is hidden from who hears the page.
 */
export function shareBar(part: number, whole: number): Markup {
  const width = scaleLinear([0, whole > 0 ? whole : 1], [0, 100]).clamp(true);
  return html`<svg class="share" aria-hidden="true" width="100%" height="10">
    <rect class="track" width="100%" height="10" />
    <rect class="accent" width="${percent(width(part))}" height="10" />
  </svg>`;
}

/** A figure's three values as bars: the day full, the day before and the week's mean as outlines. */
export function comparisonBars(values: readonly (number | null)[]): Markup | null {
  const known = values.filter((value) => value !== null);
  if (known.length < 2 || known.some((value) => value < 0)) return null;
  const width = scaleLinear([0, Math.max(...known)], [0, 100]).unknown(0);
  const bar = (value: number | null, index: number): Markup | null =>
    value === null || Math.max(...known) === 0
      ? null
      : html`<rect
          class="${index === 0 ? 'accent' : 'earlier'}"
          y="${index * 7}"
          width="${percent(width(value))}"
          height="5"
        />`;
  return html`<svg class="share" aria-hidden="true" width="100%" height="19">
    ${values.map(bar)}
  </svg>`;
}
