import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../../datasets/contract.ts';
import { RowCode } from '../../shared/error-codes.ts';
import { sourceLength } from '../encoding.ts';
import type { RowProblem, SourceRecord } from '../formats/source-record.ts';

/**
 * Tells why the values of a record cannot be trusted: it could not be read, holds a NUL, or holds
 * bytes that are no text in the file's encoding. Null when they can.
 */
export function unreadableRow(
  encoding: Encoding,
): (record: SourceRecord<unknown>) => RowProblem | null {
  return ({ problem, raw, offset }) => {
    if (problem !== null) return problem;
    const at = (position: number): number =>
      offset + sourceLength(encoding, raw.subarray(0, position));
    const nul = raw.indexOf(0);
    if (nul !== -1) {
      return { code: RowCode.NUL_BYTE, column: null, reason: `a NUL at byte ${at(nul)}` };
    }
    if (isUtf8(raw)) return null;
    const reason = `byte ${at(firstInvalid(raw))} is not ${encoding.toUpperCase()}`;
    return { code: RowCode.INVALID_ENCODING, column: null, reason };
  };
}

/** Position of the first byte that does not continue valid UTF-8. */
function firstInvalid(raw: Buffer): number {
  let valid = 0;
  let invalid = raw.length;
  // Halves the search: a prefix is valid up to the last character that it may cut.
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >>> 1;
    if (isValidPrefix(raw.subarray(0, middle))) valid = middle;
    else invalid = middle - 1;
  }
  return valid;
}

/** Whether bytes are valid UTF-8 but for a character cut at their end. */
function isValidPrefix(bytes: Buffer): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
