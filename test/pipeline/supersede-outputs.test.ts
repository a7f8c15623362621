import { ContractRegistry } from '../../src/datasets/registry.ts';
import type { Manifest } from '../../src/pipeline/manifest.ts';
import { outputKeys } from '../../src/pipeline/output-keys.ts';
import type { PipelineInput, WriteInput } from '../../src/pipeline/payload.ts';
import { quarantineFile } from '../../src/pipeline/quarantine/quarantine-file.ts';
import { chunkResult } from '../../src/pipeline/transform/chunk-result.ts';
import { openChunk } from '../../src/pipeline/transform/open-chunk.ts';
import { transformPart } from '../../src/pipeline/transform/transform-part.ts';
import { isStanding } from '../../src/pipeline/write/is-standing.ts';
import { publishFile } from '../../src/pipeline/write/publish-file.ts';
import { publishSplitFile } from '../../src/pipeline/write/publish-split-file.ts';
import { PLAIN_CSV_PLAN } from '../support/dialects.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { fileVersion } from '../support/files.ts';
import { deployContracts } from '../support/function-environment.ts';
import { MemoryContents } from '../support/memory-contents.ts';
import { KEY, splitFile } from './split-file.ts';

const fields = [{ name: 'id' }, { name: 'price' }];
deployContracts([
  { name: 'columnar', fields, millrace: { match: ['**'], output: { format: 'parquet' } } },
  { name: 'skip', fields, millrace: { match: ['**'], duplicateContent: 'skip' } },
]);

const CSV = 'id,price\n1,2\n3\n4,5\n';
const FILE = fileVersion({ key: KEY, size: CSV.length });
const INPUT: PipelineInput = {
  file: FILE,
  arrivedAt: '2026-11-20T16:05:09.000Z',
  startedAt: '2026-11-20T16:05:10.000Z',
  attempt: 1,
};
const MANIFEST_KEY = outputKeys(FILE, 'any', INPUT.arrivedAt).manifest;
const DETECTION = { confidence: 1, sampleRecords: 3, stated: [] };

// Each test processes a file a dozen times.
jest.setTimeout(60_000);

/** The last step of an attempt, which publishes something or not. */
type LastStep = (attempt: number) => Promise<unknown>;
/** Does what comes before the last step. */
type Preparation = (s3: FakeS3) => Promise<LastStep>;

const outputsOf = (s3: FakeS3) => ({
  s3: s3.client,
  bucket: 'target',
  requireCurrentAttempt: () => Promise.resolve(),
});

async function inputOf(s3: FakeS3, dataset: string, contract: string | null): Promise<WriteInput> {
  const chunk = { index: 0, firstByte: 0, lastByte: CSV.length - 1, firstRow: 1 };
  const whole = { isSplit: false, isArchived: false, chunks: [chunk], ranges: [], concurrency: 1 };
  const plan = { ...PLAIN_CSV_PLAN, dataset, contract, detection: DETECTION, ...whole };
  const { source, transformer } = await openChunk(s3.client, { file: FILE, plan, chunk });
  await transformer.drain(source);
  return { ...INPUT, plan, results: [chunkResult(0, source, transformer)] };
}

const written =
  (dataset: string, contract: string | null): Preparation =>
  async (s3) => {
    const input = await inputOf(s3, dataset, contract);
    const { claims: contents } = new MemoryContents();
    return (attempt) => publishFile({ ...outputsOf(s3), contents }, { ...input, attempt });
  };

