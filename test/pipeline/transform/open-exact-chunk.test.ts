import { Readable } from 'node:stream';
import { DecodedSource } from '../../../src/pipeline/decoded-source.ts';
import { DEFAULT_LIMITS } from '../../../src/pipeline/limits.ts';
import type { Dialect, RowCounts } from '../../../src/pipeline/payload.ts';
import { sumOfCounts } from '../../../src/pipeline/row-balance.ts';
import type { ExactChunk } from '../../../src/pipeline/scan/resolve-chunks.ts';
import type { SplitPlan } from '../../../src/pipeline/split-payload.ts';
import { ChunkTransformer } from '../../../src/pipeline/transform/chunk-transformer.ts';
import { openExactChunk } from '../../../src/pipeline/transform/open-exact-chunk.ts';
import type { OpenChunk } from '../../../src/pipeline/transform/open-chunk.ts';
import { contractOf } from '../../../src/pipeline/contract-of-plan.ts';
import { RowSummary, type RowSummaryJson } from '../../../src/shared/aggregates/row-summary.ts';
import { FileRejected } from '../../../src/shared/errors.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import fc from '../../support/fast-check.ts';
import { fileVersion } from '../../support/files.ts';
import { deployContracts } from '../../support/function-environment.ts';
import { resolveFile } from '../scan/scan-file.ts';

const KEY = 'in/orders.csv';
const ARRIVED_AT = '2026-11-20T16:05:09.000Z';
const LIMITS = { ...DEFAULT_LIMITS, maxRecordBytes: 60, maxColumns: 8 };

deployContracts(
  [
    {
      name: 'orders',
      fields: [
        { name: 'id', type: 'integer' },
        { name: 'note' },
        { name: 'amount', type: 'number' },
      ],
      millrace: {
        match: ['**'],
        report: { dimensions: ['note', 'id'], measures: ['id', 'amount'] },
      },
    },
  ],
  LIMITS,
);

const DIALECT: Dialect = {
  delimiter: ',',
  quote: '"',
  lineEnd: 'lf',
  header: true,
  comment: null,
  trailingDelimiter: false,
};

interface Read {
  readonly records: string;
  readonly rejects: string;
  readonly counts: RowCounts;
  readonly summary: RowSummaryJson;
}

async function read({ source, transformer }: OpenChunk): Promise<Read> {
  const lines = { records: '', rejects: '' };
  for await (const taken of transformer.linesOf(source)) {
    lines.records += taken.records.toString();
    lines.rejects += taken.rejects.toString();
  }
  return { ...lines, counts: transformer.counts(), summary: transformer.summary() };
}

function readWhole(bytes: Buffer, plan: SplitPlan): Promise<Read> {
  const contract = contractOf(plan);
  const transformer = new ChunkTransformer({
    key: KEY,
    plan,
    contract,
    limits: LIMITS,
    summary: { arrivedAt: ARRIVED_AT },
  });
  return read({ source: new DecodedSource(Readable.from([bytes]), plan, LIMITS), transformer });
}

/** Reads each chunk by itself, the last first, as functions do that know nothing of each other. */
async function readSplit(bytes: Buffer, plan: SplitPlan, rangeBytes: number): Promise<Read> {
  const s3 = new FakeS3();
  s3.objects.set(KEY, { body: bytes, contentType: '' });
  const file = fileVersion({ key: KEY, size: bytes.length });
  const cutting = {
    rangeBytes,
    blockBytes: 1,
    pieceLengths: [],
    textStart: Buffer.byteLength(markOf(plan)),
  };
  const { chunks } = resolveFile(bytes, plan.format, cutting);
  const parts: Read[] = [];
  const opened = (chunk: ExactChunk) => ({ file, plan, chunk, arrivedAt: ARRIVED_AT });
  for (const chunk of [...chunks].reverse()) {
    const part = await read(await openExactChunk(s3.client, opened(chunk)));
    expect(part.counts.rowsRead).toBe(rowsOf(chunk));
    parts.unshift(part);
  }
  return {
    records: parts.map(({ records }) => records).join(''),
    rejects: parts.map(({ rejects }) => rejects).join(''),
    counts: sumOfCounts(parts.map(({ counts }) => counts)),
    summary: joined(parts.map(({ summary }) => summary)),
  };
}

function joined(summaries: readonly RowSummaryJson[]): RowSummaryJson {
  const joint = new RowSummary();
  for (const summary of summaries) joint.merge(summary);
  joint.countAsOne();
  return joint.toJson();
}

const rowsOf = ({ firstRow, rows }: ExactChunk): number =>
  firstRow === 0 ? Math.max(0, rows - 1) : rows;
const markOf = ({ byteOrderMark }: Pick<SplitPlan, 'byteOrderMark'>): string =>
  byteOrderMark ? '\ufeff' : '';

/** What a file gives, or that it is rejected. */
async function outcomeOf(reading: Promise<Read>): Promise<Read | 'rejected'> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FileRejected) return 'rejected';
    throw error;
  }
}

