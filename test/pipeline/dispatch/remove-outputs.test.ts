import type { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { type S3Client } from '@aws-sdk/client-s3';
import type { Contract } from '../../../src/datasets/contract.ts';
import { OutputRemoval } from '../../../src/pipeline/dispatch/remove-outputs.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import type { SourceRemoval } from '../../../src/shared/ledger/removals.ts';
import { fileVersion } from '../../support/files.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

const NOW = new Date('2026-11-20T17:00:00.000Z');
const KEY = 'in/orders.csv';

const version = (fileId: string, sequencer: string, parts: Partial<LedgerItem> = {}): LedgerItem =>
  ledgerItem(KEY, { fileId, versionId: fileId, sequencer, dataset: 'orders', ...parts });

const MARKER = version('marker', '0A5', {
  status: 'SOURCE_DELETED',
  attempt: 0,
  deleteMarker: true,
});
const GONE: SourceRemoval = {
  of: 'key',
  bucket: 'source-bucket',
  key: KEY,
  fileId: 'marker',
  versionId: 'marker',
  sequencer: '0A5',
  eventTime: NOW.toISOString(),
};

/** A removal of outputs over some items, and what it did, in order. */
function removalOver(
  items: readonly LedgerItem[],
  { onSourceDeleted = 'remove', stands = true } = {},
): { removal: OutputRemoval; done: string[] } {
  const done: string[] = [];
  const contract = {
    name: 'orders',
    millrace: { onSourceDeleted, output: { format: 'jsonl', compression: 'gzip' } },
  };
  const removal = new OutputRemoval({
    reader: {
      // eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real one
      async *versionsOf() {
        yield* items;
      },
    },
    forgetting: {
      forget: ({ fileId }) => {
        done.push(`forget ${fileId}`);
        return Promise.resolve(stands);
      },
      confirmRemoval: ({ fileId }) => {
        done.push(`confirm ${fileId}`);
        return Promise.resolve();
      },
    },
    s3: {
      send: (command: DeleteObjectCommand) => {
        done.push(`delete ${command.input.Key ?? ''}`);
        return Promise.resolve({});
      },
    } as unknown as S3Client,
    targetBucket: 'target',
    contractOf: () => contract as unknown as Contract,
  });
  return { removal, done };
}

describe('the removal of outputs', () => {
  it('fences a version in the ledger, then deletes all that it may have left, then says so', async () => {
    const processedKey = 'processed/dataset=orders/of-an-older-contract.parquet';
    const { removal, done } = removalOver([version('older', '0A1', { processedKey }), MARKER]);

    expect(await removal.follow(GONE, NOW)).toBeNull();

    const place = 'dataset=orders/dt=2026-11-20/orders.csv-older';
    expect([done[0], done.at(-1)]).toEqual(['forget older', 'confirm older']);
    expect(done.slice(1, -1).sort()).toEqual(
      [
        `processed/${place}.jsonl.gz`,
        processedKey,
        `rejected/${place}.rows.jsonl.gz`,
        `rejected/${place}.original`,
        `rejected/${place}.reason.json`,
        'manifests/dt=2026-11-20/hh=16/orders.csv-older.json',
      ]
        .map((key) => `delete ${key}`)
        .sort(),
    );
  });

  it.each<[string, LedgerItem]>([
    ['came after the marker', version('newer', '0A6')],
    [
      'the pipeline archived',
      version('archived', '0A1', { archive: { status: 'ARCHIVED', at: NOW.toISOString() } }),
    ],
    ['was never processed', version('unread', '0A1', { status: 'SOURCE_DELETED', attempt: 0 })],
    ['was removed before', version('removed', '0A1', { outputsRemovedAt: NOW.toISOString() })],
  ])('leaves alone a version that %s', async (_, item) => {
    const { removal, done } = removalOver([item, MARKER]);
    expect(await removal.follow(GONE, NOW)).toBeNull();
    expect(done).toEqual([]);
  });

  it.each([
    ['keeps them', { onSourceDeleted: 'keep' }, MARKER],
    ['has to go, but the key was brought back', {}, { ...MARKER, sourceDeletedAt: 'then' }],
  ])('does nothing where the contract %s', async (_, options, marker) => {
    const { removal, done } = removalOver([version('older', '0A1'), marker], options);
    expect(await removal.follow(GONE, NOW)).toBeNull();
    expect(done).toEqual([]);
  });

  it('waits for a version at which an execution may be at work, and takes one that was left', async () => {
    const lease = NOW.getTime();
    const running = version('running', '0A1', { status: 'RUNNING', leaseUntil: lease - 299_999 });
    const { removal, done } = removalOver([running, MARKER]);
    expect(await removal.follow(GONE, NOW)).toBe(lease + 1);
    expect(done).toEqual([]);

    const lapsed = removalOver([{ ...running, leaseUntil: lease - 300_001 }, MARKER]);
    expect(await lapsed.removal.follow(GONE, NOW)).toBeNull();
    expect(lapsed.done).toContain('forget running');
  });

  it('deletes nothing of a version that has changed since it was read', async () => {
    const { removal, done } = removalOver([version('older', '0A1'), MARKER], { stands: false });
    expect(await removal.follow(GONE, NOW)).toBe(NOW.getTime());
    expect(done).toEqual(['forget older']);
  });

  it('leaves alone a replay of a version that the pipeline archived', async () => {
    const archive = { status: 'ARCHIVED', at: NOW.toISOString() } as const;
    const archived = version('archived', '0A2', { archive });
    const replayed = version('replayed', '0A2', { versionId: 'archived', replay: 'again' });
    const { removal, done } = removalOver([archived, replayed]);
    const deleted = { ...GONE, of: 'version', fileId: 'archived', versionId: 'archived' } as const;

    expect(await removal.follow(deleted, NOW)).toBeNull();
    expect(done).toEqual([]);
  });

  it('takes a version that is deleted for good, with its replays', async () => {
    const replayed = version('replayed', '0A2', { versionId: 'gone', replay: 'again' });
    const items = [version('kept', '0A1'), version('gone', '0A2'), replayed];
    const { removal, done } = removalOver(items);
    const deleted = { ...GONE, of: 'version', fileId: 'gone', versionId: 'gone' } as const;

    expect(await removal.follow(deleted, NOW)).toBeNull();
    expect(done.filter((step) => step.startsWith('forget'))).toEqual([
      'forget gone',
      'forget replayed',
    ]);
    expect(done).toContain(
      'delete replays/again/processed/dataset=orders/dt=2026-11-20/orders.csv-replayed.jsonl.gz',
    );
  });
});

describe('a file whose key was deleted', () => {
  const { bucket, key } = GONE;
  const file = fileVersion({ bucket, key, versionId: 'older' });
  const location = { bucket: 'target', key: 'archive/a', versionId: null };
  const { removal } = removalOver([version(file.fileId, '0A1'), MARKER]);

  it('is gone, unless it is read from the archive', async () => {
    expect(await removal.isGone(file)).toBe(true);
    expect(await removal.isGone({ ...file, location })).toBe(false);
  });
});
