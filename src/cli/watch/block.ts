import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

/** Between blocks that stand next to each other. */
export const GAP = '  ';

/** Lines that each take exactly the block's columns, colours aside. */
export interface Block {
  readonly width: number;
  readonly lines: readonly string[];
}

/** Puts blocks next to each other; the lines are as many as the longest has. */
export function beside(blocks: readonly Block[]): string[] {
  const height = Math.max(...blocks.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    blocks.map(({ width, lines }) => lines[row] ?? ' '.repeat(width)).join(GAP),
  );
}

/** Columns that are left for the last of several blocks. */
export const widthLeft = (width: number, ...taken: readonly number[]): number =>
  Math.max(0, width - taken.reduce((sum, columns) => sum + columns + GAP.length, 0));

/** A line in a style, where the terminal shows styles. */
export const styled = (style: Style | undefined, line: string): string =>
  style === undefined ? line : styleText(style, line);
