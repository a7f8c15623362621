import { describeReading } from '../../../src/pipeline/validate/description-length.ts';
import { readSample, type Separators } from '../../../src/pipeline/validate/read-sample.ts';

const describeAs = (text: string, separators: Partial<Separators>) => {
  const sample = Buffer.from(text);
  const all = { delimiter: ',', quote: '"', lineEnd: 'lf', comment: null, ...separators } as const;
  return describeReading(readSample(sample, all), sample);
};
const bits = (text: string, separators: Partial<Separators>): number =>
  describeAs(text, separators).bits;

describe('describeReading', () => {
  it.each<[string, string, Partial<Separators>, Partial<Separators>]>([
    ['values', 'a;b\n1,5;2,5\n3,5;4,5\n', { delimiter: ';' }, { delimiter: ',' }],
    ['records of one length', 'a;b\nx, y;z\nx;z\n', { delimiter: ';' }, { delimiter: ',' }],
    ['one column', 'text\na, b, c\nd\ne, f\n', { delimiter: '\t' }, { delimiter: ',' }],
    ['the right quote', "a,b\n'x, y',1\n'z',2\n", { quote: "'" }, { quote: '"' }],
    ['lone CRs as line ends', 'a,b\r1,2\r3,4\n', { lineEnd: 'mixed' }, { lineEnd: 'lf' }],
    ['a stray CR', 'a,b\n1,x\ry\n3,4\n', { lineEnd: 'lf' }, { lineEnd: 'mixed' }],
    ['names of all columns', 'a;b;c\nx;1,2;y\nz;3,4;u\n', { delimiter: ';' }, { delimiter: ',' }],
  ])('is shorter for a reading with %s', (_, text, right, wrong) => {
    expect(bits(text, right)).toBeLessThan(bits(text, wrong));
  });

  it('is longer for every record that is odd', () => {
    const lengths = ['', '1\n', '1\n1\n', '1\n1\n1,2,3\n'].map((odd) =>
      bits(`a,b\n1,2\n${odd}`, {}),
    );
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  });

  it('counts what an open quote leaves unread', () => {
    const closed = bits('a,b\n1,"x"\n', {});
    expect(bits('a,b\n1,"x\nmuch more text\n', {})).toBeGreaterThan(closed + 60);
  });

  it('gives the share of records that can be read and have the usual number of fields', () => {
    expect(describeAs('a,b\n1,2\n3\n"4"x,5\n', {}).agreement).toBe(0.5);
    expect(describeAs('', {}).agreement).toBe(0);
  });

  it('does not count an empty field behind the columns as odd among those without', () => {
    const trailing = bits('a,b\n1,2,\n3,4,\n', {});
    expect(bits('a,b\n1,2,x\n3,4,x\n', {})).toBeGreaterThan(trailing + 2 * 4);
  });
});
