import type { FieldType } from './candidates.ts';

/** Words for true and false, in lower case. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
  ['on', 'off'],
  ['ja', 'nein'],
  ['j', 'n'],
  ['ja', 'nee'],
  ['ja', 'nej'],
  ['oui', 'non'],
  ['si', 'no'],
  ['sí', 'no'],
  ['sim', 'não'],
  ['wahr', 'falsch'],
  ['vrai', 'faux'],
];
/** Spellings that a boolean field takes unless it states others. */
const DEFAULT_WORDS: ReadonlySet<string> = new Set([
  'true',
  'True',
  'TRUE',
  'false',
  'False',
  'FALSE',
]);

/**
 * A boolean field for a column that holds nothing but one pair of words; null for any other column.
 * Both words must occur: a column of `N` alone may as well hold points of the compass.
 */
export function booleanOf(words: ReadonlySet<string>): FieldType | null {
  if (words.size === 0) return null;
  if ([...words].every((word) => DEFAULT_WORDS.has(word))) return { type: 'boolean' };
  for (const [yes, no] of PAIRS) {
    const trueValues = [...words].filter((word) => word.toLowerCase() === yes);
    const falseValues = [...words].filter((word) => word.toLowerCase() === no);
    const isPair = trueValues.length + falseValues.length === words.size;
    if (isPair && trueValues.length > 0 && falseValues.length > 0) {
      return { type: 'boolean', trueValues, falseValues };
    }
  }
  return null;
}
