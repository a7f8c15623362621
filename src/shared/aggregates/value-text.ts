import { hash } from 'node:crypto';

/** A value as it is counted: text, or null for no value. */
export type CountedValue = string | null;

/** Longer texts are cut, in UTF-16 code units. */
export const LONGEST_VALUE = 128;
/** What is kept of a longer text, before the mark and the hash that tell it from others. */
const KEPT = 100;
const HASH_DIGITS = 8;

/**
 * What a value of a record, given as JSON text, is counted as: a string by its characters, null as no
 * value, everything else by its JSON text, so that `1` and `"1"` are one value, `1` and `1.0` are two.
 */
export function valueOfJson(json: string): CountedValue {
  if (json === 'null') return null;
  return boundedText(json.startsWith('"') ? (JSON.parse(json) as string) : json);
}

/** The text itself, or of a long one the start, `…` and eight digits of its SHA-256. */
export function boundedText(text: string): string {
  if (text.length <= LONGEST_VALUE) return text;
  const digits = hash('sha256', text).slice(0, HASH_DIGITS);
  return `${text.slice(0, isHighSurrogate(text, KEPT - 1) ? KEPT - 1 : KEPT)}…${digits}`;
}

/** The order of values: null first, then texts by their UTF-16 code units. */
export function compareValues(a: CountedValue, b: CountedValue): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}
