import type { ContractField } from '../../../../src/datasets/contract.ts';
import { parquetColumns } from '../../../../src/pipeline/write/parquet/parquet-columns.ts';
import { contractOf } from '../../../support/contracts.ts';
import fc from '../../../support/fast-check.ts';

type FieldType = ContractField['type'];

/** Reads a value's JSON text as a column for the type does. */
function read(type: FieldType, json: string): unknown {
  const contract = contractOf([{ name: 'value', type }]);
  return parquetColumns(contract)
    .find(({ name }) => name === 'value')!
    .read(json);
}

const namesOf = (lineage: boolean): string[] => {
  const fields = [{ name: 'b' }, { name: 'a' }];
  const contract = contractOf(fields, { millrace: { match: ['**'], lineage } });
  return parquetColumns(contract).map(({ name }) => name);
};

it('are the lineage, the fields of the contract in their order, and what was rescued', () => {
  expect(namesOf(true)).toEqual(['_file', '_row', 'b', 'a', '_rescued']);
  expect(namesOf(false)).toEqual(['b', 'a', '_rescued']);
});

it('are required where a record without a value cannot be', () => {
  const fields = [
    { name: 'key' },
    { name: 'given', constraints: { required: true } },
    { name: 'open', constraints: { required: false } },
    { name: 'free' },
  ];
  const required = (primaryKey?: string | string[]): string[] =>
    parquetColumns(contractOf(fields, primaryKey === undefined ? {} : { primaryKey }))
      .filter(({ isRequired }) => isRequired)
      .map(({ name }) => name);
  expect(required()).toEqual(['_file', '_row', 'given']);
  expect(required('key')).toEqual(['_file', '_row', 'key', 'given']);
  expect(required(['key', 'free'])).toEqual(['_file', '_row', 'key', 'given', 'free']);
});

it.each<[FieldType, string, unknown]>([
  ['string', '""', ''],
  ['string', '"\\u00e9\\n\\ud83d\\ude00"', 'é\n😀'],
  ['integer', '9223372036854775807', 2n ** 63n - 1n],
  ['integer', '-9223372036854775808', -(2n ** 63n)],
  ['integer', '-0', 0n],
  ['number', '0.1', 0.1],
  ['number', '1.50', 1.5],
  ['number', '0.30000000000000004', 0.30000000000000004],
  ['number', '1.7976931348623157e308', Number.MAX_VALUE],
  ['number', '5e-324', Number.MIN_VALUE],
  ['number', '100000000000000000000000', 1e23],
  ['number', '-0.0', 0],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
  ['date', '"2026-11-20"', 20_777],
  ['datetime', '"1970-01-01 00:00:01,000001"', 1_000_001n],
  ['time', '"00:00:01"', 1_000_000n],
  ['year', '-44', -44],
  ['object', '{"a":12345678901234567890}', '{"a":12345678901234567890}'],
  ['array', '[1.10]', '[1.10]'],
  ['any', '"text"', '"text"'],
])('a column for %s takes %s', (type, json, value) => {
  expect(read(type, json)).toBe(value);
});

it.each<[FieldType, string]>([
  ['string', '1'],
  ['string', '"\\ud800"'],
  ['integer', '9223372036854775808'],
  ['integer', '-9223372036854775809'],
  ['integer', '1.0'],
  ['integer', '1e3'],
  ['integer', '"1"'],
  ['number', '0.1234567890123456789'],
  ['number', '9007199254740993'],
  ['number', '1e400'],
  ['number', '1e-400'],
  ['number', '"1"'],
  ['boolean', '1'],
  ['boolean', '"true"'],
  ['date', '"20.11.2026"'],
  ['date', '20261120'],
  ['date', '"2026-02-30"'],
  ['datetime', '"2026-11-20T00:00:00.0000001"'],
  ['datetime', '"2026-02-29T00:00:00"'],
  ['time', '"25:00"'],
  ['year', '2147483648'],
  ['year', '1.5'],
])('a column for %s does not take %s', (type, json) => {
  expect(read(type, json)).toBeUndefined();
});

it('takes every double, and no decimal between two of them', () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(double, (value) => {
      expect(read('number', JSON.stringify(value))).toBe(value + 0);
    }),
  );
  // Below 2 ** 69 a double is printed without an exponent.
  fc.assert(
    fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 69n }).map(String), (text) => {
      const printed = String(Number(text));
      expect(read('number', text)).toBe(printed === text ? Number(text) : undefined);
    }),
  );
});
