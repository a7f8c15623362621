import type { FileFormat, Plan } from '../payload.ts';

/** Formats whose records can be found from the middle of a file on. */
export type SplittableFormat = Exclude<FileFormat, { type: 'json-array' }>;

/**
 * The format of a file that can be read in parallel; null for one that is read in one piece: a JSON
 * array, a compressed file, and UTF-16, where a byte that looks like a line feed may be half of a
 * character.
 */
export function splittableFormat({
  format,
  compression,
  encoding,
}: Pick<Plan, 'format' | 'compression' | 'encoding'>): SplittableFormat | null {
  if (format.type === 'json-array' || compression !== 'none') return null;
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? null : format;
}
