import { columnWidth, cutMiddle, pad } from '../columns.ts';

/** Columns of a line at most: what mail programs show without wrapping. */
export const LINE_WIDTH = 80;

/** A title and the lines below it; empty lines stand around it. */
export const section = (title: string, lines: readonly string[]): string[] => [
  '',
  title.toUpperCase(),
  ...lines,
];

/** Text in lines of at most 80 columns; lines after the first are indented deeper. A percent sign stays with its number. */
export function wrap(text: string, indent = '', hanging = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  let isEmpty = true;
  for (const word of text.split(/ (?!%)/)) {
    const fitted = cutMiddle(LINE_WIDTH - hanging.length, word);
    if (!isEmpty && columnWidth(line) + 1 + columnWidth(fitted) > LINE_WIDTH) {
      lines.push(line.trimEnd());
      line = hanging + fitted;
    } else {
      line += isEmpty ? fitted : ` ${fitted}`;
    }
    isEmpty = false;
  }
  return [...lines, line.trimEnd()];
}

/** An item of a list. */
export const item = (text: string, indent = ''): string[] =>
  wrap(text, `${indent}- `, `${indent}  `);

/** Rows of cells in columns: the first aligned left, the rest right. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((cells) => columnWidth(cells[index] ?? ''))),
  );
  return rows.map((cells) =>
    cells
      .map((cell, index) => pad(widths[index] ?? 0, cell, index === 0 ? 'left' : 'right'))
      .join('  ')
      .trimEnd(),
  );
}
