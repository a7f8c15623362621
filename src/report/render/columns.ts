import { printable } from '../../shared/printable.ts';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Blocks of East Asian wide and fullwidth characters (Unicode Standard Annex 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
/** Nothing but marks and joiners. */
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u;
/** Characters that are all one column wide. */
const NARROW = /^[\x20-\x7e]*$/;

/** Text of a file as one line of well-formed Unicode without controls. */
export const oneLine = (text: string): string => printable(text.toWellFormed());

const graphemes = (text: string): string[] =>
  Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);

function columnsOf(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) || EMOJI.test(grapheme) ? 2 : 1;
}

/** Columns that a line takes in a fixed-width font. */
export const columnWidth = (text: string): number =>
  NARROW.test(text)
    ? text.length
    : graphemes(text).reduce((width, grapheme) => width + columnsOf(grapheme), 0);

/** Text cut to a number of columns in the middle, so that its beginning and its end stay. */
export function cutMiddle(width: number, text: string): string {
  if (columnWidth(text) <= width) return text;
  const characters = graphemes(text);
  const tail = Math.floor((width - 1) / 2);
  const head = width - 1 - tail;
  return `${fitting(characters, head).join('')}…${fitting(characters.reverse(), tail).reverse().join('')}`;
}

/** Text filled with spaces to a number of columns, before or after it. */
export function pad(width: number, text: string, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - columnWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

/** The first characters that fit. */
function fitting(characters: readonly string[], width: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => (used += columnsOf(character)) > width);
  return characters.slice(0, end === -1 ? undefined : end);
}