const cell = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom('1', '2.5', 'x', 'größer', '', '€', '5" pipe', '\0') },
  {
    weight: 30,
    arbitrary: fc.constantFrom('"a,b"', '"one\ntwo"', '"say ""hi"""', '"\r\n"', '""', '"a"b'),
  },
  // These reject the file, or swallow what follows.
  { weight: 1, arbitrary: fc.constantFrom('y'.repeat(70), '"open', 'a\rb') },
);
const row = fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join(','));
const line = fc.oneof(
  { weight: 8, arbitrary: row },
  { weight: 1, arbitrary: fc.constantFrom('', '# a comment, with "', ' ') },
);
const header = fc.constantFrom(
  'id,note,amount',
  'amount,id,note',
  'id,id,,other',
  'größe,"id"',
  '"id',
);

const csvPlan = fc
  .record({
    contract: fc.constantFrom(null, null, 'orders'),
    encoding: fc.constantFrom('utf-8' as const, 'utf-8' as const, 'windows-1252' as const),
    byteOrderMark: fc.boolean(),
    dialect: fc.record({
      lineEnd: fc.constantFrom('lf' as const, 'crlf' as const, 'cr' as const, 'mixed' as const),
      header: fc.boolean(),
      comment: fc.constantFrom(null, '#'),
      quote: fc.constantFrom('"', '"', null),
    }),
  })
  .map(({ contract, encoding, byteOrderMark, dialect }): SplitPlan => ({
    dataset: 'orders',
    contract,
    compression: 'none',
    encoding,
    byteOrderMark: byteOrderMark && encoding === 'utf-8',
    format: { type: 'csv', dialect: { ...DIALECT, ...dialect } },
  }));

const LINE_ENDS = { lf: ['\n'], crlf: ['\r\n'], cr: ['\r'], mixed: ['\n', '\r\n', '\r'] };

function bytesOf(plan: SplitPlan, lines: readonly string[]): Buffer {
  const { format } = plan;
  const ends = format.type === 'csv' ? LINE_ENDS[format.dialect.lineEnd] : ['\n'];
  const text = lines.map((text, index) => text + ends[index % ends.length]!).join('');
  return Buffer.from(markOf(plan) + text, plan.encoding === 'utf-8' ? 'utf8' : 'latin1');
}

async function expectEqual(bytes: Buffer, plan: SplitPlan, rangeBytes: number): Promise<void> {
  const whole = await outcomeOf(readWhole(bytes, plan));
  const split = await outcomeOf(readSplit(bytes, plan, rangeBytes));
  expect(split).toEqual(whole);
}

it('the chunks of any CSV file together give what the whole file gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      csvPlan,
      header,
      fc.array(line, { maxLength: 12 }),
      fc.integer({ min: 1, max: 80 }),
      async (plan, names, lines, rangeBytes) => {
        const bytes = bytesOf(plan, [names, ...lines]);
        await expectEqual(bytes, plan, rangeBytes);
      },
    ),
    { numRuns: 1_500 },
  );
}, 120_000);

const jsonLine = fc.oneof(
  fc.record({ id: fc.integer(), note: fc.string() }).map((record) => JSON.stringify(record)),
  fc.constantFrom('', ' ', '{"id":', '[1]', '{"id":1}\r', '"größer"'),
);

it('the chunks of any JSON Lines file together give what the whole file gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(null, 'orders'),
      fc.boolean(),
      fc.array(jsonLine, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 80 }),
      async (contract, byteOrderMark, lines, rangeBytes) => {
        const plan: SplitPlan = {
          dataset: 'orders',
          contract,
          compression: 'none',
          encoding: 'utf-8',
          byteOrderMark,
          format: { type: 'json-lines' },
        };
        await expectEqual(bytesOf(plan, lines), plan, rangeBytes);
      },
    ),
    { numRuns: 500 },
  );
}, 60_000);

describe('a chunk in the middle of a file', () => {
  const plan: SplitPlan = {
    dataset: 'orders',
    contract: null,
    compression: 'none',
    encoding: 'utf-8',
    byteOrderMark: false,
    format: { type: 'csv', dialect: DIALECT },
  };

  it.each([
    ['its header', 'id,id\n1,2\n3,4\n', DIALECT, { id: '3', id_2: '4' }],
    [
      'the number of fields of its first row that can be read, where it has no header',
      '"a"b,c\n1,2,3\n4,5,6\n',
      { ...DIALECT, header: false },
      { column_1: '4', column_2: '5', column_3: '6' },
    ],
  ])('has its columns from %s', async (_, text, dialect, record) => {
    const bytes = Buffer.from(text);
    const { records, counts } = await readSplit(
      bytes,
      { ...plan, format: { type: 'csv', dialect } },
      1,
    );
    const last = JSON.parse(records.trimEnd().split('\n').at(-1)!) as object;
    expect(last).toMatchObject(record);
    expect(counts.rowsRead).toBe(dialect.header ? 2 : 3);
  });

  it('counts what is out of the ordinary with the columns once', async () => {
    const { counts } = await readSplit(Buffer.from('id,id\n1,2\n3,4\n5,6\n'), plan, 1);
    expect(counts.noticesByCode).toEqual({ DUPLICATE_COLUMN_NAME: 1 });
  });
});
