import {
  reconciledPages,
  STUCK_AFTER_MILLISECONDS,
  type KnownFiles,
  type MissedFile,
  type ReconciledPage,
} from '../../src/reconcile/find-missed.ts';
import type { ListedVersion, VersionsPage } from '../../src/reconcile/object-versions.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import fc from '../support/fast-check.ts';
import { fileVersion } from '../support/files.ts';

/** All files of pages that do not match the ledger. */
async function* missedFiles(pages: AsyncIterable<ReconciledPage>): AsyncGenerator<MissedFile> {
  for await (const { missed } of pages) yield* missed;
}

const NOW = new Date('2026-11-20T16:00:00.000Z');
const MINUTE_MILLISECONDS = 60_000;
const minutesAgo = (minutes: number): Date =>
  new Date(NOW.getTime() - minutes * MINUTE_MILLISECONDS);

/** An object version, and how the ledger knows it. */
interface Entry {
  readonly version: ListedVersion;
  readonly minutes: number;
  readonly known: 'not' | 'ended' | { readonly lapsedMinutes: number };
}

const entryOf = (
  index: number,
  { key, minutes, known }: { key: string } & Omit<Entry, 'version'>,
): Entry => {
  const file = fileVersion({ key, versionId: `v${index}`, sequencer: null });
  return { version: { file, lastModified: minutesAgo(minutes) }, minutes, known };
};

/** Versions of a few keys, in no order: what is compared does not depend on any. */
const entries: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b/c', 'ü +', 'd'),
      minutes: fc.integer({ min: 0, max: 40 }),
      known: fc.oneof(
        fc.constantFrom('not' as const, 'ended' as const),
        fc.record({ lapsedMinutes: fc.integer({ min: -20, max: 40 }) }),
      ),
    }),
    { maxLength: 450 },
  )
  .map((drawn) => drawn.map((each, index) => entryOf(index, each)));

function itemOf({ version: { file }, known }: Entry): LedgerItem[] {
  if (known === 'not') return [];
  const { bucket, ...rest } = file;
  const item = { ...rest, source: `${bucket}/${file.key}`, attempt: 1, startedAt: '' };
  const ended = { ...item, status: 'FAILED' as const, arrivedAt: '', arrivalHour: '' };
  if (known === 'ended') return [ended];
  return [{ ...ended, status: 'RUNNING', leaseUntil: minutesAgo(known.lapsedMinutes).getTime() }];
}

/** A ledger that answers in an order of its own, and counts what it is asked. */
function ledgerWith(items: readonly LedgerItem[]): KnownFiles & { asked: number[] } {
  const asked: number[] = [];
  const byId = new Map(items.map((item) => [`${item.source} ${item.fileId}`, item]));
  return {
    asked,
    // eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real one
    async *existing(keys) {
      asked.push(keys.length);
      for (const { source, fileId } of keys.toReversed()) {
        const item = byId.get(`${source} ${fileId}`);
        if (item !== undefined) yield item;
      }
    },
  };
}

/** Divides versions into pages; between some of them lie pages of delete markers alone. */
async function* pagesOf(
  versions: readonly ListedVersion[],
  sizes: readonly number[],
): AsyncGenerator<VersionsPage> {
  let start = 0;
  for (const size of sizes) {
    await Promise.resolve();
    yield { versions: versions.slice(start, start + size), reachedKey: `${start + size}` };
    start += size;
  }
  yield { versions: versions.slice(start), reachedKey: null };
}

it('exactly those that arrived in the span and are unknown, or left alone for long, are found', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 250 }), { maxLength: 5 });
  const span = fc.record({ oldest: fc.integer({ min: 0, max: 45 }), grace: fc.nat({ max: 10 }) });
  await fc.assert(
    fc.asyncProperty(entries, sizes, span, async (bucket, pages, { oldest, grace }) => {
      const expected: string[] = [];
      for (const { version, minutes, known } of bucket) {
        if (minutes > oldest || minutes < grace || known === 'ended') continue;
        if (known === 'not') expected.push(`${version.file.fileId} MISSED`);
        else if (known.lapsedMinutes > 15) expected.push(`${version.file.fileId} STUCK`);
      }
      const ledger = ledgerWith(bucket.flatMap(itemOf));
      const versions = bucket.map(({ version }) => version);
      const found = missedFiles(
        reconciledPages(
          pagesOf(versions, pages),
          ledger,
          { since: minutesAgo(oldest), until: minutesAgo(grace) },
          NOW,
        ),
      );

      const lines = [];
      for await (const { file, mismatch } of found) lines.push(`${file.fileId} ${mismatch}`);

      expect(lines).toEqual(expected);
      expect(Math.max(0, ...ledger.asked)).toBeLessThanOrEqual(100);
    }),
  );
});

it('a claim has to have lapsed for more than a quarter of an hour', async () => {
  const at = (milliseconds: number): Entry =>
    entryOf(0, {
      key: 'a',
      minutes: 30,
      known: { lapsedMinutes: milliseconds / MINUTE_MILLISECONDS },
    });
  const found = async (entry: Entry): Promise<number> => {
    const pages = reconciledPages(
      pagesOf([entry.version], []),
      ledgerWith(itemOf(entry)),
      { since: minutesAgo(60), until: NOW },
      NOW,
    );
    return (await Array.fromAsync(missedFiles(pages))).length;
  };

  expect(await found(at(STUCK_AFTER_MILLISECONDS))).toBe(0);
  expect(await found(at(STUCK_AFTER_MILLISECONDS + MINUTE_MILLISECONDS))).toBe(1);
});

it('pages are read one by one, so that a bucket of any size fits the memory', async () => {
  let given = 0;
  async function* pages(): AsyncGenerator<VersionsPage> {
    for (; given < 1_000; given += 1) {
      await Promise.resolve();
      yield { versions: [], reachedKey: `${given}` };
    }
  }
  const reconciled = reconciledPages(pages(), ledgerWith([]), { since: NOW, until: NOW }, NOW);

  await reconciled.next();
  await reconciled.next();

  expect(given).toBe(1);
});
