import { S3Client } from '@aws-sdk/client-s3';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { ContractRegistry } from '../../../src/datasets/registry.ts';
import type { Plan } from '../../../src/pipeline/payload.ts';
import { validateFile } from '../../../src/pipeline/validate/validate-file.ts';
import { fileVersion } from '../../support/files.ts';
import { rejection } from '../../support/rejection.ts';

const contracts = ContractRegistry.read(resolve(__dirname, '../../../src/datasets'));
const ROW = 'Bonn,2026-11-20,0.3,8.5,-1,3,rain';

/** An S3 whose every object holds the text. */
function s3With(text: string): S3Client {
  const body = Buffer.from(text);
  const headers = { 'content-range': `bytes 0-${body.length - 1}/${body.length}` };
  const response = { statusCode: 206, headers, body: Readable.from([body]) };
  return new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: { handle: () => Promise.resolve({ response }) },
  });
}

const validate = (text: string, key = 'weather/z.csv', maxFileBytes = 1_000): Promise<Plan> =>
  validateFile(fileVersion({ key }), { s3: s3With(text), contracts, maxFileBytes });

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
    await expect(validate(ROW, 'in/a.csv', 10)).rejects.toThrow(rejection('FILE_TOO_LARGE'));
  });
});
