/** C0 and C1 controls, DEL, line separators, and the marks that turn the direction of text. */
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text of a file as one line: what would move the cursor of a terminal, change colours or hide
 * itself is shown as an escape. A file must not write to the terminal of who looks at it.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

/** Text cut to a number of characters; an ellipsis stands for what was cut. */
export function cutTo(width: number, text: string): string {
  if (text.length <= width) return text;
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
