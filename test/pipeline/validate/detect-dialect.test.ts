import type { DialectHints } from '../../../src/datasets/contract.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import { detectDialect } from '../../../src/pipeline/validate/detect-dialect.ts';
import { contractOf } from '../../support/contracts.ts';
import { PLAIN_DIALECT } from '../../support/dialects.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const SINGLE_AND_SEMICOLON = { delimiter: ';', quote: "'" };

const detected = (sample: string): Dialect => detectDialect(sample, null).dialect;

/** What is detected under a contract that states a part of the dialect. */
const underHints = (sample: string, dialect: DialectHints) =>
  detectDialect(sample, contractOf([{ name: 'x' }], { millrace: { match: ['**'], dialect } }));

describe('detectDialect', () => {
  it.each<[string, string, Partial<Dialect>]>([
    ['commas', 'id,name\n1,a\n2,b\n', {}],
    ['semicolons', 'id;name\n1;a\n2;b\n', { delimiter: ';' }],
    ['semicolons around decimal commas', 'id;x;y\n1;1,5;2,5\n2;3,5;4,5\n', { delimiter: ';' }],
    ['semicolons around nothing but decimal commas', 'a;b\n1,5;2,5\n3,5;4,5\n', { delimiter: ';' }],
    ['pipes', 'id|name\n1|a\n2|b\n', { delimiter: '|' }],
    ['tabs', 'id\tname\n1\ta\n2\tb\n', { delimiter: '\t' }],
    ['tabs around text with commas', 'id\ttext\n1\ta, b\n2\tc, d, e\n', { delimiter: '\t' }],
    ['commas in quoted fields', 'id;text\n1;"a,b,c"\n2;"d,e,f"\n', { delimiter: ';' }],
    ['line ends in quoted fields', 'id;text\n1;"a\n,\n,"\n2;"b"\n', { delimiter: ';' }],
    ['single quotes', "id,text\n1,'a, b'\n2,'c'\n", { quote: "'" }],
    ['one single-quoted field that needs it', "id;text\n1;'a; b'\n2;c\n", SINGLE_AND_SEMICOLON],
    ['single quotes and semicolons', "'id';'text'\n'1';'a;b'\n", SINGLE_AND_SEMICOLON],
    ['apostrophes in double quotes', `id,text\n1,"'a'"\n2,"it's, 'b'"\n`, {}],
    ['apostrophes in text', "id,text\n1,it's\n2,rock 'n' roll\n", {}],
    ['CRLF', 'id,name\r\n1,a\r\n', { lineEnd: 'crlf' }],
    ['more CRLF than LF', 'id,name\r\n1,a\n2,b\r\n', { lineEnd: 'crlf' }],
    ['CRLF in quotes only', 'id,name\n1,"a\r\nb\r\nc"\n', {}],
    ['lone CR', 'id,name\r1,a\r', { lineEnd: 'cr' }],
    ['lone CR around quoted LF', 'id,name\r1,"a\nb"\r2,"c"\r', { lineEnd: 'cr' }],
    ['lone CR among LF', 'id,name\n1,a\r2,b\r3,c\n4,d\n', { lineEnd: 'mixed' }],
    ['a stray CR among LF', 'id,name\n1,a\rb\n2,b\n3,c\n', {}],
    ['lone CR in quotes only', 'id,name\n1,"a\rb"\n2,"c\rd"\n', {}],
    ['one column', 'name\nann\nbob\n', {}],
    ['one column of numbers with a header', 'value\n1\n2\n', {}],
    ['one column of decimal commas', 'value\n1,5\n2,25\n', { delimiter: '\t' }],
    ['one column of names with commas', 'name\nSmith, Jo\nDoe, Al\n', { delimiter: '\t' }],
    ['one line', 'id;name', { delimiter: ';' }],
    ['a ragged row among regular ones', 'a;b\n1;2\n1;2;3\n1;2\n', { delimiter: ';' }],
    ['an open quote at the end', 'id|t\n1|a\n2|b\n3|"cut; here, and', { delimiter: '|' }],
    ['an empty sample', '', {}],
    ['blank lines only', '\n\n', {}],
  ])('recognises %s', (_, sample, expected) => {
    expect(detected(sample)).toEqual({ ...PLAIN_DIALECT, ...expected });
  });

  it('takes one column whole where its text has every delimiter', () => {
    const sample = 'text\na, b; c\td | e\nf; g\nh | i, j\n';
    const { dialect, firstRecord } = detectDialect(sample, null);
    expect(sample).not.toContain(dialect.delimiter);
    expect(firstRecord).toEqual(['text']);
  });

  it('does not take an apostrophe for a quote because a double quote is not closed', () => {
    const sample = `id,text\n1,"open\n2,'t was\n3,rock 'n' roll\n4,d\n`;
    expect(detected(sample)).toMatchObject({ delimiter: ',', quote: '"' });
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
        expect(detected(text)).toMatchObject({ delimiter: separator, quote: mark, lineEnd: name });
      }),
      { numRuns: 300 },
    );
  });

  it('gives the first record, and how many it has looked at', () => {
    expect(detectDialect('"a;b";c\n1;2\n3;4\n', null)).toMatchObject({
      firstRecord: ['a;b', 'c'],
      sampleRecords: 3,
    });
    expect(detectDialect('a,b\n'.repeat(10_000), null).sampleRecords).toBe(500);
    expect(detectDialect('"never closed', null)).toMatchObject({ firstRecord: [] });
  });
});

