const LEVELS = '▁▂▃▄▅▆▇█';

/** Numbers as bars, the largest the highest; the lowest bar is nothing, and only nothing. */
export function sparkline(values: readonly number[], columnsEach = 1): string {
  const largest = Math.max(0, ...values);
  return values.map((value) => barOf(value, largest).repeat(columnsEach)).join('');
}

function barOf(value: number, largest: number): string {
  const level = value === 0 ? 0 : Math.ceil((value / largest) * (LEVELS.length - 1));
  return LEVELS.charAt(level);
}
