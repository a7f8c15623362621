import { randomUUID } from 'node:crypto';
import type { SkippedManifest } from '../../src/pipeline/manifest.ts';
import { makeReport } from '../../src/cli/report/make-report.ts';
import { readReport } from '../../src/cli/report/read-report.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { DeployedApp } from './support/deployed-app.ts';
import { EventSubscriber } from './support/test-queue.ts';

const FILES = 8;

let app: DeployedApp;
let subscriber: EventSubscriber;
const ends = new Map<string, LedgerItem[]>();

beforeAll(async () => {
  app = await DeployedApp.open();
  subscriber = await EventSubscriber.subscribe(app.endpoint, app.deployment.outputs.EventsTopicArn);
  for (const mode of ['skip', 'flag', 'allow']) ends.set(mode, await putAtOnce(mode));
}, 300_000);

afterAll(() => subscriber.close());

/** Puts files of one content, all at once, and waits for their ends. */
async function putAtOnce(mode: string): Promise<LedgerItem[]> {
  const name = randomUUID();
  const body = `id,note\n1,${name}\n2,b\nx,c\n`;
  const keys = Array.from(
    { length: FILES },
    (_, index) => `duplicates-${mode}/${name}/${index}.csv`,
  );
  return app.awaitEnds(await Promise.all(keys.map((key) => app.put(key, body))));
}

const keyOf = ({ source }: LedgerItem): string => source.slice(source.indexOf('/') + 1);

/** The one file of several that was the first, as all others say. */
function firstOf(items: readonly LedgerItem[]): LedgerItem {
  const firsts = items.filter(({ duplicateOf }) => duplicateOf === undefined);
  expect(firsts).toHaveLength(1);
  return firsts[0]!;
}

/** Expects that all files but one name this one as the first. */
function expectDuplicates(items: readonly LedgerItem[], first: LedgerItem): void {
  const named = items.flatMap(({ duplicateOf }) => duplicateOf ?? []);
  const { fileId } = first;
  expect(named).toEqual(Array.from({ length: FILES - 1 }, () => ({ fileId, key: keyOf(first) })));
}

describe('eight files of one content, put at once, of which duplicates are skipped', () => {
  let items: LedgerItem[];
  let first: LedgerItem;

  beforeAll(() => {
    items = ends.get('skip')!;
    first = firstOf(items);
  });

  it('one succeeds, and seven are skipped and say why', () => {
    const skipped = items.filter((item) => item !== first);
    expect(first).toMatchObject({ status: 'SUCCEEDED', rowsWritten: 2, rowsRejected: 1 });
    for (const item of skipped) {
      expect(item).toMatchObject({
        status: 'SKIPPED',
        code: 'DUPLICATE_CONTENT',
        reason: expect.stringContaining(keyOf(first)) as string,
        rowsRead: 3,
      });
    }
    expectDuplicates(items, first);
  });

  it('leave the outputs of one', async () => {
    const ids = items.map(({ fileId }) => fileId);
    const written = await Promise.all(['processed/', 'rejected/'].map((at) => app.targetKeys(at)));
    const own = written.flat().filter((key) => ids.some((id) => key.includes(id)));
    expect(own.sort()).toEqual([first.processedKey, first.rejectedKey].sort());
    expect(await app.records(first)).toHaveLength(2);
  });

  it('have a manifest each', async () => {
    const [item] = items.filter(({ status }) => status === 'SKIPPED');
    const manifest = await app.readJson<SkippedManifest>(item!.manifestKey!);
    const { duplicateOf, contentHash, code, reason } = item!;
    expect(manifest).toMatchObject({ status: 'SKIPPED', duplicateOf, contentHash, code, reason });
  });

  it('tell of each end once', async () => {
    const keys = new Set(items.map(keyOf));
    const events = (await subscriber.all()).filter(
      ({ data }) => data.status !== 'FAILED' && keys.has(data.file.key),
    );
    const types = events.map(({ type }) => type);
    expect(types.sort()).toEqual([
      ...Array.from({ length: FILES - 1 }, () => 'io.millrace.file.skipped'),
      'io.millrace.file.succeeded',
    ]);
  });
});

it('eight files of one content, put at once, succeed by default, and seven name the first', () => {
  const items = ends.get('flag')!;
  expect(items.map(({ status }) => status)).toEqual(items.map(() => 'SUCCEEDED'));
  expectDuplicates(items, firstOf(items));
});

it('where duplicates are allowed no file names another', () => {
  const items = ends.get('allow')!;
  expect(items.map(({ status }) => status)).toEqual(items.map(() => 'SUCCEEDED'));
  expect(items.flatMap(({ duplicateOf }) => duplicateOf ?? [])).toEqual([]);
});

it('the daily report counts the skipped files by themselves, and nothing is found amiss with them', async () => {
  const day = ends.get('skip')![0]!.arrivedAt.slice(0, 10);
  expect(await makeReport(app.deployment, day)).not.toHaveProperty('failure');
  const report = (await readReport(app.deployment, day))!;

  expect(report.datasets.find(({ dataset }) => dataset === 'duplicates-skip')).toMatchObject({
    files: { succeeded: 1, skipped: FILES - 1, failed: 0, open: 0 },
    rowsRead: 3,
    rowsWritten: 2,
    rowsRejected: 1,
  });
  expect(report.files.skipped.value).toBeGreaterThanOrEqual(FILES - 1);
  expect(report.operations.duplicateContents.value).toBeGreaterThanOrEqual(3 * (FILES - 1));
  const amiss = report.findings.flatMap(({ code, examples }) =>
    examples.filter((key) => key.includes('duplicates-')).map((key) => `${code} ${key}`),
  );
  expect(amiss).toEqual([]);
}, 120_000);
