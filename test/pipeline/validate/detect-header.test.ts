import { hasHeader } from '../../../src/pipeline/validate/detect-header.ts';
import { contractOf } from '../../support/contracts.ts';

const WEATHER = contractOf([
  { name: 'place' },
  { name: 'date', type: 'date', constraints: { required: true } },
  { name: 'temp_max', type: 'number', constraints: { required: true, minimum: -90, maximum: 60 } },
  { name: 'temp_min', type: 'number', constraints: { required: true, minimum: -90, maximum: 60 } },
  { name: 'wind', type: 'number' },
  { name: 'weather', constraints: { enum: ['rain', 'sun'] } },
]);
const TEXTS = contractOf([{ name: 'id' }, { name: 'name', constraints: { required: true } }]);

const recordsOf = (text: string): string[][] => text.split('\n').map((line) => line.split(','));

describe('hasHeader without a contract', () => {
  it.each<[string, string, boolean]>([
    ['names above numbers', 'id,x\n1,2', true],
    ['names above text', 'name,city\nAnn,Paris', true],
    ['numbers only', '1,2\n3,4', false],
    ['decimals and exponents only', '.5,1e5\n-.25,1.5E-3', false],
    ['dates and text', '2024-01-01,a\n2024-01-02,b', false],
    ['a blank name above an index', ',name\n0,Ann\n1,Bob', true],
    ['a name above numbers beside a number', 'year,2019\n2001,5', true],
    ['a single row of names', 'id,name', true],
  ])('compares the first record with those below: %s', (_, text, header) => {
    expect(hasHeader(recordsOf(text), null)).toBe(header);
  });

  it('expects a header where there is no record', () => {
    expect(hasHeader([], null)).toBe(true);
  });
});

describe('hasHeader under a contract', () => {
  it.each<[string, string]>([
    ['a row', 'Bonn,2026-11-20,8.5,-1,3,rain'],
    ['a row with an optional value missing', ',2026-11-20,8.5,-1,,sun'],
    ['a row with nothing but what is required', ',2026-11-20,8,-1,,'],
  ])('takes %s that fits by position for data', (_, row) => {
    expect(hasHeader(recordsOf(row), WEATHER)).toBe(false);
  });

  it.each<[string, string]>([
    ['the names of the contract', 'place,date,temp_max,temp_min,wind,weather'],
    ['the names in another order', 'date,place,temp_min,temp_max,wind,weather'],
    ['one known name', 'Ort,date,Max,Min,Wind,Wetter'],
    ['translated names', 'Ort,Datum,TempMin,TempMax,Wind,Wetter'],
    ['names in capitals', 'PLACE,DATE,TEMP_MAX,TEMP_MIN,WIND,WEATHER'],
    ['a row with one cell of another type', 'Bonn,20.11.2026,8.5,-1,3,rain'],
    ['a row with one cell out of bounds', 'Bonn,2026-11-20,85,-1,3,rain'],
    ['a row that lacks a required value', 'Bonn,2026-11-20,8.5,,3,rain'],
    ['a row that holds the name of a column', 'place,2026-11-20,8.5,-1,3,rain'],
    ['a row with a field less', 'Bonn,2026-11-20,8.5,-1,3'],
    ['a row with a field more', 'Bonn,2026-11-20,8.5,-1,3,rain,'],
    ['one blank field', ''],
  ])('takes %s for a header', (_, first) => {
    const records = recordsOf(`${first}\nBonn,2026-11-20,8.5,-1,3,rain`);
    expect(hasHeader(records, WEATHER)).toBe(true);
  });

  it.each(['id,name', 'Nummer,Name', '1,Ann'])(
    'takes %s for a header where any text would fit',
    (first) => {
      expect(hasHeader(recordsOf(`${first}\n2,Bob`), TEXTS)).toBe(true);
    },
  );

  it('takes a row without any value for a header, for it tells nothing', () => {
    const contract = contractOf([
      { name: 'a', type: 'integer' },
      { name: 'b', type: 'integer' },
    ]);
    expect(hasHeader([['', '']], contract)).toBe(true);
    expect(hasHeader([['', '1']], contract)).toBe(false);
  });
});
