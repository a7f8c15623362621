import { readSample, type Separators } from '../../../src/pipeline/validate/read-sample.ts';

const SEPARATORS: Separators = { delimiter: ',', quote: '"', lineEnd: 'lf', comment: null };

const read = (text: string, maxRecords?: number) =>
  readSample(Buffer.from(text), SEPARATORS, maxRecords);

describe('readSample', () => {
  it('reads what comes before a quote that the sample leaves open, and says so', () => {
    const { records, endsInQuote } = read('a,b\n1,"2\n3');
    expect(records.map(({ value }) => value)).toEqual([['a', 'b']]);
    expect(endsInQuote).toBe(true);
  });

  it('reads the last record without its line end', () => {
    const { records, endsInQuote } = read('a,b\n1,2');
    expect(records.map(({ value }) => value)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(endsInQuote).toBe(false);
  });

  it('stops behind as many records as are asked for', () => {
    expect(read('a,b\n'.repeat(20_000), 500).records).toHaveLength(500);
    expect(read(`${'a,b\n'.repeat(600)}"open`, 500)).toMatchObject({ endsInQuote: false });
  });
});
