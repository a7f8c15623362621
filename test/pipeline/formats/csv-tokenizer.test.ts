import { CsvTokenizer } from '../../../src/pipeline/formats/csv-tokenizer.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';
import { everyCut, pieceLengths, splitBy } from '../../support/splits.ts';
import { PLAIN_DIALECT } from '../../support/dialects.ts';

const DIALECT: Dialect = { ...PLAIN_DIALECT, comment: '#' };

const open = (dialect: Partial<Dialect> = {}, maxRecordBytes = 1 << 20): CsvTokenizer =>
  new CsvTokenizer(
    { ...DIALECT, ...dialect },
    { maxRecordBytes, encoding: 'utf-8', firstOffset: 0 },
  );

/** The bytes of each field of the record at hand, with a mark where quotes are doubled. */
function fieldsOf({ bytes, fieldCount, starts, ends, doubled }: CsvTokenizer): string[] {
  return Array.from({ length: fieldCount }, (_, field) => {
    const text = bytes.toString('latin1', starts[field], ends[field]);
    return doubled[field] === 1 ? `doubled ${text}` : text;
  });
}

function* records(tokenizer: CsvTokenizer, pieces: readonly Buffer[]): Generator<string[]> {
  for (const bytes of pieces) {
    tokenizer.write(bytes);
    while (tokenizer.next()) yield fieldsOf(tokenizer);
  }
  tokenizer.finish();
  while (tokenizer.next()) yield fieldsOf(tokenizer);
}

describe('CsvTokenizer', () => {
  it('gives the borders of fields without their quotes, however the file is cut', () => {
    const text = 'a,"b",\r\n"c""d","",e"f\n#x,y\n\n"g\nh",i';
    const expected = [
      ['a', 'b', ''],
      ['doubled c""d', '', 'e"f'],
      ['g\nh', 'i'],
    ];
    for (const pieces of [...everyCut(Buffer.from(text)), splitBy(Buffer.from(text), [1])]) {
      expect([...records(open(), pieces)]).toEqual(expected);
    }
  });

  it('tells row, line and offset of the record at hand', () => {
    const tokenizer = open();
    tokenizer.write(Buffer.from('h\n#c\n"a\nb"\n\nd\n'));
    const places: number[][] = [];
    while (tokenizer.next()) places.push([tokenizer.row, tokenizer.line, tokenizer.offset]);
    expect(places).toEqual([
      [0, 1, 0],
      [1, 3, 5],
      [2, 6, 12],
    ]);
  });

  it('forgets what was out of the ordinary before the next record', () => {
    const tokenizer = open();
    tokenizer.write(Buffer.from('"a"x\nb"\nc\n'));
    const found: unknown[] = [];
    while (tokenizer.next()) {
      found.push([tokenizer.problem?.code ?? null, tokenizer.hasQuoteAsText]);
    }
    expect(found).toEqual([
      ['TEXT_AFTER_CLOSING_QUOTE', false],
      [null, true],
      [null, false],
    ]);
  });

  it('finds as many fields as a record has', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2_000 }), pieceLengths, (commas, lengths) => {
        const bytes = Buffer.from(`x${',y'.repeat(commas)}\n`);
        const [fields] = [...records(open(), splitBy(bytes, lengths))];
        expect(fields).toEqual(['x', ...Array<string>(commas).fill('y')]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives the records before the one for which it rejects the file', () => {
    const tokenizer = open({}, 4);
    tokenizer.write(Buffer.from('a\n12345\n'));
    expect(tokenizer.next()).toBe(true);
    expect(() => tokenizer.next()).toThrow(rejection('RECORD_TOO_LARGE'));
  });
});
