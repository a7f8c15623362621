import {
  quarantineCalls,
  resolveCalls,
  transformPartsCalls,
  writeCalls,
  writeSplitCalls,
  writeUnitsOf,
  type FileShape,
} from '../../../src/report/cost/calls.ts';
import { ObjectUpload } from '../../../src/pipeline/write/object-upload.ts';
import { quarantineFile } from '../../../src/pipeline/quarantine/quarantine-file.ts';
import { ContractRegistry } from '../../../src/datasets/registry.ts';
import { PassThrough } from 'node:stream';
import { FakeS3 } from '../../support/fake-s3.ts';
import { fileVersion } from '../../support/files.ts';

const MIB = 1_048_576;

const shape = (parts: Partial<FileShape> = {}): FileShape => ({
  chunks: 1,
  isCsv: true,
  processedBytes: 1_000,
  rowsRejected: 0,
  ...parts,
});

describe('the requests of Write', () => {
  it.each([
    ['records', {}, 2],
    ['records and rejected rows', { rowsRejected: 5 }, 3],
    ['nothing but a manifest', { processedBytes: 0 }, 1],
    ['rejected rows alone', { processedBytes: 0, rowsRejected: 5 }, 2],
  ])('for %s are one PUT for each object', (_, parts, expected) => {
    expect(writeCalls(shape(parts))).toMatchObject({ s3Reads: 1, s3Writes: expected });
  });

  it.each([1, 5 * MIB - 1, 5 * MIB + 1, 17 * MIB])(
    'for an object of %i bytes are those that it makes',
    async (processedBytes) => {
      const s3 = new FakeS3();
      const upload = new ObjectUpload({
        s3: s3.client,
        bucket: 'target',
        key: 'processed/a',
        contentType: 'text/plain',
        openStream: () => new PassThrough(),
      });
      await upload.write(Buffer.alloc(processedBytes));
      await upload.finish();
      // The manifest is one more.
      expect(writeCalls(shape({ processedBytes })).s3Writes).toBe(s3.commands.length + 1);
    },
  );
});

it.each([
  ['with a copy of the original', 'UNCLOSED_QUOTE', true],
  ['without one', 'OBJECT_NOT_FOUND', false],
])('the requests of Quarantine %s are those that it makes', async (_, code, isCopied) => {
  const s3 = new FakeS3();
  await quarantineFile(
    {
      file: fileVersion(),
      arrivedAt: '2026-11-20T16:05:09.000Z',
      startedAt: '2026-11-20T16:05:10.000Z',
      attempt: 1,
      error: { Error: 'FileRejected', Cause: JSON.stringify({ errorMessage: `${code}: why` }) },
    },
    {
      s3: s3.client,
      contracts: new ContractRegistry([]),
      bucket: 'target',
      requireCurrentAttempt: () => Promise.resolve(),
    },
  );
  // An object that is gone may have been published before: that is looked up, too.
  const writes = s3.commands.filter((command) => /^(Put|Copy)/.test(command));
  expect(quarantineCalls({ isCopied }).s3Writes).toBe(writes.length);
});

describe('the requests of a file that is split', () => {
  const split = shape({ chunks: 4, processedBytes: 30 * MIB, rowsRejected: 2 });

  it('are a read of each chunk, and of the header for those behind the first', () => {
    expect(transformPartsCalls(split).s3Reads).toBe(7);
    expect(transformPartsCalls({ ...split, isCsv: false }).s3Reads).toBe(4);
  });

  it('stage a summary of each chunk and rejected rows, which are read again', () => {
    // Four parts, four summaries, at most two objects with rejected rows.
    expect(transformPartsCalls(split).s3Writes).toBe(10);
    expect(writeSplitCalls(split)).toMatchObject({ s3Reads: 6, s3Writes: 3 });
  });

  it('complete no upload without records', () => {
    expect(writeSplitCalls({ ...split, processedBytes: 0 }).s3Writes).toBe(2);
  });

  it('begin the upload; what is remembered of it grows with the chunks', () => {
    expect(resolveCalls(split)).toMatchObject({ s3Writes: 1, writeUnits: 2 });
    expect(resolveCalls({ ...split, chunks: 64 }).writeUnits).toBe(8);
  });
});

it.each([
  [0, 1],
  [1_024, 1],
  [1_025, 2],
])('an item of %i bytes takes %i write units', (bytes, units) => {
  expect(writeUnitsOf(bytes)).toBe(units);
});
