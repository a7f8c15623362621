import { FieldNames } from '../../../src/pipeline/transform/field-names.ts';
import { contractOf } from '../../support/contracts.ts';

const FIELDS = [{ name: 'Id', aliases: ['Nr', '_row'] }, { name: 'constructor' }] as const;

describe('FieldNames', () => {
  it.each([
    ['Id', 0],
    ['Nr', 0],
    ['_row', 0],
    ['constructor', 1],
    ['id', undefined],
    ['nr', undefined],
    ['toString', undefined],
    ['', undefined],
  ])('finds %j, compared exactly, at %s', (name, index) => {
    expect(new FieldNames(contractOf(FIELDS)).indexOf(name)).toBe(index);
  });

  it.each([
    ['ID', 0],
    ['nR', 0],
    ['Constructor', 1],
    ['id ', undefined],
  ])('finds %j, compared without regard to case, at %s', (name, index) => {
    const contract = contractOf(FIELDS, {
      millrace: { match: ['**'], dialect: { caseSensitiveHeader: false } },
    });
    expect(new FieldNames(contract).indexOf(name)).toBe(index);
  });
});
