import {
  currentVersion,
  isUnderMarker,
  newestFirst,
  olderThan,
} from '../../../src/shared/ledger/current-version.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import fc from '../../support/fast-check.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

const at = (second: number): string =>
  new Date(Date.UTC(2026, 10, 20, 16, 0, second)).toISOString();

/** A version of one key, named by its id. */
const version = (fileId: string, parts: Partial<LedgerItem>): LedgerItem =>
  ledgerItem('in/a.csv', { fileId, versionId: fileId, ...parts });

const idsOf = (items: readonly LedgerItem[]): string[] => items.map(({ fileId }) => fileId);

const FIRST = version('first', { sequencer: '0A1', arrivedAt: at(9) });
const SECOND = version('second', { sequencer: '0A2', arrivedAt: at(1) });
const MARKER = version('marker', {
  sequencer: '0A3',
  arrivedAt: at(10),
  attempt: 0,
  status: 'SOURCE_DELETED',
  deleteMarker: true,
});

describe('the current version', () => {
  it('is the newest by its sequencer, though another arrived or ended later', () => {
    const late = { ...FIRST, endedAt: at(50) };
    expect(currentVersion([SECOND, late])).toBe(SECOND);
  });

  it.each(['FAILED', 'REJECTED', 'FORGOTTEN', 'SOURCE_DELETED'] as const)(
    'is the newest even if it is %s',
    (status) => {
      const newest = { ...SECOND, status };
      expect(currentVersion([FIRST, newest])).toBe(newest);
    },
  );

  it('is none while a delete marker is the newest', () => {
    expect(currentVersion([SECOND, MARKER, FIRST])).toBeUndefined();
  });

  it('is back when the marker has been deleted', () => {
    expect(currentVersion([{ ...MARKER, sourceDeletedAt: at(20) }, SECOND, FIRST])).toBe(SECOND);
  });

  it('is the one before it when the newest has been deleted for good', () => {
    expect(currentVersion([FIRST, { ...SECOND, sourceDeletedAt: at(20) }])).toBe(FIRST);
  });

  it('is never a replay', () => {
    const replayed = version('replayed', { sequencer: '0A2', replay: 'again' });
    expect(currentVersion([replayed])).toBeUndefined();
    expect(currentVersion([replayed, SECOND])).toBe(SECOND);
  });

  it('is none where there is nothing', () => {
    expect(currentVersion([])).toBeUndefined();
  });
});

describe('a version that no event announced', () => {
  it.each([
    [0, ['third', 'second', 'first', 'found']],
    [2, ['third', 'second', 'found', 'first']],
    [7, ['third', 'found', 'second', 'first']],
    [30, ['found', 'third', 'second', 'first']],
  ])('that arrived at second %i has its place by its time', (second, order) => {
    const items = [
      version('first', { sequencer: '0A1', arrivedAt: at(1) }),
      version('second', { sequencer: '0A2', arrivedAt: at(5) }),
      version('third', { sequencer: '0A3', arrivedAt: at(9) }),
      version('found', { sequencer: null, arrivedAt: at(second) }),
    ];
    expect(idsOf(newestFirst(items))).toEqual(order);
  });
});

describe('the order of versions', () => {
  const versions = fc.uniqueArray(
    fc.record({
      sequencer: fc.option(fc.constantFrom('0A1', '0A2', '0A20', '0B', '0B1')),
      second: fc.nat(5),
      fileId: fc.nat(1_000).map(String),
    }),
    { selector: ({ fileId }) => fileId, maxLength: 7 },
  );

  it('is the same whatever order they come in', () => {
    const shuffled = versions.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
    );
    fc.assert(
      fc.property(shuffled, ([items, mixed]) => {
        const made = (from: typeof items) =>
          from.map(({ fileId, sequencer, second }) =>
            version(fileId, { sequencer, arrivedAt: at(second) }),
          );
        expect(idsOf(newestFirst(made(mixed)))).toEqual(idsOf(newestFirst(made(items))));
      }),
    );
  });
});

describe('a delete marker', () => {
  it('is above the versions that are older, and no others', () => {
    const newer = version('newer', { sequencer: '0A4' });
    const items = [newer, FIRST, MARKER, SECOND];
    expect(items.map(({ fileId }) => isUnderMarker(items, fileId))).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(idsOf(olderThan(items, 'marker'))).toEqual(['second', 'first']);
  });

  it('has no older versions where it is not among them', () => {
    expect(olderThan([FIRST, SECOND], 'marker')).toEqual([]);
  });

  it('is above none once it has been deleted', () => {
    const items = [FIRST, { ...MARKER, sourceDeletedAt: at(20) }];
    expect(isUnderMarker(items, 'first')).toBe(false);
  });
});
