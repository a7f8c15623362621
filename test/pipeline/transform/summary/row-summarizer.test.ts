import type { Contract } from '../../../../src/datasets/contract.ts';
import type { FileFormat } from '../../../../src/pipeline/payload.ts';
import { ChunkTransformer } from '../../../../src/pipeline/transform/chunk-transformer.ts';
import { RowSummary, RowSummaryJson } from '../../../../src/shared/aggregates/row-summary.ts';
import { boundedText, type CountedValue } from '../../../../src/shared/aggregates/value-text.ts';
import { contractOf } from '../../../support/contracts.ts';
import fc from '../../../support/fast-check.ts';
import { transformedLines } from '../../../support/transformed-lines.ts';

const CSV: FileFormat = {
  type: 'csv',
  dialect: {
    delimiter: ',',
    quote: '"',
    lineEnd: 'lf',
    header: true,
    comment: null,
    trailingDelimiter: false,
  },
};
const LINES: FileFormat = { type: 'json-lines' };

const CONTRACT = contractOf(
  [
    { name: 'kind' },
    { name: 'any', type: 'any' },
    { name: 'gift', type: 'boolean' },
    { name: 'count', type: 'integer' },
    { name: 'price', type: 'number' },
    { name: 'on', type: 'datetime', constraints: { required: true } },
  ],
  {
    millrace: {
      match: ['**'],
      report: {
        dimensions: ['kind', 'any', 'gift', 'count'],
        measures: ['count', 'price'],
        eventTime: 'on',
      },
    },
  },
);

interface Transformed {
  readonly summary: RowSummaryJson;
  /** Clean records and rejected rows, in which numbers are kept as they are written. */
  readonly records: readonly Record<string, unknown>[];
  readonly rejects: readonly Record<string, unknown>[];
}

/** A number as it is written. */
class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function transformed(format: FileFormat, bytes: Buffer, contract: Contract | null): Transformed {
  const transformer = new ChunkTransformer({
    key: 'in/orders',
    plan: { format, encoding: 'utf-8', byteOrderMark: false },
    contract,
    limits: { maxRecordBytes: 64 << 20, maxColumns: 20 },
    summary: { arrivedAt: '2026-11-20T00:00:00.000Z' },
  });
  const { records, rejects } = transformedLines(transformer, [bytes]);
  const summary = RowSummaryJson.parse(JSON.parse(JSON.stringify(transformer.summary())));
  return { summary, records: parsed(records), rejects: parsed(rejects) };
}

function parsed(lines: Buffer): Record<string, unknown>[] {
  const keepDigits = (_: string, value: unknown, { source }: { source?: string } = {}): unknown =>
    typeof value === 'number' ? new Digits(source ?? '') : value;
  return lines
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, keepDigits) as Record<string, unknown>);
}

/** Counts the values of a column as somebody would who has nothing but the records. */
function recount(records: readonly Record<string, unknown>[], column: string): object {
  const counts = new Map<CountedValue, number>();
  for (const record of records) {
    const value = record[column];
    const text = value instanceof Digits ? value.text : boundedText(asText(value));
    const counted = value === null ? null : text;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  const values = [...counts].sort(([a], [b]) => (a === null || (b !== null && a < b) ? -1 : 1));
  return { isExact: true, values };
}

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** In units of 10^-20. */
const unitsOf = (text: string): bigint => {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)!;
  const power = 20 - fraction.length + Number(exponent);
  return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(power);
};

function expectRecounted({ summary, records, rejects }: Transformed): void {
  for (const { column, counts } of summary.dimensions) {
    expect([column, counts]).toEqual([column, recount(records, column)]);
  }
  const merged = new RowSummary();
  merged.merge(summary);
  for (const [column, measure] of merged.measures) {
    const units = records
      .map((record) => record[column])
      .filter((value) => value instanceof Digits)
      .map(({ text }) => unitsOf(text));
    expect(measure.count).toBe(units.length);
    if (units.length === 0) continue;
    const inOrder = units.toSorted((a, b) => Number(a > b) - Number(a < b));
    expect(unitsOf(measure.sum!)).toBe(units.reduce((sum, unit) => sum + unit, 0n));
    expect(unitsOf(measure.minimum!)).toBe(inOrder[0]);
    expect(unitsOf(measure.maximum!)).toBe(inOrder.at(-1));
    const middle = Number(inOrder[(units.length - 1) >> 1]) / 1e20;
    const quantile = measure.quantile(0.5);
    const error = Math.abs((quantile ?? middle) - middle);
    expect(error).toBeLessThanOrEqual(0.01 * Math.abs(middle) + 1e-12);
    expect(quantile === null).toBe(Math.abs(middle) > 1e18);
  }
  const isLate = (record: Record<string, unknown>): boolean =>
    Date.parse(String(record.on)) < Date.parse('2026-11-20');
  expect(summary.eventTimes[0]?.times).toMatchObject({
    rows: records.length,
    lateRows: records.filter(isLate).length,
  });
  expectRejectsRecounted(summary, rejects);
}

function expectRejectsRecounted({ rejects }: RowSummaryJson, rows: Transformed['rejects']): void {
  const codes = [...new Set(rows.map(({ code }) => code))].sort();
  expect(rejects.map(({ code }) => code)).toEqual(codes);
  for (const { code, columns } of rejects) {
    const ofCode = rows.filter((row) => row.code === code);
    expect([code, columns]).toEqual([code, recount(ofCode, 'column')]);
  }
}

