import { RejectGroups } from '../../../src/cli/rejects/reject-groups.ts';
import type { RejectedRow } from '../../../src/cli/rejects/rejected-row.ts';

const rejected = (row: number, code: string, column: string | null): RejectedRow => ({
  row,
  line: row + 1,
  offset: row * 10,
  code,
  column,
  reason: `row ${row}`,
  raw: 'a,b',
  rawTruncated: false,
});

describe('groups of rejected rows', () => {
  it('are by code and column, the largest first', () => {
    const groups = new RejectGroups({ examples: 1 });
    groups.add(rejected(1, 'INVALID_TYPE', 'date'));
    groups.add(rejected(2, 'TOO_FEW_FIELDS', null));
    groups.add(rejected(3, 'TOO_FEW_FIELDS', null));
    groups.add(rejected(4, 'INVALID_TYPE', 'time'));
    const shown = groups.groups().map(({ code, column, rows }) => [code, column, rows]);
    expect(shown).toEqual([
      ['TOO_FEW_FIELDS', null, 2],
      ['INVALID_TYPE', 'date', 1],
      ['INVALID_TYPE', 'time', 1],
    ]);
  });

  it('keep the first examples and count the others', () => {
    const groups = new RejectGroups({ examples: 2 });
    for (let row = 1; row <= 100; row += 1) groups.add(rejected(row, 'INVALID_TYPE', 'date'));
    const [group] = groups.groups();
    expect(group?.rows).toBe(100);
    expect(group?.examples.map(({ row }) => row)).toEqual([1, 2]);
  });

  it('have a row in the group of each of its problems, and count it once', () => {
    const groups = new RejectGroups({ examples: 1 });
    const further = { code: 'TOO_LONG', column: 'b', reason: 'too long' };
    groups.add({ ...rejected(7, 'INVALID_TYPE', 'a'), furtherProblems: [further] });
    expect(groups.groups().map(({ code, examples }) => [code, examples[0]?.reason])).toEqual([
      ['INVALID_TYPE', 'row 7'],
      ['TOO_LONG', 'too long'],
    ]);
    expect(groups.rows).toBe(1);
  });

  it('leave out what has another code than the one asked for', () => {
    const groups = new RejectGroups({ examples: 1, code: 'TOO_LONG' });
    groups.add(rejected(1, 'INVALID_TYPE', 'a'));
    expect(groups.rows).toBe(0);
    expect(groups.groups()).toEqual([]);
  });
});
