import fc from 'fast-check';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import { detectDialect, readSample } from '../../../src/pipeline/validate/detect-dialect.ts';

const DEFAULT: Dialect = { delimiter: ',', quote: '"', lineEnd: 'lf', header: true };

describe('detectDialect', () => {
  it.each<[string, string, Partial<Dialect>]>([
    ['commas', 'id,name\n1,a\n2,b\n', {}],
    ['semicolons', 'id;name\n1;a\n2;b\n', { delimiter: ';' }],
    ['semicolons around decimal commas', 'id;x;y\n1;1,5;2,5\n2;3,5;4,5\n', { delimiter: ';' }],
    ['pipes', 'id|name\n1|a\n2|b\n', { delimiter: '|' }],
    ['tabs', 'id\tname\n1\ta\n2\tb\n', { delimiter: '\t' }],
    ['tabs around text with commas', 'id\ttext\n1\ta, b\n2\tc, d, e\n', { delimiter: '\t' }],
    ['commas in quoted fields', 'id;text\n1;"a,b,c"\n2;"d,e,f"\n', { delimiter: ';' }],
    ['line ends in quoted fields', 'id;text\n1;"a\n,\n,"\n2;"b"\n', { delimiter: ';' }],
    ['single quotes', "id,text\n1,'a, b'\n2,'c'\n", { quote: "'" }],
    ['single quotes and semicolons', "'id';'text'\n'1';'a;b'\n", { delimiter: ';', quote: "'" }],
    ['apostrophes in double quotes', `id,text\n1,"'a'"\n2,"it's, 'b'"\n`, {}],
    ['apostrophes in text', "id,text\n1,it's\n2,rock 'n' roll\n", {}],
    ['CRLF', 'id,name\r\n1,a\r\n', { lineEnd: 'crlf' }],
    ['lone CR', 'id,name\r1,a\r', { lineEnd: 'cr' }],
    ['one column', 'name\nann\nbob\n', {}],
    ['one column of numbers with a header', 'value\n1\n2\n', {}],
    ['one line', 'id;name', { delimiter: ';' }],
    ['a ragged row among regular ones', 'a;b\n1;2\n1;2;3\n1;2\n', { delimiter: ';' }],
    [
      'a quoted field that the sample cuts off',
      'id|text\n1|a\n2|b\n3|"cut; here, and',
      { delimiter: '|' },
    ],
    ['an empty sample', '', {}],
  ])('recognises %s', (_, sample, expected) => {
    expect(detectDialect(sample)).toEqual({ ...DEFAULT, ...expected });
  });

  it('recognises the delimiter, the quote and the line end of any regular table', () => {
    const cell = fc.stringMatching(/^[a-z]{1,5}$/);
    const table = fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 6 }))
      .chain(([columns, rows]) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    const delimiter = fc.constantFrom(',', ';', '\t', '|');
    const quote = fc.constantFrom('"', "'");
    const lineEnd = fc.constantFrom<[Dialect['lineEnd'], string][]>(
      ['lf', '\n'],
      ['crlf', '\r\n'],
      ['cr', '\r'],
    );
    fc.assert(
      fc.property(table, delimiter, quote, lineEnd, (rows, separator, mark, [name, end]) => {
        const text = rows
          .map((row) => row.map((value) => mark + value + mark).join(separator) + end)
          .join('');
        expect(detectDialect(text)).toMatchObject({
          delimiter: separator,
          quote: mark,
          lineEnd: name,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('readSample', () => {
  it('reads what comes before a quote that the sample leaves open', () => {
    expect(readSample('a,b\n1,"2\n3', DEFAULT)).toEqual([['a', 'b']]);
  });

  it('reads a few hundred records at most', () => {
    expect(readSample('a,b\n'.repeat(10_000), DEFAULT)).toHaveLength(500);
  });
});
