import { status } from '../../../src/cli/commands/status.ts';
import { formatFiles } from '../../../src/cli/files/file-rows.ts';
import type { ArchiveRecord, LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { deploymentWith, ledgerItem } from '../../support/ledger-items.ts';

const SINCE = 3_600_000;

/** Five files, newest first. */
const five = [5, 4, 3, 2, 1].map((minute) =>
  ledgerItem(`in/${minute}.csv`, { arrivedAt: `2026-11-20T16:0${minute}:00.000Z` }),
);

describe('the limit of the files shown', () => {
  it('shows the newest files, notes that there are more, and reads no further', async () => {
    const { deployment, read } = deploymentWith(five);
    const console = keptConsole();
    await status(deployment, undefined, { since: SINCE, limit: 2, json: true }, console);
    const shown = JSON.parse(console.results[0]!) as LedgerItem[];
    expect(shown).toEqual(five.slice(0, 2));
    expect(console.notes).toEqual([expect.stringContaining('the newest 2 files; there are more')]);
    expect(read).toHaveLength(3);
  });

  it('gives no note when it is just enough', async () => {
    const { deployment } = deploymentWith(five);
    const console = keptConsole();
    await status(deployment, undefined, { since: SINCE, limit: 5 }, console);
    expect(console.notes).toEqual([]);
  });

  it('counts only the files of the status asked for', async () => {
    const running = ledgerItem('in/0.csv', { status: 'RUNNING' });
    const { deployment } = deploymentWith([...five, running]);
    const console = keptConsole();
    const options = { since: SINCE, limit: 1, status: 'RUNNING', json: true } as const;
    await status(deployment, undefined, options, console);
    expect(JSON.parse(console.results[0]!)).toEqual([running]);
    expect(console.notes).toEqual([]);
  });
});

describe('a running file', () => {
  const now = Date.parse('2026-11-20T17:00:00Z');

  it.each([
    ['RUNNING (lapsed)', now - 1],
    ['RUNNING (lapsed)', now],
    ['RUNNING', now + 1],
    ['RUNNING', undefined],
  ])('is shown as %s when its lease lapses at %s', (shown, leaseUntil) => {
    const lease = leaseUntil === undefined ? {} : { leaseUntil };
    const table = formatFiles([ledgerItem('in/a.csv', { status: 'RUNNING', ...lease })], now);
    expect(table).toMatch(new RegExp(`in/a.csv +${shown.replace(/[()]/g, '\\$&')} +-`));
  });
});

describe('the archive of a file', () => {
  const at = '2026-11-20T16:06:00.000Z';
  const why = { code: 'ACCESS_DENIED', reason: 'no' } as const;

  it.each<[string, ArchiveRecord, string]>([
    ['that failed', { status: 'FAILED', at, ...why }, 'not archived: ACCESS_DENIED: no'],
    [
      'whose source object could not be deleted',
      { status: 'ARCHIVED', at, key: 'archive/a', ...why },
      'archived, but not deleted: ACCESS_DENIED: no',
    ],
  ])('%s is a note under the table', (_, archive, note) => {
    const lines = formatFiles([ledgerItem('in/a.csv', { archive })]).split('\n');
    expect(lines.slice(-2)).toEqual(['', `in/a.csv: ${note}`]);
  });

  it.each<[string, LedgerItem['archive']]>([
    ['that is done', { status: 'ARCHIVED', at, key: 'archive/a' }],
    ['that is not meant', { status: 'NOT_ARCHIVED', at, code: 'ARCHIVE_TOO_LARGE', reason: 'x' }],
    ['that is not wanted', undefined],
  ])('%s is not worth a note', (_, archive) => {
    const item = ledgerItem('in/a.csv', archive === undefined ? {} : { archive });
    expect(formatFiles([item])).toBe(formatFiles([ledgerItem('in/a.csv')]));
  });
});

describe('a version that was never read', () => {
  const marker = ledgerItem('in/a.csv', {
    status: 'SOURCE_DELETED',
    attempt: 0,
    deleteMarker: true,
  });

  it('has no execution', () => {
    expect(formatFiles([marker])).toMatch(/in\/a\.csv +SOURCE_DELETED .* -\s*$/);
  });

  it('is told from the current version where that was asked', () => {
    const table = formatFiles([
      { ...marker, current: false },
      { ...five[0]!, current: true },
    ]);
    expect(table).toMatch(/FILE +STATUS +CURRENT /);
    expect(table).toMatch(/in\/a\.csv +SOURCE_DELETED +- /);
    expect(table).toMatch(/in\/5\.csv +SUCCEEDED +current /);
  });

  it('says nothing of what is current where that was not asked', () => {
    expect(formatFiles([marker])).not.toContain('CURRENT');
  });
});
