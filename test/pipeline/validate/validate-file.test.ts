import { S3Client } from '@aws-sdk/client-s3';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Contract } from '../../../src/datasets/contract.ts';
import { ContractRegistry } from '../../../src/datasets/registry.ts';
import { DEFAULT_LIMITS, type FileLimits } from '../../../src/pipeline/limits.ts';
import type { Plan } from '../../../src/pipeline/payload.ts';
import type { FileVersion } from '../../../src/shared/file-version.ts';
import type { Splitting } from '../../../src/pipeline/validate/split-plan.ts';
import {
  planFile,
  SAMPLE_BYTES,
  validateFile,
} from '../../../src/pipeline/validate/validate-file.ts';
import { contractOf } from '../../support/contracts.ts';
import { fileVersion } from '../../support/files.ts';
import { rejection } from '../../support/rejection.ts';

const contracts = ContractRegistry.read(resolve(__dirname, '../../../src/datasets'));
const ROW = 'Bonn,2026-11-20,0.3,8.5,-1,3,rain';

/** An S3 whose every object holds the content. */
function s3With(content: string | Buffer): S3Client {
  const body = Buffer.from(content as Buffer);
  const headers = { 'content-range': `bytes 0-${body.length - 1}/${body.length}` };
  const response = { statusCode: 206, headers, body: Readable.from([body]) };
  return new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: { handle: () => Promise.resolve({ response }) },
  });
}

const LIMITS: FileLimits = {
  ...DEFAULT_LIMITS,
  maxFileBytes: 1_000,
  maxUnsplitBytes: 500,
  maxColumns: 10,
};
const SPLITTING: Splitting = { chunkThresholdBytes: 300, rangeBytes: 100, chunkConcurrency: 5 };

const validate = (
  content: string | Buffer,
  key = 'weather/z.csv',
  limits = LIMITS,
): Promise<Plan> =>
  validateFile(fileVersion({ key }), {
    s3: s3With(content),
    contracts,
    limits,
    splitting: SPLITTING,
  });

/** Plans a file that is larger than the sample. */
function plan(text: string, contract: Contract | null = null): Promise<Plan> {
  const bytes = Buffer.from(text);
  const limits = { ...DEFAULT_LIMITS, maxColumns: 10 };
  const given = { key: 'in/a.csv', size: bytes.length, contract, limits, splitting: SPLITTING };
  return planFile(bytes.subarray(0, SAMPLE_BYTES), given);
}

