import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  contractVersion,
  InvalidContractError,
  parseContract,
} from '../../src/datasets/contract.ts';
import { contractOf } from '../support/contracts.ts';

const DIRECTORY = resolve(__dirname, '../../src/datasets');
const FILE = 'orders.contract.json';

const document = (changes: object = {}): object => ({
  name: 'orders',
  fields: [{ name: 'id' }],
  millrace: { match: ['orders/**'] },
  ...changes,
});
const parse = (changes: object) => parseContract(JSON.stringify(document(changes)), FILE);
const withField = (field: object): object => ({ fields: [{ name: 'id', ...field }] });

describe('the contracts that ship with Millrace', () => {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.contract.json'));

  it.each(files)('%s is valid and named after its file', (file) => {
    const { name } = parseContract(readFileSync(resolve(DIRECTORY, file), 'utf8'), file);
    expect(`${name}.contract.json`).toBe(file);
  });
});

describe('parseContract', () => {
  it('fills in what may be left out', () => {
    expect(parse({})).toEqual({
      name: 'orders',
      fields: [{ name: 'id', type: 'string' }],
      missingValues: [''],
      millrace: { match: ['orders/**'], badRows: { action: 'reject-row' } },
    });
  });

  it.each<[string, object, string]>([
    ['a misspelt property', { feilds: [] }, 'contract: '],
    ['a misspelt field property', withField({ tpye: 'string' }), 'fields.0: '],
    [
      'a misspelt constraint',
      withField({ constraints: { requird: true } }),
      'fields.0.constraints: ',
    ],
    ['a misspelt millrace property', { millrace: { matches: ['a'] } }, 'millrace'],
    [
      'a misspelt policy',
      { millrace: { match: ['a'], badRows: { action: 'skip' } } },
      'millrace.badRows',
    ],
    [
      'a limit under reject-file',
      { millrace: { match: ['a'], badRows: { action: 'reject-file', maxCount: 1 } } },
      'millrace.badRows: ',
    ],
    [
      'a share above one',
      { millrace: { match: ['a'], badRows: { action: 'reject-row', maxShare: 2 } } },
      'millrace.badRows.maxShare: ',
    ],
    ['no match', { millrace: { match: [] } }, 'millrace.match: '],
    ['no fields', { fields: [] }, 'fields: '],
    ['no name', { name: undefined }, 'name: '],
    ['a name in upper case', { name: 'Orders' }, 'name: must be lower-case kebab-case'],
    ['a name with a slash', { name: 'a/b' }, 'name: must be lower-case kebab-case'],
    ['an unknown type', withField({ type: 'geopoint' }), 'fields.0.type: '],
    ['a field without a name', { fields: [{}] }, 'fields.0.name: '],
    ['a reserved field name', { fields: [{ name: '_rescued' }] }, 'fields.0.name: is reserved'],
    [
      'a field name used twice',
      { fields: [{ name: 'a' }, { name: 'a' }] },
      'fields: repeat a field name',
    ],
    [
      'a broken pattern',
      withField({ constraints: { pattern: '(' } }),
      'fields.0.constraints.pattern: is not a regular expression',
    ],
    [
      'a length below zero',
      withField({ constraints: { minLength: -1 } }),
      'fields.0.constraints.minLength: ',
    ],
    ['an empty enum', withField({ constraints: { enum: [] } }), 'fields.0.constraints.enum: '],
    [
      'a bound that is no number',
      withField({ type: 'integer', constraints: { minimum: 'many' } }),
      'fields.0.constraints.minimum: ',
    ],
    [
      'an empty bound',
      withField({ type: 'number', constraints: { maximum: '' } }),
      'fields.0.constraints.maximum: ',
    ],
    [
      'a bound that is no date',
      withField({ type: 'date', constraints: { maximum: '2024-13-01' } }),
      'fields.0.constraints.maximum: ',
    ],
    [
      'a number as the bound of a time',
      withField({ type: 'datetime', constraints: { minimum: 5 } }),
      'fields.0.constraints.minimum: ',
    ],
    [
      'a bound of text',
      withField({ constraints: { minimum: 'a' } }),
      'fields.0.constraints.minimum: ',
    ],
  ])('refuses %s and names the file and the place', (_, changes, place) => {
    expect(() => parse(changes)).toThrow(InvalidContractError);
    expect(() => parse(changes)).toThrow(`INVALID_CONTRACT: ${FILE}:\n  - ${place}`);
  });

  it('names every place at fault', () => {
    expect(() => parse({ name: 'X', fields: [{ name: 'a', type: 'x' }, {}] })).toThrow(
      /name: .*\n {2}- fields\.0\.type: .*\n {2}- fields\.1\.name: /,
    );
  });

  it.each(['', '{', 'null', '[]', '"a"'])('refuses %j', (text) => {
    expect(() => parseContract(text, FILE)).toThrow(InvalidContractError);
    expect(() => parseContract(text, FILE)).toThrow(FILE);
  });

  it.each<[string, object]>([
    ['integer', { minimum: 0, maximum: '12345678901234567890' }],
    ['number', { minimum: -0.5, maximum: 1e300 }],
    ['date', { minimum: '2024-02-29', maximum: '2099-12-31' }],
    ['datetime', { minimum: '2024-02-29', maximum: '2099-12-31T23:59:59Z' }],
  ])('takes bounds that fit the type %s', (type, constraints) => {
    expect(parse(withField({ type, constraints })).fields[0]).toMatchObject({ constraints });
  });
});

describe('contractVersion', () => {
  it('changes with the contract and only with it', () => {
    const version = contractVersion(contractOf([{ name: 'id' }]));
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(contractVersion(contractOf([{ name: 'id', type: 'string' }]))).toBe(version);
    expect(contractVersion(contractOf([{ name: 'id', type: 'any' }]))).not.toBe(version);
  });
});
