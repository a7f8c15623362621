import type { Dialect } from '../../../src/pipeline/payload.ts';
import { CsvState } from '../../../src/pipeline/scan/csv-automaton.ts';
import type { RangeScan } from '../../../src/pipeline/scan/range-scan.ts';
import { RangeScanner } from '../../../src/pipeline/scan/range-scanner.ts';
import type { SplittableFormat } from '../../../src/pipeline/splittable.ts';
import { everyCut, splitBy } from '../../support/splits.ts';
import { PLAIN_DIALECT } from '../../support/dialects.ts';

const MIB = 1024 * 1024;
const DIALECT: Dialect = { ...PLAIN_DIALECT, comment: '#' };
const CSV: SplittableFormat = { type: 'csv', dialect: DIALECT };
const MIXED: SplittableFormat = { type: 'csv', dialect: { ...DIALECT, lineEnd: 'mixed' } };

function scan(pieces: readonly Buffer[], format = CSV, firstByte = 0): RangeScan {
  const scanner = new RangeScanner(format, { firstByte, blockBytes: 4 });
  for (const piece of pieces) scanner.write(piece);
  return scanner.end();
}

const scanText = (text: string, format = CSV): RangeScan => scan([Buffer.from(text)], format);

describe('RangeScanner', () => {
  it.each([
    ['CSV', 'a,b\r\n"x\n""y",\rz\n#c\n\r\n\r1', CSV],
    ['CSV with mixed line ends', 'a,b\r\n"x\r\n""y",\rz\n#c\r\r\n\r1', MIXED],
    ['JSON Lines', '{}\n \r\n  {}\n\t', { type: 'json-lines' } as const],
  ])('gives the same scan for any pieces: %s', (_, text, format) => {
    const bytes = Buffer.from(text);
    const whole = scan([bytes], format);
    for (const pieces of everyCut(bytes)) expect(scan(pieces, format)).toEqual(whole);
    expect(scan(splitBy(bytes, [1]), format)).toEqual(whole);
  });

  it.each<[string, keyof typeof CsvState, keyof typeof CsvState]>([
    ['\n', 'UNQUOTED', 'RECORD_START'],
    ['\n', 'QUOTE_IN_QUOTED', 'RECORD_START'],
    ['\n', 'COMMENT', 'RECORD_START'],
    ['\n', 'QUOTED', 'QUOTED'],
    ['\r', 'RECORD_START', 'CARRIAGE_RETURN'],
    ['\r', 'CARRIAGE_RETURN', 'UNQUOTED'],
    ['\r', 'UNQUOTED', 'UNQUOTED'],
    ['\r', 'QUOTE_IN_QUOTED', 'UNQUOTED'],
    ['\r', 'COMMENT', 'COMMENT'],
    ['"', 'RECORD_START', 'QUOTED'],
    ['"', 'FIELD_START', 'QUOTED'],
    ['"', 'UNQUOTED', 'UNQUOTED'],
    ['"', 'QUOTED', 'QUOTE_IN_QUOTED'],
    ['"', 'QUOTE_IN_QUOTED', 'QUOTED'],
    ['"', 'COMMENT', 'COMMENT'],
    ['"', 'CARRIAGE_RETURN', 'UNQUOTED'],
    [',', 'UNQUOTED', 'FIELD_START'],
    [',', 'QUOTE_IN_QUOTED', 'FIELD_START'],
    [',', 'QUOTED', 'QUOTED'],
    ['#', 'RECORD_START', 'COMMENT'],
    ['#', 'FIELD_START', 'UNQUOTED'],
    ['x', 'QUOTE_IN_QUOTED', 'UNQUOTED'],
  ])('follows %j from %s to %s', (text, before, behind) => {
    expect(scanText(text).states[CsvState[before]]).toBe(CsvState[behind]);
  });

  it('says for each state before the range where the first and the last record start', () => {
    const { starts, first, firstLine, last, lastLine } = scanText('x"\n2,3\n4');
    const of = (state: keyof typeof CsvState): unknown[] =>
      [starts, first, firstLine, last, lastLine].map((values) => values[CsvState[state]]);
    expect(of('RECORD_START')).toEqual([3, 0, 0, 7, 2]);
    expect(of('UNQUOTED')).toEqual([2, 3, 1, 7, 2]);
    expect(of('QUOTED')).toEqual([2, 3, 1, 7, 2]);
    expect(of('FIELD_START')).toEqual([2, 3, 1, 7, 2]);
    // The CR before the range turns out to be text, so that the record starts with it.
    expect(of('CARRIAGE_RETURN')).toEqual([3, -1, 0, 7, 2]);
  });

  it('goes on as one way where ways meet', () => {
    const { states } = scanText('x,"a\nb"\n');
    expect(new Set(states)).toEqual(new Set([CsvState.RECORD_START]));
  });

  it.each([
    ['LF', 'a\r\n"\r\n\r"\n', CSV, 3],
    ['CR, LF and CRLF', 'a\r\n"\r\n\r"\n\r', MIXED, 5],
  ])('counts physical lines, in quotes too: %s', (_, text, format, lineEnds) => {
    expect(scanText(text, format)).toMatchObject({ lineEnds });
  });

  it('says where the halves of a CRLF may be in two ranges', () => {
    expect(scanText('a\r', MIXED)).toMatchObject({ lineEnds: 1, endsWithCarriageReturn: true });
    expect(scanText('\na', MIXED)).toMatchObject({ lineEnds: 1, startsWithLineFeed: true });
    expect(scanText('a\r', CSV)).toMatchObject({ lineEnds: 0, endsWithCarriageReturn: false });
  });

  it.each([
    ['plain rows', '4711,2026-03-01T00:00:00.097Z,page.view,user-123456,opened,12.34,DE\n'],
    ['short rows', '1,2\n'],
    ['quotes and line breaks', '1,"a\nb","c, ""d"""\n'],
    ['a CR at the end', '1,2\r'],
  ])('takes at most 600 bytes of JSON for 16 MiB: %s', (_, row) => {
    const scanner = new RangeScanner(CSV, { firstByte: 48_000 * MIB });
    scanner.write(Buffer.alloc(16 * MIB, row));
    expect(JSON.stringify(scanner.end()).length).toBeLessThanOrEqual(600);
  });

  it('hashes each block', () => {
    expect(scanText('abcdefghij').blocks).toEqual([
      'iNQmb9TmM40TuEX88olXnSCciXgjuSF9o+Fhk28DFYk=',
      '5eCIoLZhY6Cial4FPSpEltwWq24OPdGt8tFqqEoHjJ0=',
      'yd+cPyljsZublfWMTTOwU/qfhYbdbuBBJuUqho+IIQg=',
    ]);
  });

  it('refuses a range that starts in the middle of a block', () => {
    expect(() => scan([], CSV, 6)).toThrow('no block of 4 bytes starts at byte 6');
  });
});
