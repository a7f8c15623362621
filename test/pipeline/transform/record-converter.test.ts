import { RESERVED_NAMES, type Contract } from '../../../src/datasets/contract.ts';
import { parseJsonObject } from '../../../src/pipeline/formats/json-record.ts';
import { csvColumns } from '../../../src/pipeline/transform/csv-columns.ts';
import {
  csvConverter,
  jsonConverter,
  plainJsonConverter,
  textConverter,
  type Conversion,
  type RecordConverter,
} from '../../../src/pipeline/transform/record-converter.ts';
import { contractOf } from '../../support/contracts.ts';
import fc from '../../support/fast-check.ts';

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

const DIALECT = { header: true, trailingDelimiter: false };

/** A converter for a CSV file with the given header. */
const csv = (contract: Contract, header: string[], dialect = DIALECT): RecordConverter<string[]> =>
  csvConverter(contract, csvColumns(header, dialect, contract));
const text = (header: string[], dialect = DIALECT): RecordConverter<string[]> =>
  textConverter(csvColumns(header, dialect, null));
/** Records as the readers give them. */
const record = (json: string) => parseJsonObject(Buffer.from(json)).value;

describe('textConverter', () => {
  it('keeps every value as text under its column, in the order of the header', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), {
          minLength: 1,
        }),
        (cells) => {
          const header = cells.map(([name]) => name);
          const columns = csvColumns(header, DIALECT, null).names;
          fc.pre(!columns.some((name) => RESERVED_NAMES.has(name)));
          const values = cells.map(([, value]) => value);
          const expected = columns.map(
            (name, index) => `${JSON.stringify(name)}:${JSON.stringify(values[index])}`,
          );
          const line = outcome(text(header)(values, 1));
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
    expect(outcome(text(['a', 'b'])(values, 1))).toBe(expected);
  });

  it('keeps columns of reserved names apart from its own', () => {
    const convert = text(['_file', 'a', '_rescued', '_row']);
    expect(convert(['f', 'x', 'r', '7'], 1)).toEqual({
      line: '{"a":"x","_rescued":{"_file":"f","_rescued":"r","_row":"7"}}',
      notice: 'VALUES_RESCUED',
    });
  });

  it('lets a row end in a delimiter where the dialect does', () => {
    const convert = text(['a', 'b'], { header: true, trailingDelimiter: true });
    expect(outcome(convert(['1', '2', ''], 1))).toBe('{"a":"1","b":"2"}');
    expect(outcome(convert(['1', '2'], 1))).toBe('{"a":"1","b":"2"}');
    expect(outcome(convert(['1', '2', '3'], 1))).toBe('TOO_MANY_FIELDS null');
    expect(outcome(convert(['1', '2', '', ''], 1))).toBe('TOO_MANY_FIELDS null');
  });
});

