import { FileCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { compressionOf, type Compression } from '../decompression.ts';
import { countControls, hasManyControls, isControl } from './control-characters.ts';
import type { SampleText } from './sample-text.ts';

/** So many may be stray ones in the good text of a small file. */
const FEW_CONTROLS = 8;

/** What starts a file of a format that Millrace does not read, so that the reason can name it. */
const FOREIGN_FORMATS: readonly (readonly [name: string, offset: number, signature: Buffer])[] = [
  ['a zip archive or an Office document', 0, Buffer.from('PK\x03\x04')],
  ['an empty zip archive', 0, Buffer.from('PK\x05\x06')],
  ['an old Office document', 0, Buffer.from('d0cf11e0a1b11ae1', 'hex')],
  ['a 7z archive', 0, Buffer.from('377abcaf271c', 'hex')],
  ['a rar archive', 0, Buffer.from('Rar!\x1a\x07')],
  ['a tar archive', 257, Buffer.from('ustar')],
  ['a bzip2 archive', 0, Buffer.from('BZh')],
  ['an xz archive', 0, Buffer.from('\xfd7zXZ\0', 'latin1')],
  ['an lz4 archive', 0, Buffer.from('04224d18', 'hex')],
  ['a Parquet file', 0, Buffer.from('PAR1')],
  ['an Avro file', 0, Buffer.from('Obj\x01')],
  ['an ORC file', 0, Buffer.from('ORC')],
  ['an Arrow file', 0, Buffer.from('ARROW1\0\0')],
  ['an SQLite database', 0, Buffer.from('SQLite format 3\0')],
  ['a PDF document', 0, Buffer.from('%PDF-')],
  ['a PNG image', 0, Buffer.from('\x89PNG', 'latin1')],
  ['a JPEG image', 0, Buffer.from('ffd8ff', 'hex')],
  ['a GIF image', 0, Buffer.from('GIF8')],
  ['a TIFF image', 0, Buffer.from('II*\0')],
  ['a TIFF image', 0, Buffer.from('MM\0*')],
  ['a WebP image', 8, Buffer.from('WEBP')],
];

/**
 * Rejects a file whose beginning is that of a known format which is not read. A text may start with the
 * letters of a signature; only one with bytes that text does not have is foreign.
 *
 * @param content the file's first bytes, decompressed
 * @throws FileRejected UNSUPPORTED_FORMAT
 */
export function rejectForeign(content: Buffer, text: SampleText): void {
  const [name, offset] =
    FOREIGN_FORMATS.find(([, at, signature]) =>
      content.subarray(at, at + signature.length).equals(signature),
    ) ?? [];
  if (name === undefined || (isDecodable(text) && firstControl(text.utf8) === -1)) return;
  const reason = `the content is ${name}: its signature is at byte ${offset}`;
  throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, reason);
}

/** @throws FileRejected UNSUPPORTED_FORMAT for compressed data in compressed data */
export function rejectCompressedTwice(compression: Compression, content: Buffer): void {
  const inner = compressionOf(content);
  if (compression === 'none' || inner === 'none') return;
  const reason = `the file is compressed twice: byte 0 of what the ${compression} data holds starts ${inner} data`;
  throw new FileRejected(FileCode.UNSUPPORTED_FORMAT, reason);
}

/**
 * Rejects what is no text by evidence: too many control characters, or too many for a small file whose
 * bytes are not all text either. A few stray ones are left to their rows.
 *
 * @throws FileRejected BINARY_CONTENT
 */
export function requireText(text: SampleText): void {
  const { utf8 } = text;
  if (!hasManyControls(utf8)) return;
  const controls = countControls(utf8);
  if (controls <= FEW_CONTROLS && isDecodable(text)) return;
  const first = firstControl(utf8);
  const shown = `0x${(utf8[first] ?? 0).toString(16).padStart(2, '0')}`;
  const reason = `the content is no text: ${controls} of its first ${text.offsetOf(utf8.length)} bytes are control characters, the first (${shown}) at byte ${text.offsetOf(first)}`;
  throw new FileRejected(FileCode.BINARY_CONTENT, reason);
}

const isDecodable = ({ text }: SampleText): boolean => !text.includes('\ufffd');

/** Position of the first control character; -1 where there is none. */
const firstControl = (utf8: Buffer): number => utf8.findIndex(isControl);