describe('detectDialect with a trailing delimiter', () => {
  it.each<[string, string, boolean]>([
    ['behind the header and all rows', 'a,b,\n1,2,\n3,4,\n', true],
    ['behind the rows only', 'a,b\n1,2,\n3,4,\n', true],
    ['behind a header without rows', 'a,b,\n', true],
    ['behind all rows where there is no header', '1,2,\n3,4,\n', true],
    ['behind nearly all rows', `a,b,\n${'1,2,\n'.repeat(30)}1,2\n`, true],
    ['behind some rows only', 'a,b\n1,2,\n3,4\n5,6,\n7,8\n', false],
    ['nowhere: the last column has a name', 'a,b,c\n1,2,\n3,4,\n', false],
    ['nowhere: the unnamed column has values', ',a,\n0,1,x\n1,2,y\n', false],
    ['nowhere: rows have a value more', 'a,b\n1,2,3\n4,5,6\n', false],
    ['nowhere: rows have two fields more', 'a,b\n1,2,,\n4,5,,\n', false],
  ])('finds it %s', (_, sample, trailingDelimiter) => {
    expect(detected(sample)).toMatchObject({ trailingDelimiter });
  });

  it.each([
    [2, true],
    [3, false],
  ])(
    'counts the columns of a file without header by the %i fields of its contract',
    (n, trailing) => {
      const fields = ['a', 'b', 'c']
        .slice(0, n)
        .map((name) => ({ name, type: 'integer' as const }));
      const { dialect } = detectDialect('1,2,\n3,4,\n', contractOf(fields));
      expect(dialect).toMatchObject({ header: false, trailingDelimiter: trailing });
    },
  );
});

