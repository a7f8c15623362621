import type { DeadLetter } from '../../../src/cli/operate/dead-letters.ts';
import {
  planRedrive,
  requestFor,
  type LetterFilter,
} from '../../../src/cli/operate/redrive-plan.ts';
import { FileStatus, type LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import fc from '../../support/fast-check.ts';
import { fileVersion } from '../../support/files.ts';
import { ledgerItem } from '../../support/ledger-items.ts';

const NOW = Date.parse('2026-11-20T17:00:00Z');
const TIME = '2026-11-20T16:00:00.000Z';

const letter = (id: string, ...keys: string[]): DeadLetter => ({
  messageId: id,
  receiptHandle: id,
  files: keys.map((key) => ({ file: fileVersion({ key }), eventTime: TIME })),
  removals: [],
  body: '',
});

const known = (...items: LedgerItem[]): Map<string, LedgerItem> =>
  new Map(items.map((item) => [item.fileId, item]));

const plan = (letters: DeadLetter[], items: LedgerItem[], filter: LetterFilter = {}) =>
  planRedrive(letters, known(...items), filter, NOW);

describe('a dead letter', () => {
  it.each([
    ['failed', { status: 'FAILED' } as const],
    ['was abandoned', { status: 'RUNNING', leaseUntil: NOW } as const],
  ])('asks for its file, which %s', (_, parts) => {
    const { moved } = plan([letter('m', 'a.csv')], [ledgerItem('a.csv', parts)]);
    expect(moved).toMatchObject([
      { asked: [{ announced: { file: { key: 'a.csv' } } }], ended: [] },
    ]);
  });

  it('asks for a file of which the ledger has never heard', () => {
    const { moved } = plan([letter('m', 'a.csv')], []);
    const [file] = moved[0]!.asked;
    expect(requestFor(file!, 'o1')).toEqual({
      file: fileVersion({ key: 'a.csv' }),
      arrivedAt: TIME,
      operationId: 'o1',
      afterAttempt: undefined,
    });
  });

  it.each(['SUCCEEDED', 'REJECTED', 'SKIPPED', 'FORGOTTEN', 'SOURCE_DELETED'] as const)(
    'is dropped when its file is %s already',
    (status) => {
      const { moved } = plan([letter('m', 'a.csv')], [ledgerItem('a.csv', { status })]);
      expect(moved).toMatchObject([{ asked: [], ended: [{ item: { status } }] }]);
    },
  );

  it('that is a request for another attempt is asked for as long as none has begun', () => {
    const request = { operationId: 'o1', afterAttempt: 1 };
    const file = fileVersion({ key: 'a.csv' });
    const asking = { ...letter('m'), files: [{ file, eventTime: TIME, request }] };
    const standing = (attempt: number) => ledgerItem('a.csv', { status: 'REJECTED', attempt });
    const { moved } = plan([asking], [standing(1)]);
    expect(requestFor(moved[0]!.asked[0]!, 'o2')).toMatchObject({
      operationId: 'o2',
      afterAttempt: 1,
    });
    expect(plan([asking], [standing(2)]).moved[0]!.asked).toEqual([]);
  });

  it('stays while an attempt at its file is running', () => {
    const items = [ledgerItem('a.csv', { status: 'RUNNING', leaseUntil: NOW + 1 })];
    const { moved, left } = plan([letter('m', 'a.csv')], items);
    expect(moved).toEqual([]);
    expect(left).toMatchObject([{ why: 'an attempt is running' }]);
  });

  it('of several files stays unless all of them are meant', () => {
    const { moved, left } = plan([letter('m', 'in/a.csv', 'b.csv')], [], { prefix: 'in/' });
    expect(moved).toEqual([]);
    expect(left).toMatchObject([{ why: 'only 1 of the 2 files that it tells of are meant' }]);
  });

  it('that tells of no file is counted, and never moved', () => {
    const { moved, left, malformed } = plan([{ ...letter('m'), files: null }, letter('n')], []);
    expect({ moved, left, malformed }).toEqual({ moved: [], left: [], malformed: 2 });
  });
});

it.each<[string, LetterFilter]>([
  ['prefix', { prefix: 'in/' }],
  ['name', { file: 'a.csv' }],
  ['object key', { file: 'in/a.csv' }],
  ['file id', { file: fileVersion({ key: 'in/a.csv' }).fileId }],
  ['status', { status: 'FAILED' }],
  ['code', { code: 'UNEXPECTED_ERROR' }],
  ['time', { from: new Date('2026-11-20T16:05:00Z') }],
])('only letters whose file has the %s are meant', (_, filter) => {
  const parts = { status: 'FAILED', code: 'UNEXPECTED_ERROR' } as const;
  const items = [
    ledgerItem('in/a.csv', { ...parts, arrivedAt: '2026-11-20T16:10:00.000Z' }),
    ledgerItem('b.csv', { status: 'SUCCEEDED', arrivedAt: TIME }),
  ];
  const { moved, others } = plan([letter('m', 'in/a.csv'), letter('n', 'b.csv')], items, filter);
  expect(moved.map(({ letter }) => letter.messageId)).toEqual(['m']);
  expect(others).toBe(1);
});

it('a name that is an object key means no other file that ends so', () => {
  const letters = [letter('m', 'a.csv'), letter('n', 'in/a.csv')];
  const { moved, others } = plan(letters, [], { file: 'a.csv' });
  expect(moved.map(({ letter }) => letter.messageId)).toEqual(['m']);
  expect(others).toBe(1);
});

it('every letter has one fate, and every file of a moved one is asked for or has ended', () => {
  const keys = fc.subarray(['in/a.csv', 'in/b.csv', 'c.csv', 'd.csv']);
  const status = fc.constantFrom(...Object.values(FileStatus));
  fc.assert(
    fc.property(fc.array(keys), fc.array(status, { minLength: 4, maxLength: 4 }), (all, states) => {
      const letters = all.map((names, index) => letter(String(index), ...names));
      const items = ['in/a.csv', 'in/b.csv', 'c.csv', 'd.csv'].map((key, index) =>
        ledgerItem(key, { status: states[index]! }),
      );
      const { moved, left, others, malformed } = plan(letters, items, { prefix: 'in/' });
      expect(moved.length + left.length + others + malformed).toBe(letters.length);
      for (const { letter, asked, ended } of moved) {
        expect(asked.length + ended.length).toBe(letter.files!.length);
      }
    }),
  );
});

describe('a letter of an object that is gone', () => {
  const removal = { of: 'key', eventTime: TIME, ...fileVersion({ key: 'in/a.csv' }) } as const;
  const gone: DeadLetter = { ...letter('m'), removals: [removal] };

  it.each<LetterFilter>([{}, { prefix: 'in/' }, { file: 'a.csv' }])(
    'is put back as it is where %j is meant',
    (filter) => {
      expect(plan([gone], [], filter)).toMatchObject({ removals: [gone], moved: [], malformed: 0 });
    },
  );

  it.each<LetterFilter>([{ prefix: 'out/' }, { file: 'b.csv' }, { status: 'FAILED' }])(
    'is another letter where %j is meant',
    (filter) => {
      expect(plan([gone], [], filter)).toMatchObject({ removals: [], others: 1, malformed: 0 });
    },
  );
});
