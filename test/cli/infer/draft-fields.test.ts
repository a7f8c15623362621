import { draftFields } from '../../../src/cli/infer/draft-fields.ts';
import { CsvEvidence, JsonObjectsEvidence } from '../../../src/cli/infer/table-evidence.ts';

/** Drafts the fields of a table that is given column by column. */
function draft(
  columns: Record<string, readonly string[]>,
  missingValues: readonly string[] = [''],
) {
  const evidence = new CsvEvidence(Object.keys(columns), missingValues);
  const rows = Object.values(columns)[0]?.length ?? 0;
  for (let row = 0; row < rows; row += 1) {
    evidence.add(Object.values(columns).map((texts) => texts[row] ?? ''));
  }
  return draftFields(evidence, missingValues);
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n));

describe('a required field', () => {
  it.each([
    ['is always filled in 20 rows', numbers(20), true],
    ['is always filled, but in few rows', numbers(19), false],
    ['is empty once', [...numbers(30), ''], false],
    ['once says that it has no value', [...numbers(30), 'NA'], false],
    ['is text, NA being one', [...Array<string>(30).fill('red'), 'NA'], true],
  ])('is drafted where a column %s: %#', (_, texts, required) => {
    const [field] = draft({ a: texts }).fields;
    expect(field?.constraints).toEqual(required ? { required: true } : undefined);
  });

  it('is not drafted for a property that records lack', () => {
    const evidence = new JsonObjectsEvidence([''], 10);
    for (let row = 0; row < 30; row += 1) evidence.add({ a: row, ...(row > 0 && { b: row }) });
    const { fields } = draftFields(evidence, ['']);
    expect(fields).toEqual([
      { name: 'a', type: 'integer', constraints: { required: true } },
      { name: 'b', type: 'integer' },
    ]);
  });
});

describe('texts that mean no value', () => {
  it('are stated where the rest of a column is typed otherwise', () => {
    const { missingValues, fields } = draft({ a: ['1', 'NA', '-'], b: ['x', 'y', 'z'] });
    expect(missingValues).toEqual(['', 'NA', '-']);
    expect(fields[0]).toEqual({ name: 'a', type: 'integer' });
  });

  it('are not stated where they are nothing but text', () => {
    expect(draft({ a: ['red', 'NA'] }).missingValues).toEqual(['']);
  });

  it('leave a column as text when they may be values in another', () => {
    const { missingValues, fields, notes } = draft({ count: ['1', 'NA'], country: ['DE', 'NA'] });
    expect(missingValues).toEqual(['']);
    expect(fields.map(({ type }) => type)).toEqual(['string', 'string']);
    expect(notes).toEqual([
      'Column "count": "NA" stands for no value here, but may be one in the column "country"; drafted as string.',
    ]);
  });

  it('are followed from column to column', () => {
    const { fields } = draft({ a: ['1', '-', '2'], b: ['1', 'NA', '-'], c: ['x', 'NA', 'y'] });
    expect(fields.map(({ type }) => type)).toEqual(['string', 'string', 'string']);
  });

  it('mean no value in every column when it is stated', () => {
    const columns = { count: ['1', 'NA'], country: ['DE', 'NA'] };
    const { missingValues, fields, notes } = draft(columns, ['', 'NA']);
    expect(missingValues).toEqual(['', 'NA']);
    expect(fields.map(({ type }) => type)).toEqual(['integer', 'string']);
    expect(notes).toEqual([]);
  });
});

describe('a number with three decimals', () => {
  it('is a number in a file without decimal commas, but a doubt is noted', () => {
    const { fields, notes } = draft({ a: ['1.234', '5.678'] });
    expect(fields[0]?.type).toBe('number');
    expect(notes).toEqual([
      'Column "a": its "." may part thousands (groupChar); drafted as number.',
    ]);
  });

  it('stays text where other columns have decimal commas', () => {
    const { fields, notes } = draft({ a: ['1.234', '5.678'], b: ['1,5', '2,5'] });
    expect(fields[0]?.type).toBe('string');
    expect(notes).toEqual([
      'Column "a": its "." may part thousands (groupChar), as other columns have decimal commas; drafted as string.',
    ]);
  });
});

describe('JSON objects with more properties than columns are allowed', () => {
  it('give as many fields as are allowed', () => {
    const evidence = new JsonObjectsEvidence([''], 2);
    evidence.add({ a: 1, b: 2, c: 3 });
    expect([...evidence.columns.keys()]).toEqual(['a', 'b']);
  });
});