const split =
  (dataset: string): Preparation =>
  async (s3) => {
    const { inputs, rows, contentHash } = splitFile(s3, CSV, { rangeBytes: 10 });
    const upload = {
      key: outputKeys(FILE, dataset, INPUT.arrivedAt).processed,
      uploadId: inputs[0]!.upload.uploadId,
    };
    const clients = { s3: s3.client, partsS3: s3.client, bucket: 'target' };
    const results = await Promise.all(
      inputs.map((input) => transformPart({ ...input, upload }, clients)),
    );
    const chunks = inputs.map(({ chunk }) => chunk);
    const plan = { ...inputs[0]!.plan, dataset, detection: DETECTION };
    const input = { ...INPUT, plan, split: { chunks, rows, contentHash, upload, results } };
    const { claims: contents } = new MemoryContents();
    return (attempt) => publishSplitFile({ ...outputsOf(s3), contents }, { ...input, attempt });
  };

const skipped: Preparation = async (s3) => {
  const input = await inputOf(s3, 'orders', 'skip');
  const contents = new MemoryContents();
  const first = fileVersion({ key: 'in/first.csv' });
  const { contentHash } = input.results[0]!;
  await contents.claims.claim({ file: first, attempt: 1, dataset: 'orders', contentHash });
  contents.statuses.set(first.fileId, 'SUCCEEDED');
  const publication = { ...outputsOf(s3), contents: contents.claims };
  return (attempt) => publishFile(publication, { ...input, attempt });
};

const rejected =
  (code: string): Preparation =>
  (s3) => {
    const error = { Error: 'FileRejected', Cause: `${code}: why` };
    const options = { ...outputsOf(s3), contracts: new ContractRegistry([]) };
    return Promise.resolve((attempt) => quarantineFile({ ...INPUT, attempt, error }, options));
  };

const ENDS = {
  written: written('orders', null),
  columnar: written('orders', 'columnar'),
  renamed: written('renamed', null),
  split: split('orders'),
  'renamed and split': split('renamed'),
  skipped,
  rejected: rejected('UNCLOSED_QUOTE'),
  gone: rejected('OBJECT_NOT_FOUND'),
} as const satisfies Record<string, Preparation>;
type End = keyof typeof ENDS;

const NAMES = Object.keys(ENDS) as End[];
// Split files have parts of 5 MiB: one in another dataset is paired with what differs from it in that only.
const PAIRS = NAMES.flatMap((first) => NAMES.map((second) => [first, second] as const)).filter(
  (pair) => !pair.includes('renamed and split') || pair.includes('split'),
);

function uploaded(): FakeS3 {
  const s3 = new FakeS3();
  s3.objects.set(KEY, { body: Buffer.from(CSV), contentType: 'text/csv' });
  return s3;
}

const manifestIn = (s3: FakeS3): Manifest =>
  JSON.parse(s3.objects.get(MANIFEST_KEY)!.body.toString()) as Manifest;

