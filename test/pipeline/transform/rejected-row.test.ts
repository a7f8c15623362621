import fc from 'fast-check';
import type { RowProblem } from '../../../src/pipeline/formats/source-record.ts';
import { RAW_LIMIT_BYTES, rejectedRowLine } from '../../../src/pipeline/transform/rejected-row.ts';

const TOO_FEW: RowProblem = { code: 'TOO_FEW_FIELDS', column: null, reason: 'too few' };
const INVALID: RowProblem = { code: 'INVALID_TYPE', column: 'a', reason: '"x" is not an integer' };

const lineOf = (raw: Buffer, ...further: RowProblem[]): Record<string, unknown> => {
  const record = { row: 3, line: 5, offset: 40, value: [], raw, problem: null };
  return JSON.parse(rejectedRowLine(record, [TOO_FEW, ...further])) as Record<string, unknown>;
};

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
    expect(lineOf(Buffer.from(''), INVALID).furtherProblems).toEqual([INVALID]);
  });

  it('keeps bytes that are not UTF-8 as base64', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0d]);
    expect(lineOf(bytes)).toMatchObject({ rawBase64: bytes.toString('base64') });
    expect(lineOf(bytes)).not.toHaveProperty('raw');
  });

  it('is one line whatever the bytes are, from which they can be had again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (array) => {
        const raw = Buffer.from(array);
        const line = rejectedRowLine(
          { row: 1, line: 1, offset: 0, value: null, raw, problem: null },
          [TOO_FEW],
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
      const { raw, rawTruncated } = lineOf(Buffer.from(text)) as {
        raw: string;
        rawTruncated: boolean;
      };
      expect(rawTruncated).toBe(true);
      expect(text.startsWith(raw)).toBe(true);
      const bytes = Buffer.byteLength(raw);
      expect(bytes).toBeLessThanOrEqual(RAW_LIMIT_BYTES);
      expect(bytes).toBeGreaterThan(RAW_LIMIT_BYTES - 4);
    }
  });

  it('cuts a long row of continuation bytes at the limit', () => {
    const { rawBase64 } = lineOf(Buffer.alloc(10_000, 0x80)) as { rawBase64: string };
    const { length } = Buffer.from(rawBase64, 'base64');
    expect(length).toBeGreaterThan(RAW_LIMIT_BYTES - 5);
    expect(length).toBeLessThanOrEqual(RAW_LIMIT_BYTES);
  });
});
