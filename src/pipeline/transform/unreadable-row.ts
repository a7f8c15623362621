import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../../datasets/contract.ts';
import { RowCode } from '../../shared/error-codes.ts';
import { ESCAPED_BYTES, sourceBytes, sourceLength } from '../encoding.ts';
import type { RowProblem, SourceRecord } from '../formats/source-record.ts';

const REPLACEMENT = Buffer.from('\ufffd');

/**
 * Tells why the values of a record cannot be trusted: it holds a NUL, or bytes that are no text in the
 * file's encoding, or it could not be read. Null when they can.
 *
 * What the bytes are comes first, because it explains the rest: JSON with a NUL is not JSON either.
 */
export function unreadableRow(
  encoding: Encoding,
): (record: SourceRecord<unknown>) => RowProblem | null {
  return ({ problem, raw, offset }) => {
    const at = (position: number): number =>
      offset + sourceLength(encoding, raw.subarray(0, position));
    const nul = raw.indexOf(0);
    if (nul !== -1) {
      return { code: RowCode.NUL_BYTE, column: null, reason: `a NUL at byte ${at(nul)}` };
    }
    if (isUtf8(raw)) return problem;
    const position = firstInvalid(raw);
    const found = byteAt(encoding, raw, position).toString(16).padStart(2, '0').toUpperCase();
    const reason = `byte ${at(position)} (0x${found}) is not ${encoding.toUpperCase()}`;
    return { code: RowCode.INVALID_ENCODING, column: null, reason };
  };
}

/** The byte of the file that is no text at a position. */
const byteAt = (encoding: Encoding, raw: Buffer, position: number): number =>
  sourceBytes(encoding, raw.subarray(position, position + ESCAPED_BYTES))[0] ?? 0;

/** Where the first sequence starts that is not UTF-8; there must be one. */
function firstInvalid(raw: Buffer): number {
  const text = raw.toString('utf8');
  let position = 0;
  let start = 0;
  for (;;) {
    const replaced = text.indexOf('\ufffd', start);
    position += Buffer.byteLength(text.slice(start, replaced));
    // Everything up to here is valid, so that what stands here was either replaced or is the character.
    const end = position + REPLACEMENT.length;
    if (!raw.subarray(position, end).equals(REPLACEMENT)) return position;
    position = end;
    start = replaced + 1;
  }
}