const kinds = [
  'a',
  'ü',
  'x'.repeat(64),
  'y'.repeat(200),
  '__proto__',
  'null',
  'a"b',
  'constructor',
];
const integers = ['0', '-0', '7', '007', '12345678901234567890123', '-7', 'x', ''];
const numbers = [
  '0',
  '-0.0',
  '1.50',
  '1.5',
  '-2.25',
  '1e3',
  '1E-7',
  '99999999999999999.5',
  'NaN',
  '',
];
const moments = [
  '2026-11-19T23:59:59Z',
  '2026-11-20T00:00:00Z',
  '2026-11-20T00:30:00+01:00',
  '2026-11-20T12:00:00.125Z',
  '',
];

const rows = fc.array(
  fc.tuple(
    fc.constantFrom(...kinds, ''),
    fc.constantFrom('1', '1.0', 'x', ''),
    fc.constantFrom('true', 'false', ''),
    fc.constantFrom(...integers),
    fc.constantFrom(...numbers),
    fc.constantFrom(...moments),
  ),
  { maxLength: 40 },
);

const HEADER = ['kind', 'any', 'gift', 'count', 'price', 'on'];
const csvOf = (table: readonly (readonly string[])[]): Buffer =>
  Buffer.from(
    [HEADER, ...table]
      .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      .join('\n'),
  );

describe('The summary of a file', () => {
  it('is what a recount of its CSV records and rejected rows gives', () => {
    fc.assert(
      fc.property(rows, (table) => expectRecounted(transformed(CSV, csvOf(table), CONTRACT))),
      { numRuns: 300 },
    );
  }, 60_000);

  it('is what a recount of its JSON records and rejected rows gives', () => {
    const any = fc.constantFrom('1', '"1"', '1.0', 'null', 'true', '{"a":[1]}', '"\\ud800"');
    const number = fc.constantFrom('7', '1.50', '-1e3', '"2.5"', 'null', '"x"', '-0');
    const lines = fc.array(
      fc.record({ any, number, on: fc.constantFrom(...moments) }).map((given) => {
        const { any: value, number: price, on } = given;
        return `{"any":${value},"kind":${value},"price":${price},"on":"${on}","other":1}\n`;
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(lines, (text) =>
        expectRecounted(transformed(LINES, Buffer.from(text.join('')), CONTRACT)),
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  it('counts a column that the file does not have as no value', () => {
    const { summary } = transformed(CSV, Buffer.from('on\n2026-11-20T10:00\n'), CONTRACT);
    const [dimension] = summary.dimensions.filter(({ column }) => column === 'kind');
    expect(dimension?.counts).toEqual({ isExact: true, values: [[null, 1]] });
    expect(summary.measures[0]?.summary).toMatchObject({ count: 0 });
  });

  it('counts values that share what they are remembered by, and then many more', () => {
    const values = Array.from({ length: 30_000 }, (_, index) => `value ${index % 12_000}`);
    const table = values.map((value) => [value, '', '', '', '', '2026-11-20T10:00']);
    const { summary } = transformed(CSV, csvOf(table), CONTRACT);
    const merged = new RowSummary();
    merged.merge(summary);
    const top = merged.dimensions.get('kind')!.top(10);
    expect(merged.dimensions.get('kind')!.rows).toBe(values.length);
    expect(top).toMatchObject({ isExact: false, distinctValues: expect.any(Number) as number });
    for (const entry of top.values) expect(entry.rows).toBeGreaterThanOrEqual(2);
  });

  it('is exact for as many values as a manifest holds, however they are spread', () => {
    const table = Array.from({ length: 20_000 }, (_, index) => [
      `${'v'.repeat(index % 100)}${(index * 7_919) % 1_000}`.slice(-60),
      ...['', '', '', '', '2026-11-20T10:00'],
    ]);
    expect(new Set(table.map(([kind]) => kind)).size).toBeGreaterThan(900);
    expectRecounted(transformed(CSV, csvOf(table), CONTRACT));
  });

  it('stays small whatever the values are', () => {
    const table = ['z'.repeat(10_000_000), '\u0001'.repeat(1_000_000)].map((kind) => [
      kind,
      ...['', '', '9'.repeat(1_000_000), '1e999999999999999', '2026-11-20T10:00'],
    ]);
    const { summary } = transformed(CSV, csvOf(table), CONTRACT);
    expect(JSON.stringify(summary).length).toBeLessThan(3_000);
    expect(summary.measures.map((measure) => measure.summary.tooLong)).toEqual([2, 2]);
  }, 60_000);

  it('has rejected rows only where there is no contract', () => {
    const { summary } = transformed(CSV, Buffer.from('a,b\n1\n1,2\n1,2,3\n'), null);
    expect(summary).toEqual({
      dimensions: [],
      measures: [],
      eventTimes: [],
      rejects: ['TOO_FEW_FIELDS', 'TOO_MANY_FIELDS'].map((code) => ({
        code,
        columns: { isExact: true, values: [[null, 1]] },
      })),
    });
  });

  it('is not made unless it is asked for', () => {
    const transformer = new ChunkTransformer({
      key: 'in/orders',
      plan: { format: CSV, encoding: 'utf-8', byteOrderMark: false },
      contract: null,
      limits: { maxRecordBytes: 1_000, maxColumns: 20 },
    });
    expect(() => transformer.summary()).toThrow(TypeError);
  });
});