describe('csvConverter', () => {
  const convert = csv(ORDERS, ['total', 'id', 'extra', '__proto__', 'note']);

  it('writes the fields in the order of the contract and rescues unknown columns', () => {
    expect(convert(['.5', '+7', 'x', 'y', ''], 1)).toEqual({
      line: '{"id":7,"note":null,"total":0.5,"_rescued":{"extra":"x","__proto__":"y"}}',
      notice: 'VALUES_RESCUED',
    });
  });

  it('tells every problem of a row, in the order of the contract', () => {
    expect(outcome(convert(['-1', '', 'x', 'y', 'z'], 1))).toBe(
      'REQUIRED_VALUE_MISSING id, BELOW_MINIMUM total',
    );
  });

  it('forgets a row before the next', () => {
    expect(outcome(convert(['x', 'x', 'x', 'y', 'z'], 1))).toBe(
      'INVALID_TYPE id, INVALID_TYPE total',
    );
    expect(outcome(csv(ORDERS, ['id'])(['1'], 2))).toBe('{"id":1,"note":null,"total":null}');
    expect(outcome(convert(['1', '7', 'x', 'y', 'z'], 2))).toMatch(
      /^\{"id":7,"note":"z","total":1,/,
    );
  });

  it('takes an optional column that the file lacks as null', () => {
    expect(outcome(csv(ORDERS, ['id'])(['1'], 1))).toBe('{"id":1,"note":null,"total":null}');
  });

  it('refuses ragged rows before it looks at values', () => {
    expect(outcome(convert(['x', 'y'], 1))).toBe('TOO_FEW_FIELDS null');
    expect(outcome(convert(Array<string>(6).fill(''), 1))).toBe('TOO_MANY_FIELDS null');
  });

  it('finds columns by their aliases', () => {
    const aliased = contractOf([{ name: 'id', aliases: ['Nr', 'number'] }]);
    expect(outcome(csv(aliased, ['Nr', 'id_2'])(['7', 'x'], 1))).toBe(
      '{"id":"7","_rescued":{"id_2":"x"}}',
    );
  });

  it('holds values to their Parquet column only where records go to Parquet', () => {
    const fields = [{ name: 'id', type: 'integer' }] as const;
    const parquet = contractOf(fields, {
      millrace: { match: ['**'], output: { format: 'parquet' } },
    });
    const large = '9223372036854775808';
    expect(outcome(csv(parquet, ['id'])([large], 1))).toBe('NOT_REPRESENTABLE id');
    expect(outcome(csv(contractOf(fields), ['id'])([large], 1))).toBe(`{"id":${large}}`);
  });
});

describe('csvConverter on what is unique', () => {
  const KEYED = contractOf(
    [
      { name: 'id', type: 'integer' },
      { name: 'country' },
      { name: 'email', constraints: { unique: true } },
    ],
    { primaryKey: ['id', 'country'] },
  );
  const problemsOf = (conversion: Conversion): object[] =>
    'line' in conversion ? [] : [...conversion.problems];

  it('rejects the later row and names the earlier one', () => {
    const convert = csv(KEYED, ['id', 'country', 'email']);
    expect(problemsOf(convert(['7', 'DE', 'a'], 1))).toEqual([]);
    expect(problemsOf(convert(['8', 'DE', 'a'], 2))).toEqual([
      { code: 'NOT_UNIQUE', column: 'email', reason: '"a" was already taken by row 1' },
    ]);
    expect(problemsOf(convert(['007', 'DE', ''], 3))).toEqual([
      {
        code: 'NOT_UNIQUE',
        column: null,
        reason: '"7", "DE" of the key "id", "country" was already taken by row 1',
      },
    ]);
    expect(problemsOf(convert(['7', 'FR', ''], 4))).toEqual([]);
    expect(problemsOf(convert(['7', 'IT', ''], 5))).toEqual([]);
  });

  it('requires the fields of the primary key', () => {
    const convert = csv(KEYED, ['id', 'country']);
    expect(outcome(convert(['', 'DE'], 1))).toBe('REQUIRED_VALUE_MISSING id');
    expect(outcome(convert(['', ''], 2))).toBe(
      'REQUIRED_VALUE_MISSING id, REQUIRED_VALUE_MISSING country',
    );
  });

  it('does not let a rejected row take a value', () => {
    const convert = csv(KEYED, ['id', 'country', 'email']);
    expect(outcome(convert(['x', 'DE', 'a'], 1))).toBe('INVALID_TYPE id');
    expect(outcome(convert(['1', 'DE', 'b'], 2))).toContain('"email":"b"');
    expect(outcome(convert(['1', 'DE', 'a'], 3))).toBe('NOT_UNIQUE null');
    expect(outcome(convert(['2', 'DE', 'a'], 4))).toContain('"email":"a"');
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
    ['{}', 'REQUIRED_VALUE_MISSING id'],
    ['{"unknown":1}', 'REQUIRED_VALUE_MISSING id'],
    ['{"id":1,"note":2,"total":"x"}', 'INVALID_TYPE note, INVALID_TYPE total'],
    [
      '{"id":7,"__proto__":{"a":1},"constructor":[1]}',
      '{"id":7,"note":null,"total":null,"_rescued":{"__proto__":{"a":1},"constructor":[1]}}',
    ],
    [
      '{"id":7,"_row":12345678901234567890}',
      '{"id":7,"note":null,"total":null,"_rescued":{"_row":12345678901234567890}}',
    ],
  ])('converts %s to %s', (json, expected) => {
    expect(outcome(convert(record(json), 1))).toBe(expected);
  });

  it('takes a record without any known property where no field is required', () => {
    const optional = jsonConverter(contractOf([{ name: 'id' }]));
    expect(outcome(optional(record('{"x":1}'), 1))).toBe('{"id":null,"_rescued":{"x":1}}');
  });

  it('does not find fields on the prototype', () => {
    const inherited = jsonConverter(contractOf([{ name: 'constructor' }, { name: '__proto__' }]));
    expect(outcome(inherited({}, 1))).toBe('{"constructor":null,"__proto__":null}');
    const own = record('{"__proto__":"a","constructor":"b"}');
    expect(outcome(inherited(own, 2))).toBe('{"constructor":"b","__proto__":"a"}');
  });

  it('refuses two properties for one field', () => {
    const aliased = jsonConverter(
      contractOf([{ name: 'id', aliases: ['Nr'] }], {
        millrace: { match: ['**'], dialect: { caseSensitiveHeader: false } },
      }),
    );
    expect(outcome(aliased(record('{"NR":"7"}'), 1))).toBe('{"id":"7"}');
    expect(aliased(record('{"ID":"7","nr":"8"}'), 2)).toEqual({
      problems: [
        { code: 'DUPLICATE_PROPERTY', column: 'id', reason: '"nr" is a second property for "id"' },
      ],
    });
  });

  it('keeps what has to be unique so, in whatever type a value comes', () => {
    const unique = jsonConverter(
      contractOf([{ name: 'id', type: 'number', constraints: { unique: true } }]),
    );
    expect(outcome(unique(record('{"id":7}'), 1))).toBe('{"id":7}');
    expect(outcome(unique(record('{"id":"7.0"}'), 2))).toBe('NOT_UNIQUE id');
    expect(outcome(unique(record('{"id":null}'), 3))).toBe('{"id":null}');
    expect(outcome(unique(record('{}'), 4))).toBe('{"id":null}');
  });
});

describe('plainJsonConverter', () => {
  const convert = plainJsonConverter();

  it('keeps a record as it is', () => {
    const json = '{"b":[1,{"c":null}],"__proto__":1,"d":12345678901234567890}';
    expect(convert(record(json), 1)).toEqual({ line: json });
  });

  it('keeps properties of reserved names apart from its own', () => {
    expect(convert(record('{"_row":1,"a":2,"_rescued":{"b":3}}'), 1)).toEqual({
      line: '{"a":2,"_rescued":{"_row":1,"_rescued":{"b":3}}}',
      notice: 'VALUES_RESCUED',
    });
  });
});