const visible = (s3: FakeS3): string[] =>
  [...s3.objects.keys()].filter((key) => /^(processed|rejected)\//.test(key)).sort();

function namedIn(s3: FakeS3): string[] {
  const manifest = manifestIn(s3);
  if (manifest.status === 'SKIPPED') return [];
  const keys =
    manifest.status === 'SUCCEEDED'
      ? [manifest.processedKey, manifest.rejectedKey]
      : [manifest.originalKey, manifest.reasonKey];
  return keys.filter((key) => key !== null).sort();
}

/**
 * Lets a step die before each of its requests, in a world of its own each time. That it dies behind one leaves the
 * same as that it dies before the next.
 */
async function atEveryRequest(
  prepare: (s3: FakeS3) => Promise<LastStep>,
  attempt: number,
  check: (s3: FakeS3, step: LastStep) => Promise<void>,
): Promise<void> {
  for (let request = 1, isDone = false; !isDone; request += 1) {
    const s3 = uploaded();
    const step = await prepare(s3);
    s3.crashAt(request);
    isDone = await step(attempt).then(
      () => true,
      () => false,
    );
    s3.crashAt(0);
    await check(s3, step);
  }
}

describe.each(PAIRS)('of a file that was %s and then is %s', (first, second) => {
  const after = async (s3: FakeS3): Promise<LastStep> => {
    await (
      await ENDS[first](s3)
    )(1);
    return ENDS[second](s3);
  };

  it('just what the last manifest names is visible, wherever the second attempt dies', async () => {
    await atEveryRequest(after, 2, async (s3, step) => {
      await step(3);
      expect(visible(s3)).toEqual(namedIn(s3));
    });
  });

  it('the copy of a rejected file stays as long as it is rejected', async () => {
    const s3 = uploaded();
    await (
      await after(s3)
    )(2);
    const manifest = manifestIn(s3);
    const isCopied = second === 'rejected' || (first === 'rejected' && second === 'gone');
    if (manifest.status === 'REJECTED') expect(manifest.originalKey !== null).toBe(isCopied);
  });
});

const ONE_DATASET = PAIRS.filter((pair) => !pair.some((name) => name.startsWith('renamed')));

it.each(ONE_DATASET)(
  'of a file that is to be %s, wherever that dies, and then is %s, just that is visible',
  async (first, second) => {
    await atEveryRequest(ENDS[first], 1, async (s3) => {
      await (
        await ENDS[second](s3)
      )(2);
      expect(visible(s3)).toEqual(namedIn(s3));
    });
  },
);

it('removes what was published when the object is gone in the next try of the first attempt', async () => {
  const s3 = uploaded();
  const write = await ENDS.written(s3);
  s3.crashAt(4);
  await expect(write(1)).rejects.toThrow('crashed');
  expect(visible(s3)).toHaveLength(2);
  await (
    await ENDS.gone(s3)
  )(1);
  expect(visible(s3)).toEqual(namedIn(s3));
});

it.each(['written', 'rejected'] as const)('asks for nothing at first (%s)', async (end) => {
  const s3 = uploaded();
  const step = await ENDS[end](s3);
  s3.commands.length = 0;
  await step(1);
  expect(s3.commands).not.toContain('ListObjectsV2');
  expect(s3.commands).toHaveLength(end === 'written' ? 4 : 3);
});

it('removes nothing once a newer attempt holds the file', async () => {
  const s3 = uploaded();
  await (
    await ENDS.written(s3)
  )(1);
  const objects = new Map(s3.objects);
  const publication = {
    ...outputsOf(s3),
    contents: new MemoryContents().claims,
    requireCurrentAttempt: () => Promise.reject(new Error('superseded')),
  };
  const input = { ...(await inputOf(s3, 'orders', 'columnar')), attempt: 2 };
  await expect(publishFile(publication, input)).rejects.toThrow('superseded');
  expect([...s3.objects]).toEqual(expect.arrayContaining([...objects]));
});

describe('a result that was kept', () => {
  const input = { ...INPUT, attempt: 3 };

  it.each([
    ['is the last', 'written', true],
    ['was replaced by another format', 'columnar', false],
    ['was replaced by another dataset', 'renamed', false],
    ['was removed because the file was rejected', 'gone', false],
    ['was removed because the file was skipped', 'skipped', false],
  ] as const)('stands only while it %s', async (_, then, isExpected) => {
    const s3 = uploaded();
    const { claims: contents } = new MemoryContents();
    const whole = await inputOf(s3, 'orders', null);
    const result = await publishFile({ ...outputsOf(s3), contents }, whole);
    await (
      await ENDS[then](s3)
    )(2);
    expect(await isStanding(outputsOf(s3), input, result)).toBe(isExpected);
  });

  it('does not stand without a manifest', async () => {
    const s3 = uploaded();
    const { claims: contents } = new MemoryContents();
    const whole = await inputOf(s3, 'orders', null);
    const result = await publishFile({ ...outputsOf(s3), contents }, whole);
    s3.objects.delete(result.manifestKey);
    expect(await isStanding(outputsOf(s3), input, result)).toBe(false);
    expect(await isStanding(outputsOf(s3), INPUT, result)).toBe(true);
  });
});