describe('detectDialect under a contract', () => {
  it.each<[string, string, DialectHints, Partial<Dialect>]>([
    ['delimiter', 'a;b,c;d\n1;2,3;4\n', { delimiter: ',' }, { delimiter: ',' }],
    ['delimiter', 'a^b\n1^2\n', { delimiter: '^' }, { delimiter: '^' }],
    ['quoteChar', 'a,b\n%x,y%,2\n', { quoteChar: '%' }, { quote: '%' }],
    ['quoteChar', 'a,b\n"x,2\n', { quoteChar: null }, { quote: null }],
    ['header', 'a,b\nc,d\n', { header: false }, { header: false }],
    ['header', '1,2\n3,4\n', { header: true }, { header: true }],
    ['commentChar', '#x;y;z\na,b\n1,2\n', { commentChar: '#' }, { comment: '#' }],
  ])('takes a stated %s as it is', (name, sample, hints, expected) => {
    const { dialect, stated } = underHints(sample, hints);
    expect(dialect).toEqual({ ...PLAIN_DIALECT, ...expected });
    expect(stated).toEqual([name]);
  });

  it('lists all that is stated, and is sure where nothing was left to guess', () => {
    const hints = { header: true, commentChar: '#', delimiter: ';', quoteChar: '"' };
    expect(underHints('a;b\n1;2\n', hints)).toMatchObject({
      stated: ['delimiter', 'quoteChar', 'header', 'commentChar'],
      confidence: 1,
    });
  });

  it.each<[DialectHints, Partial<Dialect>]>([
    [{ commentChar: '"' }, { quote: "'", comment: '"' }],
    [{ delimiter: '"' }, { quote: "'", delimiter: '"' }],
    [{ quoteChar: ',' }, { quote: ',', delimiter: ';' }],
    [{ commentChar: ';' }, { delimiter: ',', comment: ';' }],
    [{ delimiter: '"', commentChar: "'" }, { quote: null }],
  ])('gives one character one meaning: %j', (hints, expected) => {
    expect(underHints('a;b"c,d\n1;2"3,4\n', hints).dialect).toMatchObject(expected);
  });

  it('knows the delimiter by which the header has the names of the contract', () => {
    const contract = contractOf([{ name: 'id' }, { name: 'tags', aliases: ['labels'] }]);
    const sample = 'id,labels;x;y\n1,a;b;c\n2,d;e;f\n';
    expect(detectDialect('id;labels,x,y\n1;a,b,c\n', contract).dialect.delimiter).toBe(';');
    expect(detectDialect(sample, null).dialect.delimiter).toBe(';');
    expect(detectDialect('id,tags\n1,a;b;c\n2,d;e;f\n', contract).dialect.delimiter).toBe(',');
  });
});

describe('the confidence of detectDialect', () => {
  const confidence = (sample: string): number => detectDialect(sample, null).confidence;
  const rows = (count: number): string => `id,name\n${'7,ann\n'.repeat(count)}`;

  it('grows with the number of records', () => {
    const values = [0, 1, 3, 10, 100, 400].map((count) => confidence(rows(count)));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.at(-1)).toBeGreaterThan(0.99);
    expect(values[0]).toBeLessThan(0.6);
  });

  it('grows with the agreement of records', () => {
    const ragged = [0, 1, 3, 8].map((count) => confidence(rows(20) + '7\n'.repeat(count)));
    expect(ragged).toEqual(ragged.toSorted((a, b) => b - a));
    expect(ragged.at(-1)).toBeLessThan(0.75);
  });

  it('is low where another dialect explains the sample about as well', () => {
    expect(confidence('a;b,c\nd;e,f\n')).toBeLessThan(0.9 * confidence('a;b;c\nd;e;f\n'));
  });

  it('is between 0 and 1 for any text', () => {
    const text = fc
      .array(fc.constantFrom('a', '1', ',', ';', '|', '\t', '"', "'", '\n', '\r', ' '), {
        maxLength: 40,
      })
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (sample) => {
        const { confidence: value, dialect, firstRecord } = detectDialect(sample, null);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(dialect.quote).not.toBe(dialect.delimiter);
        expectSame(Array.isArray(firstRecord), true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('detectDialect on hostile samples', () => {
  const KIB = 1024;
  const columns = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join(',');

  it.each<[string, string]>([
    ['a header of 100,000 columns', `${columns}\n`],
    ['one quoted field', `"${'x,y;z\n'.repeat(40 * KIB)}"\n`],
    ['a quote that is not closed', `a,b\n1,"${"it's; a|b\t\n".repeat(20 * KIB)}`],
    ['delimiters only', ',;|\t'.repeat(64 * KIB)],
    ['delimiters and quotes on each line', `,;|\t'"\r\n`.repeat(32 * KIB)],
    ['lone CRs and every delimiter', `a,'b',"c";d|e\t\r`.repeat(64 * KIB)],
    ['quotes only', '"'.repeat(256 * KIB)],
    ['apostrophes only', "'".repeat(256 * KIB)],
    ['digits only', '1'.repeat(256 * KIB)],
    ['groups of digits', '1 111 111 111 111 111 111 111 111 x,'.repeat(8 * KIB)],
    ['blank lines', '\n'.repeat(256 * KIB)],
    ['1 MiB of rows', `2024-01-01 10:00:00,abc,12.5,"x;y",'z'\n`.repeat(26 * KIB)],
  ])('is quick on %s', (_, sample) => {
    const started = performance.now();
    detectDialect(sample, null);
    // About 100 ms; much more on a machine that has other work to do.
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
