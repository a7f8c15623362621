import type { Encoding } from '../../../src/datasets/contract.ts';
import type { RowProblem } from '../../../src/pipeline/formats/source-record.ts';
import { unreadableRow } from '../../../src/pipeline/transform/unreadable-row.ts';
import { Transcoder } from '../../../src/pipeline/transcoder.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const TEXT_AFTER_QUOTE: RowProblem = {
  code: 'TEXT_AFTER_CLOSING_QUOTE',
  column: null,
  reason: 'text',
};

const judge = (raw: Buffer, encoding: Encoding = 'utf-8', problem: RowProblem | null = null) =>
  unreadableRow(encoding)({ row: 1, line: 1, offset: 100, value: null, raw, problem });

/** A row as its reader gets it. */
function transcoded(encoding: Exclude<Encoding, 'utf-8'>, hex: string): Buffer {
  const transcoder = new Transcoder(encoding);
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return Buffer.concat([transcoder.write(bytes), transcoder.end()]);
}

describe('unreadableRow', () => {
  it.each(['', 'a,b', 'ü,漢,😀', '\ufffd', '\ufeff', '\u0080'])('trusts %j', (text) => {
    expect(judge(Buffer.from(text))).toBeNull();
  });

  it('passes on the problem of a row that could not be read', () => {
    expect(judge(Buffer.from('"a"b'), 'utf-8', TEXT_AFTER_QUOTE)).toBe(TEXT_AFTER_QUOTE);
  });

  it.each<[string, Buffer]>([
    ['a NUL', Buffer.from('"ü"b\0')],
    ['a NUL behind bytes that are no text', Buffer.from('\xff   \0', 'latin1')],
  ])('finds %s, whatever else there is', (_, raw) => {
    expect(judge(raw, 'utf-8', TEXT_AFTER_QUOTE)).toMatchObject({ code: 'NUL_BYTE' });
  });

  it.each<[string, string, number]>([
    ['a byte of Latin-1', '61 fc 62', 1],
    ['a continuation byte', '61 62 80', 2],
    ['a character that is cut', '61 e6 bc', 1],
    ['a character that is cut before a letter', 'c3 28', 0],
    ['a character that is cut and begins like U+FFFD', '61 ef bf 62', 1],
    ['a surrogate', 'ed a0 80', 0],
    ['an overlong character', '61 c0 af', 1],
    ['a bad byte behind U+FFFD and a longer character', 'ef bf bd f0 9f 98 80 ff', 7],
  ])('tells the place of %s', (_, hex, position) => {
    const raw = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(judge(raw)).toEqual({
      code: 'INVALID_ENCODING',
      column: null,
      reason: `byte ${100 + position} (0x${raw.toString('hex', position, position + 1).toUpperCase()}) is not UTF-8`,
    });
  });

  it.each<[Exclude<Encoding, 'utf-8'>, string, string]>([
    ['windows-1252', '80 fc 81', 'byte 102 (0x81) is not WINDOWS-1252'],
    ['utf-16le', 'fc 00 3d d8 00 de 3d d8 61 00', 'byte 106 (0x3D) is not UTF-16LE'],
    ['utf-16be', '00 61 de 00', 'byte 102 (0xDE) is not UTF-16BE'],
    ['utf-16be', '00 61 62', 'byte 102 (0x62) is not UTF-16BE'],
  ])('tells the place in the file of a byte that is not %s', (encoding, hex, reason) => {
    const found = judge(transcoded(encoding, hex), encoding);
    expect(found).toEqual({ code: 'INVALID_ENCODING', column: null, reason });
  });

  it('explains by its bytes a row whose names became alike', () => {
    const duplicate: RowProblem = { code: 'DUPLICATE_PROPERTY', column: null, reason: 'twice' };
    const raw = Buffer.from('{"\xff":1,"\xfe":2}', 'latin1');
    expect(judge(raw, 'utf-8', duplicate)).toMatchObject({ code: 'INVALID_ENCODING' });
  });

  it('tells the place of a NUL in the file', () => {
    expect(judge(Buffer.from('ü漢\0'))).toMatchObject({ reason: 'a NUL at byte 105' });
    const found = judge(transcoded('utf-16le', 'fc 00 00 00'), 'utf-16le');
    expect(found).toMatchObject({ code: 'NUL_BYTE', reason: 'a NUL at byte 102' });
  });

  it('tells the place behind any text', () => {
    const bad = fc.constantFrom('ff', '80', 'c3', 'e6bc', 'efbf', 'f09f98', 'eda080');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), bad, fc.string(), (before, hex, after) => {
        const text = Buffer.from(before.replaceAll('\0', ''));
        const rest = Buffer.from(after.replaceAll('\0', ''));
        const found = judge(Buffer.concat([text, Buffer.from(hex, 'hex'), rest]));
        expectSame(
          found?.reason,
          `byte ${100 + text.length} (0x${hex.slice(0, 2).toUpperCase()}) is not UTF-8`,
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
