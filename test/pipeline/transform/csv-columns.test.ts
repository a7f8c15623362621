import {
  columnNames,
  csvColumns,
  requireColumnLimit,
} from '../../../src/pipeline/transform/csv-columns.ts';
import { contractOf } from '../../support/contracts.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';

const HEADER = { header: true, trailingDelimiter: false };
const NO_HEADER = { header: false, trailingDelimiter: false };
const TRAILING = { header: true, trailingDelimiter: true };

const ORDERS = contractOf([
  { name: 'id', aliases: ['Nr', 'order id'], constraints: { required: true } },
  { name: 'note' },
]);
const FOLDED = contractOf([{ name: 'id', aliases: ['Nr'] }, { name: 'größe' }], {
  millrace: { match: ['**'], dialect: { caseSensitiveHeader: false } },
});

describe('columnNames', () => {
  it.each([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [
      ['', ' ', 'c'],
      ['column_1', 'column_2', 'c'],
    ],
    [
      ['a', 'a', 'a'],
      ['a', 'a_2', 'a_3'],
    ],
    [
      ['a', 'a', 'a_2'],
      ['a', 'a_3', 'a_2'],
    ],
    [
      ['a_2', 'a', 'a'],
      ['a_2', 'a', 'a_3'],
    ],
    [
      ['', 'column_1'],
      ['column_1_2', 'column_1'],
    ],
    [
      ['__proto__', 'constructor', '__proto__'],
      ['__proto__', 'constructor', '__proto___2'],
    ],
    [[' a'], [' a']],
    [[], []],
  ])('names the columns of %j %j', (header, expected) => {
    expect(columnNames(header)).toEqual(expected);
  });

  it('gives every column a name of its own, and the header its own names first', () => {
    const cell = fc.constantFrom('', ' ', 'a', 'a_2', 'a_2_2', 'column_1', 'column_2', '__proto__');
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 40 }), (header) => {
        const names = columnNames(header);
        expectSame(new Set(names).size, header.length);
        header.forEach((name, index) => {
          const isFirst = header.indexOf(name) === index && name.trim() !== '';
          if (isFirst) expectSame(names[index], name);
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('names a hundred thousand equal columns at once', () => {
    const started = performance.now();
    expect(columnNames(Array<string>(100_000).fill('a')).at(-1)).toBe('a_100000');
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('csvColumns without a contract', () => {
  it('takes the names of the header', () => {
    expect(csvColumns(['a', 'b'], HEADER, null)).toEqual({
      names: ['a', 'b'],
      ofFields: [],
      unknown: [],
      trailingDelimiter: false,
      expectation: 'the header has 2 columns',
      notices: new Map(),
    });
  });

  it('names columns by position where there is no header', () => {
    expect(csvColumns(['7', ''], NO_HEADER, null)).toMatchObject({
      names: ['column_1', 'column_2'],
      notices: new Map(),
    });
  });

  it.each([
    [['a', 'b', ''], TRAILING, ['a', 'b']],
    [['a', 'b'], TRAILING, ['a', 'b']],
    [['a', '', ''], TRAILING, ['a', 'column_2']],
    [['a', 'b', ''], HEADER, ['a', 'b', 'column_3']],
    [['7', '8', ''], { ...TRAILING, header: false }, ['column_1', 'column_2']],
  ])('names the columns of %j under %j %j', (first, dialect, names) => {
    expect(csvColumns(first, dialect, null).names).toEqual(names);
  });

  it('notices columns without a name and with a name twice', () => {
    const { notices } = csvColumns(['a', '', 'a', ' ', 'a', 'b'], HEADER, null);
    expect([...notices]).toEqual([
      ['EMPTY_COLUMN_NAME', 2],
      ['DUPLICATE_COLUMN_NAME', 2],
    ]);
  });
});

describe('csvColumns under a contract', () => {
  it.each<[string[], number[], number[]]>([
    [['id', 'note'], [0, 1], []],
    [['note', 'x', 'id'], [2, 0], [1]],
    [['Nr'], [0, -1], []],
    [
      ['x', 'order id', ''],
      [1, -1],
      [0, 2],
    ],
  ])('finds the fields in the header %j at %j and rescues %j', (header, ofFields, unknown) => {
    expect(csvColumns(header, HEADER, ORDERS)).toMatchObject({ ofFields, unknown });
  });

  it('takes the contract for the header of a file without one', () => {
    expect(csvColumns(['7', 'x', 'y'], NO_HEADER, ORDERS)).toMatchObject({
      names: ['id', 'note'],
      ofFields: [0, 1],
      unknown: [],
      notices: new Map(),
    });
  });

  it.each([
    [
      ['ID', 'GRÖSSE'],
      [0, -1],
    ],
    [
      ['nR', 'GRÖßE'],
      [0, 1],
    ],
    [
      ['NR', 'gro\u0308ße'],
      [0, 1],
    ],
  ])('finds names without regard to case where the contract says so: %j', (header, ofFields) => {
    expect(csvColumns(header, HEADER, FOLDED)).toMatchObject({ ofFields });
  });

  it.each([
    [['id', 'note', 'id'], ORDERS, 'the header has the column "id" twice in the contract "orders"'],
    [['Nr', 'id'], ORDERS, 'the header has the columns "Nr" and "id", which both are "id" in the'],
    [['ID', 'id'], FOLDED, 'the header has the columns "ID" and "id", which both are "id" in the'],
  ])('rejects a file with two columns for a field: %j', (header, contract, reason) => {
    expect(() => csvColumns(header, HEADER, contract)).toThrow(rejection('DUPLICATE_COLUMN'));
    expect(() => csvColumns(header, HEADER, contract)).toThrow(reason);
  });

  it('rejects a file without required columns and names them', () => {
    const strict = contractOf(
      [{ name: 'a' }, { name: 'b', constraints: { required: true } }, { name: 'c' }],
      { primaryKey: ['a'] },
    );
    expect(() => csvColumns(['c'], HEADER, strict)).toThrow(rejection('MISSING_REQUIRED_COLUMN'));
    expect(() => csvColumns(['c'], HEADER, strict)).toThrow(
      'the contract "orders" requires the columns "a", "b", which the file does not have',
    );
    expect(() => csvColumns(['x', 'note'], HEADER, ORDERS)).toThrow(
      'the contract "orders" requires the column "id", which the file does not have',
    );
  });

  it('names ten of the required columns that a file lacks, and counts the others', () => {
    const fields = Array.from({ length: 9_000 }, (_, n) => ({
      name: `c${n}`,
      constraints: { required: true },
    }));
    expect(() => csvColumns(['x'], HEADER, contractOf(fields))).toThrow(
      'requires the columns "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9" and 8990 more, which the file',
    );
  });

  it('shows only the beginning of a long name', () => {
    const long = 'x'.repeat(100_000);
    const contract = contractOf([{ name: long }]);
    expect(() => csvColumns([long, long], HEADER, contract)).toThrow(
      `the header has the column "${'x'.repeat(80)}…" twice`,
    );
  });

  it.each([
    [HEADER, ORDERS, 'the header has 2 columns'],
    [HEADER, null, 'the header has 2 columns'],
    [NO_HEADER, ORDERS, 'the contract has 2 fields'],
    [NO_HEADER, null, 'the first row has 2 fields'],
  ])('tells who says how many fields a row has: %j', (dialect, contract, expectation) => {
    expect(csvColumns(['id', 'note'], dialect, contract)).toMatchObject({ expectation });
  });

  it('rejects a file that has none of the columns, though none is required', () => {
    expect(() => csvColumns(['x', 'y'], HEADER, FOLDED)).toThrow(rejection('NO_KNOWN_COLUMN'));
    expect(() => csvColumns(['x', 'y'], HEADER, FOLDED)).toThrow(
      'the header has none of the columns of the contract "orders"',
    );
  });

  it("gives unknown columns names that are no one else's", () => {
    const { names, unknown } = csvColumns(['id', 'x', 'x', '', 'x_2'], HEADER, ORDERS);
    expect(unknown.map((index) => names[index])).toEqual(['x', 'x_3', 'column_4', 'x_2']);
  });
});

describe('requireColumnLimit', () => {
  it('rejects a file with more columns than allowed', () => {
    expect(() => requireColumnLimit(['a', 'b'], 2)).not.toThrow();
    expect(() => requireColumnLimit(['a', 'b'], 1)).toThrow(rejection('TOO_MANY_COLUMNS'));
  });
});
