import { printable } from '../../shared/printable.ts';

/** What is drawn above another character. */
const WITHOUT_WIDTH = /[\p{M}\u200b-\u200d\u2060]/u;
/** East Asian wide characters and emoji take two columns. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a text takes in a terminal. */
export function columnsOf(text: string): number {
  return Array.from(text).reduce((columns, character) => columns + widthOf(character), 0);
}

/**
 * Text that takes exactly so many columns, whatever is in it: cut with an ellipsis, or filled with
 * spaces. What a terminal would obey is shown as an escape.
 */
export function fit(width: number, text: string, align: 'left' | 'right' = 'left'): string {
  const shown = cutToColumns(width, printable(text));
  const fill = ' '.repeat(Math.max(0, width - columnsOf(shown)));
  return align === 'left' ? shown + fill : fill + shown;
}

function cutToColumns(width: number, text: string): string {
  if (columnsOf(text) <= width) return text;
  let kept = '';
  let columns = 0;
  for (const character of text) {
    columns += widthOf(character);
    if (columns > width - 1) break;
    kept += character;
  }
  return width < 1 ? '' : `${kept}…`;
}

function widthOf(character: string): number {
  if (WITHOUT_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
