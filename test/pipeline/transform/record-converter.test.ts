import fc from 'fast-check';
import {
  columnNames,
  csvConverter,
  jsonConverter,
  missingRequiredColumns,
  plainJsonConverter,
  textConverter,
  type Conversion,
} from '../../../src/pipeline/transform/record-converter.ts';
import { contractOf } from '../../support/contracts.ts';
import { rejection } from '../../support/rejection.ts';

const ORDERS = contractOf([
  { name: 'id', type: 'integer', constraints: { required: true } },
  { name: 'note' },
  { name: 'total', type: 'number', constraints: { minimum: 0 } },
]);

/** The line a record became, or the codes of its problems. */
const outcome = (conversion: Conversion): string =>
  'line' in conversion
    ? conversion.line
    : conversion.problems.map(({ code, column }) => `${code} ${column}`).join(', ');

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
      fc.property(fc.array(cell), (header) => {
        const names = columnNames(header);
        expect(new Set(names).size).toBe(header.length);
        header.forEach((name, index) => {
          const isFirst = header.indexOf(name) === index && name.trim() !== '';
          if (isFirst) expect(names[index]).toBe(name);
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

describe('textConverter', () => {
  it('keeps every value as text under its column, in the order of the header', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), {
          minLength: 1,
        }),
        (cells) => {
          const columns = columnNames(cells.map(([name]) => name));
          const values = cells.map(([, value]) => value);
          const expected = columns.map(
            (name, index) => `${JSON.stringify(name)}:${JSON.stringify(values[index])}`,
          );
          const line = outcome(textConverter(columns)(values));
          expect(line).toBe(`{${expected.join(',')}}`);
          expect(Object.keys(JSON.parse(line) as object).sort()).toEqual([...columns].sort());
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    [['1'], 'TOO_FEW_FIELDS null'],
    [['1', '2', '3'], 'TOO_MANY_FIELDS null'],
  ])('refuses a row that is not as long as the header: %j', (values, expected) => {
    expect(outcome(textConverter(['a', 'b'])(values))).toBe(expected);
  });
});

describe('csvConverter', () => {
  const convert = csvConverter(ORDERS, ['total', 'id', 'extra', '__proto__', 'note']);

  it('writes the fields in the order of the contract and rescues unknown columns', () => {
    expect(outcome(convert(['.5', '+7', 'x', 'y', '']))).toBe(
      '{"id":7,"note":null,"total":0.5,"_rescued":{"extra":"x","__proto__":"y"}}',
    );
  });

  it('tells every problem of a row, in the order of the contract', () => {
    expect(outcome(convert(['-1', '', 'x', 'y', 'z']))).toBe(
      'REQUIRED_VALUE_MISSING id, BELOW_MINIMUM total',
    );
  });

  it('takes an optional column that the file lacks as null', () => {
    expect(outcome(csvConverter(ORDERS, ['id'])(['1']))).toBe('{"id":1,"note":null,"total":null}');
  });

  it('refuses ragged rows before it looks at values', () => {
    expect(outcome(convert(['x', 'y']))).toBe('TOO_FEW_FIELDS null');
    expect(outcome(convert(Array<string>(6).fill('')))).toBe('TOO_MANY_FIELDS null');
  });

  it('rejects a file without a required column and names it', () => {
    expect(() => csvConverter(ORDERS, ['note'])).toThrow(rejection('MISSING_REQUIRED_COLUMN'));
    expect(() => csvConverter(ORDERS, ['note'])).toThrow(
      'the contract "orders" requires the column "id", which the file does not have',
    );
    expect(missingRequiredColumns(ORDERS, ['note'])).toEqual(['id']);
  });
});

describe('jsonConverter', () => {
  const convert = jsonConverter(ORDERS);

  it.each<[string, string]>([
    ['{"total":1.5,"id":7,"note":"a"}', '{"id":7,"note":"a","total":1.5}'],
    ['{"id":"7"}', '{"id":7,"note":null,"total":null}'],
    ['{"id":7,"note":null}', '{"id":7,"note":null,"total":null}'],
    ['{"note":"a"}', 'REQUIRED_VALUE_MISSING id'],
    ['{"id":null}', 'REQUIRED_VALUE_MISSING id'],
    ['{"id":1,"note":2,"total":"x"}', 'INVALID_TYPE note, INVALID_TYPE total'],
    [
      '{"id":7,"__proto__":{"a":1},"constructor":[1]}',
      '{"id":7,"note":null,"total":null,"_rescued":{"__proto__":{"a":1},"constructor":[1]}}',
    ],
  ])('converts %s to %s', (json, expected) => {
    expect(outcome(convert(JSON.parse(json) as Record<string, unknown>))).toBe(expected);
  });

  it('does not find fields on the prototype', () => {
    const inherited = jsonConverter(contractOf([{ name: 'constructor' }, { name: '__proto__' }]));
    expect(outcome(inherited({}))).toBe('{"constructor":null,"__proto__":null}');
    const own = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, unknown>;
    expect(outcome(inherited(own))).toBe('{"constructor":"b","__proto__":"a"}');
  });
});

describe('plainJsonConverter', () => {
  it('keeps a record as it is', () => {
    const record = JSON.parse('{"b":[1,{"c":null}],"__proto__":1}') as Record<string, unknown>;
    expect(outcome(plainJsonConverter(record))).toBe('{"b":[1,{"c":null}],"__proto__":1}');
  });
});
