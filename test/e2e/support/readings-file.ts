import type { RowCode } from '../../../src/shared/error-codes.ts';

/**
 * Length of a range in the deployment of the tests, see `deploy-app.ts`: the least there is, one block of the
 * content hash.
 */
export const RANGE_BYTES = 8 * 1024 * 1024;
/** Bad rows stand at most this far from the border of a range. */
const NEAR_BYTES = 600;

export interface BadRow {
  readonly row: number;
  readonly line: number;
  readonly offset: number;
  readonly code: RowCode;
}

export interface ReadingsFile {
  readonly body: Buffer;
  readonly rows: number;
  /** In the order of the file. */
  readonly badRows: readonly BadRow[];
}

/**
 * A CSV file of readings, of which a tenth has notes of several lines, with quotes and delimiters in
 * them. Around the borders of the ranges, rows have a field too few.
 */
export function readingsFile(size: number): ReadingsFile {
  const parts = ['id,device,note,value\r\n'];
  const badRows: BadRow[] = [];
  let [row, line, offset] = [0, 2, parts[0]!.length];
  while (offset < size) {
    row += 1;
    const isBad = isNearBorder(offset) && row % 2 === 0;
    const text = isBad ? `${row},"a field,\n too few"\r\n` : reading(row);
    if (isBad) badRows.push({ row, line, offset, code: 'TOO_FEW_FIELDS' });
    parts.push(text);
    offset += Buffer.byteLength(text);
    line += text.split('\n').length - 1;
  }
  return { body: Buffer.from(parts.join('')), rows: row, badRows };
}

function isNearBorder(offset: number): boolean {
  const behind = offset % RANGE_BYTES;
  return offset > RANGE_BYTES / 2 && (behind < NEAR_BYTES || behind > RANGE_BYTES - NEAR_BYTES);
}

function reading(row: number): string {
  const device = `device-${(row * 7_919) % 1_000}`;
  const value = ((row * 31_337) % 100_003) / 100;
  const note =
    row % 10 === 0
      ? `"line one of ${row},\nline ""two"" — größer\r\n\nand an end, ${'x'.repeat(row % 40)}"`
      : `note ${(row * 104_729) % 1_000_003} of a length as notes have ${'y'.repeat(row % 60)}`;
  return `${row},${device},${note},${value}\r\n`;
}