describe('validateFile', () => {
  it('plans a file with the header that its contract asks for', async () => {
    const names = 'location,date,precipitation,temp_max,temp_min,wind,weather';
    const text = `${names}\n${ROW}\n`;
    expect(await validate(text)).toMatchObject({
      dataset: 'weather',
      contract: 'weather',
      format: { type: 'csv', dialect: { header: true } },
      chunks: [{ index: 0, firstByte: 0, lastByte: text.length - 1, firstRow: 1 }],
    });
  });

  it('plans a file without a header whose first row fits its contract', async () => {
    const { format } = await validate(`${ROW}\n${ROW}\n`);
    expect(format).toMatchObject({ dialect: { header: false } });
  });

  it.each<[string, string]>([
    ['names in another language', 'Ort,Datum,Niederschlag,TempMin,TempMax,Wind,Wetter'],
    ['no header and a bad cell in the first row', 'Bonn,2026-11-20,0.3,850,-1,3,rain'],
    ['no header and a field less in the first row', 'Bonn,2026-11-20,0.3,8.5,-1,3'],
    ['no header and a field more in the first row', `${ROW},`],
  ])('rejects a file with %s, and maps nothing by position', async (_, first) => {
    await expect(validate(`${first}\n${ROW}\n`)).rejects.toThrow(
      rejection('MISSING_REQUIRED_COLUMN'),
    );
  });

  it('plans a file that no contract covers, whatever its columns are', async () => {
    expect(await validate('Ort,Datum\nBonn,2026-11-20\n', 'in/tage.csv')).toMatchObject({
      dataset: 'tage',
      contract: null,
    });
  });

  it('rejects a file that is larger than allowed', async () => {
    const limits = { ...LIMITS, maxFileBytes: 10 };
    await expect(validate(ROW, 'in/a.csv', limits)).rejects.toThrow(rejection('FILE_TOO_LARGE'));
  });

  const rows = (bytes: number): string => `id,note\n${'1,one\n'.repeat(bytes / 6)}`;
  const array = (bytes: number): string => `[${'{"id":1},'.repeat(bytes / 9)}{"id":1}]`;

  it('plans the ranges of a large file', async () => {
    const text = rows(900);
    expect(await validate(text, 'in/a.csv')).toMatchObject({
      isSplit: true,
      chunks: [],
      ranges: [{ firstByte: 0, lastByte: text.length - 1 }],
      concurrency: 5,
    });
  });

  it.each<[string, string | Buffer, string]>([
    ['a file up to the threshold', rows(250), 'in/a.csv'],
    ['a large JSON array', array(400), 'in/a.json'],
    ['a large file in UTF-16', Buffer.from(`\ufeff${rows(150)}`, 'utf16le'), 'in/a.csv'],
  ])('plans to read %s in one piece', async (_, content, key) => {
    const { isSplit, chunks, ranges } = await validate(content, key);
    expect({ isSplit, ranges }).toEqual({ isSplit: false, ranges: [] });
    expect(chunks).toEqual([
      { index: 0, firstByte: 0, lastByte: Buffer.from(content as Buffer).length - 1, firstRow: 1 },
    ]);
  });

  it.each<[string, string | Buffer, string, string]>([
    ['a JSON array', array(600), 'in/a.json', 'it is a JSON array'],
    [
      'UTF-16',
      Buffer.from(`\ufeff${rows(300)}`, 'utf16le'),
      'in/a.csv',
      'its encoding is utf-16le',
    ],
  ])('rejects %s that is too large for one piece, and says why', async (_, content, key, why) => {
    const { length } = Buffer.from(content as Buffer);
    await expect(validate(content, key)).rejects.toThrow(
      `FILE_TOO_LARGE: the file has ${length} bytes and has to be read in one piece, because ${why}; at most 500 are allowed then`,
    );
  });

  it('rejects a file with more columns than allowed', async () => {
    const header = Array.from({ length: 11 }, (_, index) => `c${index}`).join(',');
    expect(await validate(`${header.slice(0, -4)}\n`, 'in/a.csv')).toMatchObject({
      contract: null,
    });
    await expect(validate(`${header}\n`, 'in/a.csv')).rejects.toThrow(
      'TOO_MANY_COLUMNS: the file has 11 columns, at most 10 are allowed',
    );
  });

  it('plans an encoded and compressed file as it is to be read', async () => {
    const bytes = gzipSync(Buffer.from('\ufeffid;note\n1;ü\n', 'utf16le'));
    expect(await validate(bytes, 'in/a.csv.gz')).toMatchObject({
      compression: 'gzip',
      encoding: 'utf-16le',
      byteOrderMark: true,
      format: { type: 'csv', dialect: { delimiter: ';', header: true } },
    });
  });

  it.each(['location,größe', 'location,a\0b'])(
    'leaves a header that cannot be read to Transform, which names the byte: %j',
    async (header) => {
      const bytes = Buffer.from(`${header}\n${'Bonn,1\n'.repeat(50)}`, 'latin1');
      expect(await validate(bytes)).toMatchObject({ contract: 'weather', encoding: 'utf-8' });
    },
  );
});

describe('planFile on a header that is longer than the sample', () => {
  const long = 'x'.repeat(SAMPLE_BYTES / 5);
  const header = (columns: number): string =>
    `${Array.from({ length: columns }, (_, index) => `${long}${index}`).join(',')}\n1\n`;

  it('leaves its columns to Transform', async () => {
    const contract = contractOf([{ name: 'id', constraints: { required: true } }]);
    expect(await plan(header(8), contract)).toMatchObject({ contract: 'orders' });
  });

  it('rejects a file that has too many columns already', async () => {
    const columns = `${'c,'.repeat(SAMPLE_BYTES)}c\n1\n`;
    await expect(plan(columns)).rejects.toThrow(rejection('TOO_MANY_COLUMNS'));
    await expect(plan(columns)).rejects.toThrow(
      /has more than \d+ columns, at most 10 are allowed/,
    );
  });
});

describe('the source object', () => {
  const archived = contractOf([{ name: 'id' }], {
    millrace: { match: ['orders/**'], archive: { action: 'move' } },
  });
  const archiving = (file: FileVersion): Promise<Plan> =>
    validateFile(file, {
      s3: s3With('id\n1\n'),
      contracts: new ContractRegistry([archived]),
      limits: LIMITS,
      splitting: SPLITTING,
    });
  const key = 'orders/a.csv';

  it('is archived if the contract asks for it', async () => {
    expect(await archiving(fileVersion({ key }))).toMatchObject({ isArchived: true });
  });

  it('is left alone without a contract, or by one that does not ask', async () => {
    expect(await plan('id\n1\n')).toMatchObject({ isArchived: false });
    expect(await plan('id\n1\n', contractOf([{ name: 'id' }]))).toMatchObject({
      isArchived: false,
    });
  });

  it('is left alone by a replay', async () => {
    const file = fileVersion({ key, replay: 'again' });
    expect(await archiving(file)).toMatchObject({ contract: 'orders', isArchived: false });
  });
});
