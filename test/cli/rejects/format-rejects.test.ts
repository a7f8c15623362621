import { formatRejectedRow, formatRejectGroups } from '../../../src/cli/rejects/format-rejects.ts';
import type { RejectExample } from '../../../src/cli/rejects/reject-groups.ts';
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
    const text = formatRejectGroups(groups, { rows: 1_200, width: 100 });
    expect(text).toMatch(/INVALID_TYPE +date +1,200 +the producer, or the contract's owner/);
    expect(text).toContain('row 12, line 13, byte 402: "x" is not a date');
  });

  it('show raw text on one line of the width, without commands to the terminal', () => {
    const lines = formatRejectGroups(groups, { rows: 1_200, width: 16 }).split('\n');
    expect(lines.at(-1)).toBe('    x,\\u001b[31…');
  });

  it('show bytes that are no text as base64, and that raw text was cut', () => {
    const { row, line, offset, reason, rawTruncated } = ROW;
    const bytes = { row, line, offset, reason, rawTruncated, rawBase64: '/w==' };
    const shown = (example: RejectExample): string =>
      formatRejectGroups([{ ...groups[0]!, examples: [example] }], { rows: 1_200, width: 100 });
    expect(shown(bytes)).toContain('base64 /w==');
    expect(shown({ ...ROW, raw: 'abc', rawTruncated: true })).toContain('    abc…');
  });

  it('show the text of a row once, and say that it may be in several groups', () => {
    const group = { code: 'TOO_LONG', column: 'note', rows: 1, examples: [ROW] };
    const text = formatRejectGroups([...groups, group], { rows: 1_200, width: 100 });
    expect(text.split('row 12, line 13, byte 402')).toHaveLength(3);
    expect(text.split('    x,')).toHaveLength(2);
    expect(text).toContain('\n\nA row may have several problems: these are 1,200 rows.\n\n');
    expect(formatRejectGroups(groups, { rows: 1_200, width: 100 })).not.toContain('several');
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
