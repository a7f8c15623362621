import { formatRejectedRow, formatRejectGroups } from '../../../src/cli/rejects/format-rejects.ts';
import { whoMends } from '../../../src/cli/rejects/who-mends.ts';
import { RowCode } from '../../../src/shared/error-codes.ts';

const ROW = {
  row: 12,
  line: 13,
  offset: 402,
  reason: '"x" is not a date',
  raw: 'x,\u001b[31m,3',
  rawTruncated: false,
};

describe('groups of rejected rows, for a reader', () => {
  const groups = [{ code: 'INVALID_TYPE', column: 'date', rows: 1_200, examples: [ROW] }];

  it('tell how many rows there are, who can mend them, and where the examples stand', () => {
    const text = formatRejectGroups(groups, 100);
    expect(text).toMatch(/INVALID_TYPE +date +1,200 +the producer, or the contract's owner/);
    expect(text).toContain('row 12, line 13, byte 402: "x" is not a date');
  });

  it('show raw text on one line of the width, without commands to the terminal', () => {
    const lines = formatRejectGroups(groups, 16).split('\n');
    expect(lines.at(-1)).toBe('    x,\\u001b[31…');
  });

  it('show bytes that are no text as base64, and that raw text was cut', () => {
    const { row, line, offset, reason, rawTruncated } = ROW;
    const bytes = { row, line, offset, reason, rawTruncated, rawBase64: '/w==' };
    expect(formatRejectGroups([{ ...groups[0]!, examples: [bytes] }], 100)).toContain(
      'base64 /w==',
    );
    const cut = { ...ROW, raw: 'abc', rawTruncated: true };
    expect(formatRejectGroups([{ ...groups[0]!, examples: [cut] }], 100)).toContain('    abc…');
  });
});

describe('a rejected row, for a reader', () => {
  it('tells everything that is wrong with it', () => {
    const furtherProblems = [{ code: 'TOO_LONG', column: 'b', reason: 'is too long' }];
    const row = { ...ROW, code: 'INVALID_TYPE', column: 'a', raw: 'x', furtherProblems };
    expect(formatRejectedRow(row, 80).split('\n')).toEqual([
      'row 12, line 13, byte 402',
      '  INVALID_TYPE in "a": "x" is not a date',
      '  TOO_LONG in "b": is too long',
      '    x',
    ]);
  });
});

describe('who can mend a row', () => {
  it.each(Object.values(RowCode))('with %s is named', (code) => {
    expect(whoMends(code)).toMatch(/producer|owner/);
  });

  it.each(['constructor', 'NEW_CODE'])('with the unknown code %s is not', (code) => {
    expect(whoMends(code)).toBe('');
  });
});
