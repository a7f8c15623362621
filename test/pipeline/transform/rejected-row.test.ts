import type { Encoding } from '../../../src/datasets/contract.ts';
import type { RowProblem } from '../../../src/pipeline/formats/source-record.ts';
import { RAW_LIMIT_BYTES, rejectedRowLine } from '../../../src/pipeline/transform/rejected-row.ts';
import { Transcoder } from '../../../src/pipeline/transcoder.ts';
import fc from '../../support/fast-check.ts';

const TOO_FEW: RowProblem = { code: 'TOO_FEW_FIELDS', column: null, reason: 'too few' };
const INVALID: RowProblem = { code: 'INVALID_TYPE', column: 'a', reason: '"x" is not an integer' };

interface Line {
  readonly raw?: string;
  readonly rawBase64?: string;
  readonly rawTruncated: boolean;
  readonly furtherProblems?: RowProblem[];
  readonly problemsLeftOut?: number;
}

function lineOf(raw: Buffer, encoding: Encoding = 'utf-8', ...further: RowProblem[]): Line {
  const record = { row: 3, line: 5, offset: 40, value: [], raw, problem: null };
  return JSON.parse(rejectedRowLine(record, [TOO_FEW, ...further], encoding)) as Line;
}

/** A row as its reader gets it. */
function transcoded(encoding: Exclude<Encoding, 'utf-8'>, bytes: Buffer): Buffer {
  const transcoder = new Transcoder(encoding);
  return Buffer.concat([transcoder.write(bytes), transcoder.end()]);
}

describe('rejectedRowLine', () => {
  it('tells where the row stands, what is wrong, and its raw text', () => {
    expect(lineOf(Buffer.from('a,"b'))).toEqual({
      row: 3,
      line: 5,
      offset: 40,
      code: 'TOO_FEW_FIELDS',
      column: null,
      reason: 'too few',
      raw: 'a,"b',
      rawTruncated: false,
    });
  });

  it('tells further problems', () => {
    expect(lineOf(Buffer.from(''), 'utf-8', INVALID).furtherProblems).toEqual([INVALID]);
  });

  it('keeps bytes that are not UTF-8 as base64', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0d]);
    expect(lineOf(bytes)).toMatchObject({ rawBase64: bytes.toString('base64') });
    expect(lineOf(bytes)).not.toHaveProperty('raw');
  });

  it.each<[Exclude<Encoding, 'utf-8'>, string]>([
    ['windows-1252', '8081fc'],
    ['utf-16le', 'fc003dd86100'],
    ['utf-16be', '00fcd83d0061'],
    ['utf-16be', '00fc61'],
  ])('keeps bytes that are not %s as the file has them: %s', (encoding, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    const line = lineOf(transcoded(encoding, bytes), encoding);
    expect(line).toMatchObject({ rawBase64: bytes.toString('base64') });
    expect(line).not.toHaveProperty('raw');
  });

  it('keeps text of another encoding as text', () => {
    const bytes = Buffer.from('ü,😀', 'utf16le');
    expect(lineOf(transcoded('utf-16le', bytes), 'utf-16le')).toMatchObject({ raw: 'ü,😀' });
  });

  it('is one line whatever the bytes are, from which they can be had again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (array) => {
        const raw = Buffer.from(array);
        const line = rejectedRowLine(
          { row: 1, line: 1, offset: 0, value: null, raw, problem: null },
          [TOO_FEW],
          'utf-8',
        );
        expect(line).not.toContain('\n');
        const kept = JSON.parse(line) as { raw?: string; rawBase64?: string };
        const bytes = Buffer.from(
          kept.raw ?? kept.rawBase64 ?? '',
          kept.raw === undefined ? 'base64' : 'utf8',
        );
        expect(bytes.equals(raw)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps 4 KiB whole', () => {
    const text = 'x'.repeat(RAW_LIMIT_BYTES);
    expect(lineOf(Buffer.from(text))).toMatchObject({ raw: text, rawTruncated: false });
  });

  it.each(['ü', '漢', '😀'])('cuts a longer row at most 4 KiB in, between two %s', (character) => {
    for (let shift = 0; shift < 4; shift += 1) {
      const text = 'x'.repeat(shift) + character.repeat(RAW_LIMIT_BYTES);
      const { raw = '', rawTruncated } = lineOf(Buffer.from(text));
      expect(rawTruncated).toBe(true);
      expect(text.startsWith(raw)).toBe(true);
      const bytes = Buffer.byteLength(raw);
      expect(bytes).toBeLessThanOrEqual(RAW_LIMIT_BYTES);
      expect(bytes).toBeGreaterThan(RAW_LIMIT_BYTES - 4);
    }
  });

  it('cuts a long row of continuation bytes at the limit', () => {
    const { rawBase64 = '' } = lineOf(Buffer.alloc(10_000, 0x80));
    const { length } = Buffer.from(rawBase64, 'base64');
    expect(length).toBeGreaterThan(RAW_LIMIT_BYTES - 5);
    expect(length).toBeLessThanOrEqual(RAW_LIMIT_BYTES);
  });

  it('cuts a long row between two bytes that are no text', () => {
    for (let shift = 0; shift < 3; shift += 1) {
      const bytes = Buffer.concat([Buffer.alloc(shift, 'x'), Buffer.alloc(10_000, 0x81)]);
      const line = lineOf(transcoded('windows-1252', bytes), 'windows-1252');
      const kept = Buffer.from(line.rawBase64 ?? '', 'base64');
      expect(line.rawTruncated).toBe(true);
      expect(kept.equals(bytes.subarray(0, kept.length))).toBe(true);
      expect(kept.length).toBe(shift + Math.floor((RAW_LIMIT_BYTES - shift) / 3));
    }
  });
});

describe('a row with many problems', () => {
  const further = (count: number): Line =>
    lineOf(Buffer.from('x'), 'utf-8', ...Array.from({ length: count }, () => INVALID));

  it('states twenty beside the first and counts the rest', () => {
    expect(further(300).furtherProblems).toHaveLength(20);
    expect(further(300).problemsLeftOut).toBe(280);
  });

  it('leaves none out where there are no more', () => {
    expect(further(20).furtherProblems).toHaveLength(20);
    expect(further(20).problemsLeftOut).toBeUndefined();
  });
});
