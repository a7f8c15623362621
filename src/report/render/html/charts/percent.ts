/**
 * A place or length along the width of a chart. Charts are as wide as the page lets them be, and
 * their text keeps its size, because only their heights are in pixels.
 */
export const percent = (value: number): string => `${Number(value.toFixed(2))}%`;
