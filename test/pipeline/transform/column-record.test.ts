import { DEFAULT_LIMITS } from '../../../src/pipeline/limits.ts';
import { findColumnRecord } from '../../../src/pipeline/transform/column-record.ts';
import { PLAIN_CSV_PLAN, PLAIN_DIALECT } from '../../support/dialects.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { fileVersion } from '../../support/files.ts';

const PLAN = {
  ...PLAIN_CSV_PLAN,
  dataset: 'orders',
  contract: null,
  format: { type: 'csv', dialect: { ...PLAIN_DIALECT, comment: '#' } },
} as const;
const FILE = fileVersion();
const MIB = 1024 * 1024;

/** Finds the column record of a chunk in the middle of a file that has so many bytes of comments. */
async function find(comments: number): Promise<{ columns: unknown; requests: number }> {
  const s3 = new FakeS3();
  const comment = `#${'c'.repeat(98)}\n`;
  const start = `${comment.repeat(Math.ceil(comments / 100))}id,note\n`;
  const body = Buffer.from(`${start}${'1,a\n'.repeat(MIB)}`);
  s3.objects.set(FILE.key, { body, contentType: 'text/csv' });
  const firstByte = body.length - 400;
  const chunk = {
    index: 1,
    firstByte,
    lastByte: body.length - 1,
    firstRow: 1,
    firstLine: 1,
    rows: 1,
  };
  const record = await findColumnRecord(
    s3.client,
    { file: FILE, plan: PLAN, chunk },
    DEFAULT_LIMITS,
  );
  return { columns: record?.value, requests: s3.commands.length };
}

it.each([
  [0, 1],
  [60_000, 1],
  [70_000, 2],
  [2 * MIB, 3],
])(
  'is found behind %d bytes of comments with %d requests, not with all that is before the chunk',
  async (comments, requests) => {
    expect(await find(comments)).toEqual({ columns: ['id', 'note'], requests });
  },
);
