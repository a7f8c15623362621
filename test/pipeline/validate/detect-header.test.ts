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
    ['a single row of values', '2024-01-01,5,ok', false],
    ['a single row of names beside a year', 'region,2019', true],
    ['names above nothing', 'id,name\n,\n,', true],
    ['a missing value beside values', '2024-01-01,n/a,5\n2024-01-02,3,6\n2024-01-03,4,7', false],
    ['years above numbers', 'region,2019,2020\nNorth,4.5,5\nSouth,3,2.5', true],
    ['years above years', '2019,a\n2020,b\n2021,c', false],
    ['months above numbers', 'ware,2024-01,2024-02\nx,1,2\ny,3,4', true],
    ['text that comes again', 'Ann,Paris\nBob,Rome\nCy,Paris', false],
    ['names that come again as a whole row', 'host,load\na,b\nhost,load\nc,d', true],
    ['a name above codes', 'land,code\nNorway,NO\nChile,CL', true],
    ['a code above codes', 'Norway,NO\nChile,CL\nJapan,JP', false],
    ['numbered codes', 'SN-01,x\nSN-2,y\nSN-345,z', false],
    ['addresses', 'a@example.com\nb@example.com', false],
    ['a name above addresses', 'mail\na@example.com\nb@example.com', true],
    ['sentences', 'It was late.\nNobody was there.\nWe left.', false],
    ['a question above answers', 'How did you like the food?\nvery well\nnot at all', true],
    ['values with outliers below a name', `n\n${'1\n'.repeat(9)}many`, true],
    ['columns of one name each', 'a,b\nc,d\ne,f', true],
  ])('compares the first record with those below: %s', (_, text, header) => {
    expect(hasHeader(recordsOf(text), null)).toBe(header);
  });

  it('expects a header where there is no record', () => {
    expect(hasHeader([], null)).toBe(true);
  });
});

describe('hasHeader where it is stated', () => {
  it.each([true, false])('takes the statement: %j', (header) => {
    const contract = contractOf([{ name: 'id' }], {
      millrace: { match: ['**'], dialect: { header } },
    });
    for (const text of ['id\n1', '1\n2', 'Ann\nBob']) {
      expect(hasHeader(recordsOf(text), contract)).toBe(header);
    }
    expect(hasHeader([], contract)).toBe(header);
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

  it('knows names by their aliases, and without regard to case where the contract says so', () => {
    const fields = [
      { name: 'code', aliases: ['kürzel', '7'] },
      { name: 'n', type: 'integer' as const },
    ];
    const strict = contractOf(fields);
    const loose = contractOf(fields, {
      millrace: { match: ['**'], dialect: { caseSensitiveHeader: false } },
    });
    expect(hasHeader([['7', '5']], strict)).toBe(true);
    expect(hasHeader([['KÜRZEL', '5']], strict)).toBe(false);
    expect(hasHeader([['KU\u0308RZEL', '5']], loose)).toBe(true);
  });

  it('takes a row without any value for a header, for it tells nothing', () => {
    const contract = contractOf([
      { name: 'a', type: 'integer' },
      { name: 'b', type: 'integer' },
    ]);
    expect(hasHeader([['', '']], contract)).toBe(true);
    expect(hasHeader([['', '1']], contract)).toBe(false);
  });
});
