import {
  hasTrailingDelimiter,
  withoutEmptyEnd,
} from '../../../src/pipeline/validate/trailing-delimiter.ts';
import { contractOf } from '../../support/contracts.ts';

const TWO = contractOf([{ name: 'a' }, { name: 'b' }]);
const rowsOf = (text: string): string[][] => text.split('\n').map((line) => line.split(','));

describe('hasTrailingDelimiter', () => {
  it.each<[string, string, boolean, boolean]>([
    ['header and rows end empty', 'a,b,\n1,2,\n3,4,', true, true],
    ['rows end empty behind the header', 'a,b\n1,2,\n3,4,', true, true],
    ['a lone header ends empty', 'a,b,', true, true],
    ['a lone header does not', 'a,b', true, false],
    ['rows without header end empty', '1,2,\n3,4,', false, true],
    ['a named column is empty', 'a,b\n1,\n2,', true, false],
    ['one row in two ends empty', 'a,b\n1,2,\n3,4', true, false],
    ['an unnamed column has values', 'a,b,\n1,2,x\n3,4,y', true, false],
    ['one column is empty', 'a\n', true, false],
  ])('judges that %s', (_, text, header, expected) => {
    expect(hasTrailingDelimiter(rowsOf(text), header, null)).toBe(expected);
  });

  it('allows for few rows that differ', () => {
    const rows = (odd: string): string[][] => rowsOf(`a,b,${'\n1,2,'.repeat(60)}\n${odd}`);
    expect(hasTrailingDelimiter(rows('1'), true, null)).toBe(true);
    expect(hasTrailingDelimiter(rows('1,2,x'), true, null)).toBe(true);
    expect(hasTrailingDelimiter(rows('1,2,x\n1,2,y'), true, null)).toBe(false);
  });

  it('counts the columns of a file without header by its contract', () => {
    expect(hasTrailingDelimiter(rowsOf('1,2,\n3,4,'), false, TWO)).toBe(true);
    expect(hasTrailingDelimiter(rowsOf('1,\n3,'), false, TWO)).toBe(false);
  });

  it('is false where there is no record', () => {
    expect(hasTrailingDelimiter([], true, null)).toBe(false);
  });
});

describe('withoutEmptyEnd', () => {
  it.each<[string, string]>([
    ['1,2,\n3,4,', '1,2\n3,4'],
    ['1,2,\n3,4', '1,2,\n3,4'],
    ['1,\n3,', '1,\n3,'],
    ['\n', '\n'],
  ])('of %j under a contract of two fields is %j', (text, expected) => {
    expect(withoutEmptyEnd(rowsOf(text), TWO)).toEqual(rowsOf(expected));
  });
});
