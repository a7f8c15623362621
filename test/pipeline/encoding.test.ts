import { byteOrderMarkOf, sourceBytes, sourceLength } from '../../src/pipeline/encoding.ts';
import { ENCODINGS, type Encoding } from '../../src/datasets/contract.ts';

const text = Buffer.from('abü€漢😀\n');
const withEscape = Buffer.concat([
  Buffer.from('aü'),
  Buffer.of(0xfe, 0x88, 0x81),
  Buffer.from('b'),
]);

describe('sourceLength', () => {
  it.each<[Encoding, number]>([
    ['utf-8', 15],
    ['utf-16le', 16],
    ['utf-16be', 16],
    ['windows-1252', 7],
    ['iso-8859-1', 7],
  ])('counts the bytes that characters have in %s', (encoding, length) => {
    expect(sourceLength(encoding, text)).toBe(length);
  });

  it.each<[Encoding, number]>([
    ['utf-16le', 7],
    ['windows-1252', 4],
  ])('counts a byte that is no text as one in %s', (encoding, length) => {
    expect(sourceLength(encoding, withEscape)).toBe(length);
  });
});

describe('sourceBytes', () => {
  it.each<[Encoding, string]>([
    ['utf-16le', '6100fc00816200'],
    ['utf-16be', '006100fc810062'],
    ['windows-1252', '61fc8162'],
  ])('gives text and bytes that are no text as %s has them', (encoding, hex) => {
    expect(sourceBytes(encoding, withEscape).toString('hex')).toBe(hex);
  });

  it('gives UTF-8 as it is, whatever it holds', () => {
    expect(sourceBytes('utf-8', withEscape)).toBe(withEscape);
  });
});

describe('byteOrderMarkOf', () => {
  it('is U+FEFF in each encoding that has it', () => {
    const marks = ENCODINGS.map((encoding) => byteOrderMarkOf(encoding).toString('hex'));
    expect(marks).toEqual(['efbbbf', 'fffe', 'feff', '', '']);
  });
});
