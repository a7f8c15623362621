import type { FileEventData } from '../../src/pipeline/notify/file-event.ts';
import type { CloudEvent } from '../../src/shared/cloud-event.ts';
import type { AttemptRecord, LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { audit, auditStandstill, type Evidence, type PutFile } from './audit.ts';
import { timeless, type OutputObject, type Outputs } from './evidence.ts';

const FILE_ID = '0123456789abcdef0123';
const PROCESSED = `processed/dataset=a/dt=2026-11-20/a.csv-${FILE_ID}.jsonl.gz`;
const REJECTED = `rejected/dataset=a/dt=2026-11-20/a.csv-${FILE_ID}.rows.jsonl.gz`;

const FILE: PutFile = {
  bucket: 'source',
  key: 'a.csv',
  versionId: 'v1',
  fileId: FILE_ID,
  size: 10,
  expected: {
    key: 'a.csv',
    body: Buffer.from('id\n1\n'),
    end: 'SUCCEEDED',
    written: 2,
    rejected: 1,
  },
};

const attempt = (number: number, status: AttemptRecord['status']): AttemptRecord => ({
  attempt: number,
  status,
  execution: `a.csv-${FILE_ID}-${number}`,
  startedAt: '2026-11-20T10:00:00.000Z',
  endedAt: '2026-11-20T10:00:01.000Z',
  ...(status === 'FAILED' && { code: 'SERVICE_UNAVAILABLE' }),
});

const ITEM: LedgerItem = {
  source: 'source/a.csv',
  fileId: FILE_ID,
  versionId: 'v1',
  etag: 'e',
  size: 10,
  sequencer: '1',
  status: 'SUCCEEDED',
  attempt: 2,
  arrivedAt: '2026-11-20T10:00:00.000Z',
  arrivalHour: '2026-11-20T10#1',
  startedAt: '2026-11-20T10:00:00.000Z',
  rowsRead: 3,
  rowsWritten: 2,
  rowsRejected: 1,
  processedKey: PROCESSED,
  rejectedKey: REJECTED,
  history: [attempt(1, 'FAILED'), attempt(2, 'SUCCEEDED')],
};

const output = (key: string, lines: number, digest = `digest of ${key}`): OutputObject => ({
  key,
  digest,
  lines,
  isSteady: true,
});

const outputsOf = (...objects: OutputObject[]): Outputs => ({
  objects: new Map(objects.map((object) => [timeless(object.key), object])),
  repeated: [],
  openUploads: 0,
});

const REFERENCE = outputsOf(output(PROCESSED, 2), output(REJECTED, 1));

const event = (id: string, status = 'SUCCEEDED') =>
  ({ id, data: { status, file: { fileId: FILE_ID } } }) as CloudEvent<FileEventData>;

const RUN: Evidence = {
  files: [FILE],
  ledger: [ITEM],
  outputs: REFERENCE,
  events: [event('failed-1', 'FAILED'), event('end'), event('end')],
  messagesLeft: 0,
  uploadsAreAborted: true,
};

const MISSING = outputsOf(output(REJECTED, 1));
const OTHER = outputsOf(output(PROCESSED, 2, 'other'), output(REJECTED, 1));
const SHORT = outputsOf(output(PROCESSED, 1), output(REJECTED, 1));
const MORE = outputsOf(
  ...REFERENCE.objects.values(),
  output('processed/dataset=a/dt=2026-11-20/stray.jsonl.gz', 2),
);
const UNSTEADY = outputsOf({ ...output(PROCESSED, 2), isSteady: false }, output(REJECTED, 1));
const ELSEWHERE = outputsOf(output(PROCESSED.replace('11-20', '11-21'), 2), output(REJECTED, 1));
/** As a failure must not be. */
const UNCODED: AttemptRecord = { ...attempt(1, 'SUCCEEDED'), status: 'FAILED' };

describe('the audit of a run', () => {
  it('finds nothing wrong with one that failed and was tried again, with duplicate events', () => {
    expect(audit(RUN, REFERENCE)).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, string[]]>([
    ['a file that is not in the ledger', { ledger: [] }, ['lost', 'partial']],
    ['a file without an end', { ledger: [{ ...ITEM, status: 'FAILED' }] }, ['lost', 'partial']],
    ['an item for no file', { ledger: [ITEM, { ...ITEM, fileId: 'other' }] }, ['doubled']],
    [
      'a file that ended twice',
      { ledger: [{ ...ITEM, history: [attempt(1, 'SUCCEEDED'), attempt(2, 'SUCCEEDED')] }] },
      ['doubled'],
    ],
    ['a file whose history has no end', { ledger: [{ ...ITEM, history: [] }] }, ['lost']],
    [
      'an attempt that is recorded twice',
      { ledger: [{ ...ITEM, history: [attempt(2, 'FAILED'), attempt(2, 'SUCCEEDED')] }] },
      ['doubled'],
    ],
    [
      'a failure without a code',
      { ledger: [{ ...ITEM, history: [UNCODED, attempt(2, 'SUCCEEDED')] }] },
      ['unexplained'],
    ],
    ['rows that are not accounted for', { ledger: [{ ...ITEM, rowsRead: 4 }] }, ['partial']],
    ['an output that is missing', { outputs: MISSING }, ['partial', 'lost']],
    ['an output of other bytes', { outputs: OTHER }, ['partial']],
    ['an output with a row too few', { outputs: SHORT }, ['partial']],
    ['an output that had other bytes before', { outputs: UNSTEADY }, ['partial']],
    ['an output elsewhere than the ledger says', { outputs: ELSEWHERE }, ['partial']],
    ['an output of two days', { outputs: { ...REFERENCE, repeated: [PROCESSED] } }, ['doubled']],
    ['an output of no file', { outputs: MORE }, ['doubled', 'partial']],
    ['no event of the end', { events: [event('failed-1', 'FAILED')] }, ['lost']],
    ['two different events of the end', { events: [event('a'), event('b')] }, ['doubled']],
    ['messages that are left', { messagesLeft: 1 }, ['unexplained']],
    [
      'uploads that nobody aborts',
      { outputs: { ...REFERENCE, openUploads: 1 }, uploadsAreAborted: false },
      ['unexplained'],
    ],
  ])('finds %s', (_what, change, kinds) => {
    const found = audit({ ...RUN, ...change }, REFERENCE);
    expect([...new Set(found.map(({ kind }) => kind))]).toEqual(kinds);
  });
});

describe('the audit of the standstill', () => {
  const failed = { ...ITEM, status: 'FAILED' } as const;

  it.each([
    ['a file that ended', [ITEM], [], []],
    ['a failed file whose message is a dead letter', [failed], [], [FILE_ID]],
    ['a duplicate among the dead letters', [ITEM], [], [FILE_ID]],
    ['a file that nothing was told of', [], [FILE_ID], []],
    ['a dead letter of a file that no dispatcher could claim', [], [FILE_ID], [FILE_ID]],
  ])('explains %s', (_what, ledger, missed, deadLetters) => {
    expect(auditStandstill([FILE], { ledger, missed, lostNotifications: 1, deadLetters })).toEqual(
      [],
    );
  });

  it.each([
    ['a failed file that nobody will try again', [failed], [], []],
    ['a file that never arrived', [], [], []],
    ['a file that is said to be missed, and is in the ledger', [ITEM], [FILE_ID], []],
    ['a missed file that nobody put', [ITEM], ['another'], []],
    ['a dead letter of no file', [ITEM], [], [null]],
  ])('does not explain %s', (_what, ledger, missed, deadLetters) => {
    expect(
      auditStandstill([FILE], { ledger, missed, lostNotifications: 1, deadLetters }),
    ).toMatchObject([{ kind: 'unexplained' }]);
  });
});

it('a missed file of which somebody was told is lost', () => {
  const standstill = { ledger: [], missed: [FILE_ID], lostNotifications: 0, deadLetters: [] };
  expect(auditStandstill([FILE], standstill)).toMatchObject([{ kind: 'lost' }]);
});

it('a document is compared without the moment of its arrival, and with all else', () => {
  const manifest = (arrivedAt: string, rows: number) =>
    `{ "arrivedAt": "${arrivedAt}", "sequencer": "${arrivedAt}", "rows": ${rows},
       "key": "processed/dt=${arrivedAt}/a" }`;

  expect(timeless(manifest('2026-11-20', 1))).toBe(timeless(manifest('2026-11-21', 1)));
  expect(timeless(manifest('2026-11-20', 1))).not.toBe(timeless(manifest('2026-11-20', 2)));
  // Of what no event has told, a reconciliation knows no sequencer.
  expect(timeless('"sequencer": null,')).toBe(timeless('"sequencer": "00A1",'));
});
