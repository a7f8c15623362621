import { StringDecoder } from 'node:string_decoder';
import { decompress, type Compression } from '../decompression.ts';
import { byteOrderMarkOf, sourceLength } from '../encoding.ts';
import type { Plan } from '../payload.ts';
import { Transcoder } from '../transcoder.ts';

/** A sample may expand a thousandfold; its beginning is evidence enough. */
const CONTENT_BYTES = 1024 * 1024;

/** The beginning of a file, decompressed. */
export interface SampleContent {
  readonly bytes: Buffer;
  /** Whether that is all of the file. */
  readonly isWhole: boolean;
}

/**
 * Decompresses a sample, but for what is beyond the first MiB.
 *
 * @param complete whether `sample` is the whole file as stored
 * @throws FileRejected as `decompress` does
 */
export async function sampleContent(
  sample: Buffer,
  compression: Compression,
  complete: boolean,
): Promise<SampleContent> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const bytes of decompress(asPieces(sample), compression, { isCut: !complete })) {
    pieces.push(bytes);
    length += bytes.length;
    if (length > CONTENT_BYTES) break;
  }
  const bytes = Buffer.concat(pieces).subarray(0, CONTENT_BYTES);
  return { bytes, isWhole: complete && length === bytes.length };
}

// eslint-disable-next-line @typescript-eslint/require-await -- what decompresses takes streams
async function* asPieces(sample: Buffer): AsyncGenerator<Buffer> {
  yield sample;
}

/** The beginning of a file as text, without its byte order mark. */
export class SampleText {
  readonly isWhole: boolean;
  /** As UTF-8; bytes that are no text are kept, see `Transcoder`. */
  readonly utf8: Buffer;
  /** Whole characters; what is no text has become U+FFFD. */
  readonly text: string;
  readonly #encoding: Plan['encoding'];
  readonly #firstOffset: number;

  constructor(
    { bytes, isWhole }: SampleContent,
    { encoding, byteOrderMark }: Pick<Plan, 'encoding' | 'byteOrderMark'>,
  ) {
    this.isWhole = isWhole;
    this.#encoding = encoding;
    this.#firstOffset = byteOrderMark ? byteOrderMarkOf(encoding).length : 0;
    this.utf8 = toUtf8(bytes.subarray(this.#firstOffset), encoding, isWhole);
    this.text = isWhole ? this.utf8.toString('utf8') : new StringDecoder('utf8').write(this.utf8);
  }

  /** Position in the decompressed file of a position in `utf8`. */
  offsetOf(position: number): number {
    return this.#firstOffset + sourceLength(this.#encoding, this.utf8.subarray(0, position));
  }

  /** Position in the decompressed file of the first character that is no white space. */
  startOffset(): number {
    const blanks = this.text.slice(0, this.text.length - this.text.trimStart().length);
    return this.offsetOf(Buffer.byteLength(blanks));
  }

  /** The lines that end within the sample, all of it if it is the whole file; empty if none does. */
  wholeLines(): string {
    if (this.isWhole) return this.text;
    // A CR at the very end may be half of a CRLF.
    const end = Math.max(this.text.lastIndexOf('\n'), this.text.slice(0, -1).lastIndexOf('\r'));
    return this.text.slice(0, end + 1);
  }
}

function toUtf8(bytes: Buffer, encoding: Plan['encoding'], isWhole: boolean): Buffer {
  if (encoding === 'utf-8') return bytes;
  const transcoder = new Transcoder(encoding);
  const utf8 = transcoder.write(bytes);
  return isWhole ? Buffer.concat([utf8, transcoder.end()]) : utf8;
}
