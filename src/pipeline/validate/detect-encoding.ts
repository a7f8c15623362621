import type { Encoding } from '../../datasets/contract.ts';
import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { byteOrderMarkOf, ESCAPE } from '../encoding.ts';
import type { Plan } from '../payload.ts';
import { Transcoder } from '../transcoder.ts';
import { hasManyControls } from './control-characters.ts';

const LF = 0x0a;
const MARKED_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be'] as const;
const UTF_32_MARKS = new Set(['fffe0000', '0000feff']);
/** In UTF-16 at least this share of the units are ASCII: digits, delimiters, line ends. */
const LEAST_ASCII_SHARE = 0.2;

export interface DetectedEncoding extends Pick<Plan, 'encoding' | 'byteOrderMark'> {
  /** Whether the contract's statement decided. */
  readonly isStated: boolean;
}

/**
 * Tells a file's encoding: by its byte order mark, which overrules what is stated as it does in the
 * WHATWG Encoding Standard, else as stated, else UTF-8.
 *
 * @param content the file's first bytes, decompressed
 * @param stated the encoding that the contract states
 * @throws FileRejected UNSUPPORTED_FORMAT for UTF-32; BINARY_CONTENT or INVALID_ENCODING where the
 * bytes plainly are in another encoding
 */
export function detectEncoding(content: Buffer, stated: Encoding | undefined): DetectedEncoding {
  if (UTF_32_MARKS.has(content.toString('hex', 0, 4))) {
    const reason = 'the content is UTF-32: its byte order mark is at byte 0';
    throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, reason);
  }
  const marked = MARKED_ENCODINGS.find((encoding) => {
    const mark = byteOrderMarkOf(encoding);
    return content.subarray(0, mark.length).equals(mark);
  });
  if (marked !== undefined) return { encoding: marked, byteOrderMark: true, isStated: false };
  requirePlausible(content, stated);
  return {
    encoding: stated ?? 'utf-8',
    byteOrderMark: false,
    isStated: stated !== undefined,
  };
}

/** NULs tell UTF-16 from all other encodings. */
function requirePlausible(content: Buffer, stated: Encoding | undefined): void {
  const likely = likelyUtf16(content);
  if (likely !== null && likely !== stated) {
    const statement = `state "encoding": "${likely}" in the "millrace" block of a contract`;
    const instead = stated === undefined ? statement : `the contract states "${stated}"`;
    const reason = `the content looks like ${likely.toUpperCase()} without a byte order mark: every other byte is a NUL, the first at byte ${content.indexOf(0)}; ${instead}`;
    throw new FileRejected(FileCode.BINARY_CONTENT, reason);
  }
  if (stated?.startsWith('utf-16') === true && content.length > 0 && !content.includes(0)) {
    const reason = `the contract states "${stated}", but no byte is a NUL, of which each delimiter and line end has one in UTF-16`;
    throw new FileRejected(FileCode.INVALID_ENCODING, reason);
  }
}

/**
 * The UTF-16 that bytes look like: NULs at every other byte, as ASCII has them, and no line feed but
 * as a character.
 */
function likelyUtf16(content: Buffer): 'utf-16le' | 'utf-16be' | null {
  const [even, odd] = countNuls(content);
  const asciiUnits = Math.max(even, odd);
  const isRare = asciiUnits < (content.length / 2) * LEAST_ASCII_SHARE;
  if (asciiUnits === 0 || isRare || asciiUnits < 10 * Math.min(even, odd)) return null;
  const encoding = odd > even ? 'utf-16le' : 'utf-16be';
  const text = new Transcoder(encoding).write(content);
  const isText = !text.includes(ESCAPE) && !hasManyControls(text);
  return isText && count(text, LF) === count(content, LF) ? encoding : null;
}

/** NULs at even and at odd positions. */
function countNuls(bytes: Buffer): [even: number, odd: number] {
  const counts: [number, number] = [0, 0];
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) {
    counts[at % 2 === 0 ? 0 : 1] += 1;
  }
  return counts;
}

function count(bytes: Buffer, wanted: number): number {
  return bytes.reduce((total, byte) => total + (byte === wanted ? 1 : 0), 0);
}
