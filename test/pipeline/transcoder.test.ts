import { isUtf8 } from 'node:buffer';
import { sourceBytes, sourceLength } from '../../src/pipeline/encoding.ts';
import { Transcoder } from '../../src/pipeline/transcoder.ts';
import { expectSame } from '../support/expect-same.ts';
import fc from '../support/fast-check.ts';
import { everyCut, pieceLengths, splitBy } from '../support/splits.ts';

const ENCODINGS = ['utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const;
type Transcoded = (typeof ENCODINGS)[number];

function transcode(encoding: Transcoded, pieces: readonly Buffer[]): Buffer {
  const transcoder = new Transcoder(encoding);
  return Buffer.concat([...pieces.map((bytes) => transcoder.write(bytes)), transcoder.end()]);
}

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const escaped = (...bytes: number[]): Buffer =>
  Buffer.from(bytes.flatMap((byte) => [0xfe, 0x80 | (byte >> 4), 0x80 | (byte & 15)]));

/** Bytes among which surrogates, halves of pairs and C1 controls are as likely as text. */
const anyBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('a', ',\n', 'ü', '漢', '😀', '\ufeff', '\ufffd', '\0', '\ud83d', '\ude00')
        .map((text) => Buffer.from(text, 'utf16le')),
      fc.constantFrom('61', '00', 'd83d', 'de00', '81', '8d9d', '80', 'fe', 'ff').map(bytesOf),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

describe.each(ENCODINGS)('Transcoder of %s on any bytes', (encoding) => {
  it('gives text from which the bytes can be had again', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const utf8 = transcode(encoding, [bytes]);
        expectSame(sourceBytes(encoding, utf8).toString('hex'), bytes.toString('hex'));
        expectSame(sourceLength(encoding, utf8), bytes.length);
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives the same text whatever the pieces are that the bytes come in', () => {
    fc.assert(
      fc.property(anyBytes, pieceLengths, (bytes, lengths) => {
        const whole = transcode(encoding, [bytes]).toString('hex');
        expectSame(transcode(encoding, splitBy(bytes, lengths)).toString('hex'), whole);
        expectSame(transcode(encoding, splitBy(bytes, [1])).toString('hex'), whole);
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives valid UTF-8 but for escapes', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const text = transcode(encoding, [bytes]).toString('latin1');
        const rest = Buffer.from(text.replace(/\xfe[\x80-\x8f]{2}/g, ''), 'latin1');
        expectSame(isUtf8(rest), true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('Transcoder', () => {
  const text = 'a,"ü"\r\n1,ß\n';

  it.each<[Transcoded, string]>([
    ['utf-16le', 'a€漢😀\ufeff\ufffd\0'],
    ['utf-16be', 'a€漢😀\ufeff\ufffd\0'],
    ['windows-1252', '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ÿ'],
    ['iso-8859-1', '\x80\x81\x9f\xa0ÿ'],
  ])('reads the characters of %s', (encoding, characters) => {
    const bytes = sourceBytes(encoding, Buffer.from(characters));
    for (const pieces of everyCut(bytes)) {
      expect(transcode(encoding, pieces).toString()).toBe(characters);
    }
  });

  it('agrees with the decoders of Node', () => {
    const utf16 = Buffer.from(text, 'utf16le');
    expect(transcode('utf-16le', [utf16]).toString()).toBe(text);
    expect(transcode('utf-16be', [Buffer.from(utf16).swap16()]).toString()).toBe(text);
    const latin1 = Buffer.from(text, 'latin1');
    expect(transcode('iso-8859-1', [latin1]).toString()).toBe(text);
    expect(transcode('windows-1252', [latin1]).toString()).toBe(text);
  });

  it('has a character for each byte of windows-1252 but five', () => {
    const undecodable = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => !isUtf8(transcode('windows-1252', [Buffer.of(byte)])),
    );
    expect(undecodable).toEqual([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
  });

  it.each<[string, Transcoded, string, Buffer]>([
    ['a byte without a character', 'windows-1252', '61 81 62', escaped(0x81)],
    ['a first half of a pair', 'utf-16le', '61 00 3d d8 62 00', escaped(0x3d, 0xd8)],
    ['a first half of a pair', 'utf-16be', '00 61 d8 3d 00 62', escaped(0xd8, 0x3d)],
    ['a second half of a pair', 'utf-16le', '61 00 00 de 62 00', escaped(0x00, 0xde)],
    ['a second half of a pair', 'utf-16be', '00 61 de 00 00 62', escaped(0xde, 0x00)],
  ])('keeps %s in %s', (_, encoding, hex, escapes) => {
    const expected = Buffer.concat([Buffer.from('a'), escapes, Buffer.from('b')]);
    for (const pieces of everyCut(bytesOf(hex))) {
      expect(transcode(encoding, pieces).toString('hex')).toBe(expected.toString('hex'));
    }
  });

  it.each<[string, Transcoded, string, Buffer]>([
    ['half a unit', 'utf-16le', '61 00 62', escaped(0x62)],
    ['half a pair', 'utf-16be', '00 61 d8 3d', escaped(0xd8, 0x3d)],
    ['half a pair and half a unit', 'utf-16be', '00 61 d8 3d de', escaped(0xd8, 0x3d, 0xde)],
  ])('keeps %s at the end of %s', (_, encoding, hex, escapes) => {
    const expected = Buffer.concat([Buffer.from('a'), escapes]);
    for (const pieces of everyCut(bytesOf(hex))) {
      expect(transcode(encoding, pieces).toString('hex')).toBe(expected.toString('hex'));
    }
  });
});
