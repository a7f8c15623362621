import { InvalidArgumentError } from 'commander';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const CHARACTER = /^[\x01-\x09\x0b\x0c\x0e-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]$/;

/**
 * Reads the name of a dataset.
 *
 * @throws InvalidArgumentError for a name that a contract cannot have
 */
export function parseName(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError('Give lower-case letters, digits and dashes.');
}

/**
 * Reads one character, such as a delimiter; `tab` stands for a tab, which shells make hard to type.
 *
 * @throws InvalidArgumentError for anything else
 */
export function parseCharacter(text: string): string {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  if (CHARACTER.test(character)) return character;
  throw new InvalidArgumentError('Give one ASCII character, no letter and no digit, or "tab".');
}

/** Stands for no quote. Commander does not let a parser return null. */
export const NO_QUOTE = 'none';

/**
 * Reads a quote, or `none`.
 *
 * @throws InvalidArgumentError for anything else
 */
export const parseQuote = (text: string): string =>
  text === NO_QUOTE ? NO_QUOTE : parseCharacter(text);
