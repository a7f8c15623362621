import { gzipSync } from 'node:zlib';
import { checkFile, isTaken } from '../../../src/cli/check/check-file.ts';
import { formatCheck } from '../../../src/cli/check/format-check.ts';
import type { Contract } from '../../../src/datasets/contract.ts';
import { DEFAULT_LIMITS } from '../../../src/pipeline/limits.ts';
import { contractOf } from '../../support/contracts.ts';
import { TemporaryFiles } from '../temporary-files.ts';

const files = new TemporaryFiles();
const ORDERS = contractOf([
  { name: 'id', type: 'integer', constraints: { required: true } },
  { name: 'paid', type: 'date' },
]);

const check = (content: string | Uint8Array, contract: Contract | null = ORDERS, key = 'a.csv') =>
  checkFile(files.write('a', content), { key, contract, examples: 2 });

describe('the check of a file', () => {
  it('that fits its contract finds nothing', async () => {
    const found = await check('id,paid\n1,2026-11-20\n2,\n');
    expect(found).toMatchObject({
      contract: 'orders',
      format: { encoding: 'utf-8', compression: 'none', format: { type: 'csv' } },
      rejection: null,
      counts: { rowsRead: 2, rowsWritten: 2, rowsRejected: 0 },
      rejects: [],
    });
    expect(isTaken(found)).toBe(true);
  });

  it('groups its rejected rows by code and column', async () => {
    const found = await check('id,paid\n1,x\n2\n,y\n3,z\n');
    expect(isTaken(found)).toBe(false);
    expect(found.rejection).toBeNull();
    expect(found.counts).toMatchObject({ rowsRead: 4, rowsWritten: 0, rowsRejected: 4 });
    expect(found.rejects).toMatchObject([
      {
        code: 'INVALID_TYPE',
        column: 'paid',
        rows: 3,
        examples: [
          { row: 1, line: 2, offset: 8, raw: '1,x' },
          { row: 3, line: 4, offset: 14, raw: ',y' },
        ],
      },
      { code: 'TOO_FEW_FIELDS', column: null, rows: 1 },
      { code: 'REQUIRED_VALUE_MISSING', column: 'id', rows: 1 },
    ]);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['without bytes', '', 'EMPTY_FILE'],
    ['without a required column', 'paid\n2026-11-20\n', 'MISSING_REQUIRED_COLUMN'],
    ['with an open quote', 'id,paid\n1,"2026\n', 'UNCLOSED_QUOTE'],
    [
      'that is cut in its compressed data',
      gzipSync('id,paid\n1,\n').subarray(0, 20),
      'CORRUPT_GZIP',
    ],
    ['that is no text', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'UNSUPPORTED_FORMAT'],
  ])('%s says that it would be rejected', async (_, content, code) => {
    const found = await check(content);
    expect(found.rejection).toMatchObject({ code });
    expect(found.rejection?.reason).not.toContain(code);
    expect(isTaken(found)).toBe(false);
  });

  it('applies the policy for bad rows, and still tells which rows are bad', async () => {
    const millrace = { match: ['**'], badRows: { action: 'reject-file' } };
    const strict = contractOf([{ name: 'id', type: 'integer' }], { millrace });
    const found = await check('id\n1\nx\n', strict);
    expect(found.rejection).toMatchObject({ code: 'TOO_MANY_REJECTED_ROWS' });
    expect(found.rejects).toMatchObject([{ code: 'INVALID_TYPE', column: 'id', rows: 1 }]);
    expect(formatCheck(found, 80)).toContain('2 read, 0 would be written, 1 bad');
  });

  it('applies the limits of a deployment that states none', async () => {
    const path = files.write('large.csv', 'id\n1\n');
    const limits = { ...DEFAULT_LIMITS, maxFileBytes: 3 };
    const found = await checkFile(path, { key: 'a.csv', contract: null, examples: 1, limits });
    expect(found.rejection).toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect(found.limits).toEqual(limits);
  });

  it('takes a file that no contract covers as it is', async () => {
    const found = await check('a;b\n1;x\n', null);
    expect(isTaken(found)).toBe(true);
    expect(formatCheck(found, 80)).toContain('none covers it: every value is kept as it is');
  });

  it('notes a file without rows, as its manifest does', async () => {
    const found = await check('id,paid\n');
    expect(isTaken(found)).toBe(true);
    expect(found.counts?.noticesByCode).toEqual({ NO_ROWS: 1 });
  });

  it('notes a file none of whose rows is taken, as its manifest does', async () => {
    const found = await check('id,paid\nx,\ny,\n');
    expect(found.counts?.noticesByCode).toEqual({ NO_ROWS_TAKEN: 1 });
  });

  it('refuses a folder', async () => {
    const checked = checkFile(files.folder, { key: 'a', contract: null, examples: 1 });
    await expect(checked).rejects.toMatchObject({ name: 'UserError' });
  });
});

describe('a check, for a reader', () => {
  it('tells the verdict, the format, the rows and the rejects', async () => {
    const content = gzipSync('# made by hand\nid|paid\r\n1|2026-11-20\r\nx|\r\n');
    const millrace = { match: ['**'], dialect: { delimiter: '|', commentChar: '#' } };
    const contract = contractOf(ORDERS.fields, { millrace });
    const text = formatCheck(await check(content, contract, 'a.csv.gz'), 80);
    expect(text).toContain('1 of 2 rows would be rejected');
    expect(text).toContain('delimiter "|"');
    expect(text).toContain('comments after #');
    expect(text).toContain('gzip');
    expect(text).toContain('stated: delimiter, commentChar');
    expect(text).toContain('2 read, 1 would be written, 1 bad');
    expect(text).toContain('"x" is not an integer');
  });

  it('tells the reason of a rejection, and that no row would be written', async () => {
    const text = formatCheck(await check('paid\n2026-11-20\n'), 80);
    expect(text).toContain('the file would be rejected');
    expect(text).toContain('MISSING_REQUIRED_COLUMN: the contract "orders" requires');
  });

  it('tells notices', async () => {
    const text = formatCheck(await check('id,paid,more\n1,,x\n'), 80);
    expect(text).toContain('notices   VALUES_RESCUED 1');
  });
});
