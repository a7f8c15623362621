import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Encoding } from '../../../src/datasets/contract.ts';
import {
  rejectCompressedTwice,
  rejectForeign,
  requireText,
} from '../../../src/pipeline/validate/foreign-content.ts';
import { SampleText } from '../../../src/pipeline/validate/sample-text.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';

const textOf = (bytes: Buffer, encoding: Encoding = 'utf-8'): SampleText =>
  new SampleText({ bytes, isWhole: true }, { encoding, byteOrderMark: false });

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('rejectForeign', () => {
  const tar = Buffer.alloc(1_024);
  tar.write('orders.csv');
  tar.write('ustar', 257);

  it.each<[string, Buffer, number?]>([
    ['a zip archive or an Office document', latin1('PK\x03\x04\x14\0\0\0')],
    ['an empty zip archive', latin1('PK\x05\x06\0\0')],
    ['an old Office document', Buffer.from('d0cf11e0a1b11ae10000', 'hex')],
    ['a 7z archive', Buffer.from('377abcaf271c0004', 'hex')],
    ['a rar archive', latin1('Rar!\x1a\x07\x01\0')],
    ['a tar archive', tar, 257],
    ['a bzip2 archive', latin1('BZh91AY&SY\xff\x00')],
    ['an xz archive', latin1('\xfd7zXZ\0\0')],
    ['an lz4 archive', Buffer.from('04224d186440a7', 'hex')],
    ['a Parquet file', latin1('PAR1\x15\x04\x15\0')],
    ['an Avro file', latin1('Obj\x01\x04\0')],
    ['an ORC file', latin1('ORC\x11\0\0')],
    ['an Arrow file', latin1('ARROW1\0\0\xff\xff\xff\xff')],
    ['an SQLite database', latin1('SQLite format 3\0\x10\0')],
    ['a PDF document', latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')],
    ['a PNG image', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['a JPEG image', latin1('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['a GIF image', latin1('GIF89a\x01\0\x01\0')],
    ['a TIFF image', latin1('II*\0\x08\0\0\0')],
    ['a TIFF image', latin1('MM\0*\0\0\0\x08')],
    ['a WebP image', latin1('RIFF\x24\0\0\0WEBPVP8 '), 8],
  ])('refuses %s and says where it shows', (name, bytes, offset = 0) => {
    const reject = () => rejectForeign(bytes, textOf(bytes));
    expect(reject).toThrow(rejection('UNSUPPORTED_FORMAT'));
    expect(reject).toThrow(`the content is ${name}: its signature is at byte ${offset}`);
  });

  it.each<[string, Encoding]>([
    ['GIF87,a\n1,2\n', 'utf-8'],
    ['PAR1,ü\n', 'utf-8'],
    ['ORC;größe\n', 'windows-1252'],
    ['BZh;preis €\n', 'windows-1252'],
  ])('takes text that starts with the letters of a signature: %j in %s', (text, encoding) => {
    const bytes = encoding === 'utf-8' ? Buffer.from(text) : latin1(text.replace('€', '\x80'));
    expect(() => rejectForeign(bytes, textOf(bytes, encoding))).not.toThrow();
  });
});

describe('rejectCompressedTwice', () => {
  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('refuses %s in compressed data and names it', (inner, compress) => {
    for (const outer of ['gzip', 'zstd'] as const) {
      const reject = () => rejectCompressedTwice(outer, compress('a,b\n'));
      expect(reject).toThrow(rejection('UNSUPPORTED_FORMAT'));
      expect(reject).toThrow('the file is compressed twice: byte 0 of what the ');
      expect(reject).toThrow(`${outer} data holds starts ${inner} data`);
    }
  });

  it('takes text in compressed data, and compressed data', () => {
    expect(() => rejectCompressedTwice('gzip', Buffer.from('a,b\n'))).not.toThrow();
    expect(() => rejectCompressedTwice('none', gzipSync('a,b\n'))).not.toThrow();
  });
});

describe('requireText', () => {
  const require = (bytes: Buffer, encoding?: Encoding) => () =>
    requireText(textOf(bytes, encoding));

  it.each<[string, Buffer]>([
    ['random bytes', randomBytes(10_000)],
    ['NULs only', Buffer.alloc(1_000)],
    ['a few bytes of an unknown format', Buffer.from('789c4b040000620062', 'hex')],
    ['text in which every tenth byte is a NUL', Buffer.from('123456,,\n\0'.repeat(20))],
  ])('rejects %s', (_, bytes) => {
    expect(require(bytes)).toThrow(rejection('BINARY_CONTENT'));
  });

  it('rejects random bytes in an encoding in which every byte is text', () => {
    expect(require(randomBytes(10_000), 'iso-8859-1')).toThrow(rejection('BINARY_CONTENT'));
  });

  it('says what it found, and where', () => {
    const bytes = Buffer.concat([Buffer.from('ab\n'), Buffer.alloc(20, 2)]);
    expect(require(bytes)).toThrow(
      'the content is no text: 20 of its first 23 bytes are control characters, the first (0x02) at byte 3',
    );
    const utf16 = Buffer.from('ab\n'.concat('\x02'.repeat(20)), 'utf16le');
    expect(require(utf16, 'utf-16le')).toThrow('its first 46 bytes');
    expect(require(utf16, 'utf-16le')).toThrow('the first (0x02) at byte 6');
  });

  it.each<[string, Buffer]>([
    ['a NUL in a short text', Buffer.from('a,b\n1,\0\n')],
    ['eight NULs in a short text', Buffer.from('a,b\n1,\0\n'.repeat(8))],
    ['a NUL in a hundred rows', Buffer.from(`${'12345,67890\n'.repeat(100)}1,\0\n`)],
    ['a NUL and Latin-1 in a hundred rows', latin1(`${'12345,é\n'.repeat(100)}1,\0\n`)],
    ['every kind of white space, and ESC', Buffer.from('a\tb\v\f\r\n\x1b[31m'.repeat(50))],
    ['Latin-1', latin1('größe,straße\n'.repeat(50))],
  ])('takes %s', (_, bytes) => {
    expect(require(bytes)).not.toThrow();
  });

  it('takes any printable text in any encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(require(Buffer.from(text))).not.toThrow();
        expect(require(Buffer.from(text, 'utf16le'), 'utf-16le')).not.toThrow();
      }),
    );
  });
});
