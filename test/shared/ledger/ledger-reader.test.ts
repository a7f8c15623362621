import {
  ARRIVAL_SHARDS,
  arrivalHour,
  sourceOf,
  type LedgerItem,
} from '../../../src/shared/ledger/ledger-item.ts';
import { LedgerReader } from '../../../src/shared/ledger/ledger-reader.ts';
import { fileVersion } from '../../support/files.ts';
import { ArrivalsTable } from './arrivals-table.ts';

const FROM = new Date('2026-11-20T13:30:00.000Z');
const TO = new Date('2026-11-20T16:30:00.000Z');
const MINUTE_MILLISECONDS = 60_000;

/** A file's item that arrived some minutes before the span's end. */
function arrived(index: number, minutesBefore: number): LedgerItem {
  const { bucket, ...file } = fileVersion({ key: `in/${index}.csv` });
  const arrivedAt = new Date(TO.getTime() - minutesBefore * MINUTE_MILLISECONDS).toISOString();
  return {
    ...file,
    source: sourceOf({ bucket, key: file.key }),
    status: 'SUCCEEDED',
    attempt: 1,
    arrivedAt,
    arrivalHour: arrivalHour(arrivedAt, file),
    startedAt: arrivedAt,
  };
}

/** Items of three hours, newest first. */
const newestFirst = Array.from({ length: 250 }, (_, index) => arrived(index, index * 0.7));

/** The same in an order that is none. */
const mixed = [...newestFirst].sort((a, b) => a.fileId.localeCompare(b.fileId));

describe('the files that arrived in a span of time', () => {
  it('are read newest first, in batches of a hundred', async () => {
    const table = new ArrivalsTable(mixed);
    const reader = new LedgerReader('ledger', table.client);
    expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO))).toEqual(newestFirst);
    expect(table.batchSizes).toEqual([100, 100, 50]);
  });

  it('are all read, though DynamoDB leaves keys of a batch unprocessed', async () => {
    const table = new ArrivalsTable(mixed.slice(0, 70), 30);
    const reader = new LedgerReader('ledger', table.client);
    expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO))).toHaveLength(70);
    expect(table.batchSizes).toEqual([70, 40, 10]);
  });

  it('are read no further than they are asked for', async () => {
    const table = new ArrivalsTable(mixed);
    const reader = new LedgerReader('ledger', table.client);
    for await (const item of reader.arrivedBetween(FROM, TO)) {
      expect(item).toEqual(newestFirst[0]);
      break;
    }
    expect(table.batchSizes).toEqual([100]);
  });

  it('leave out those before and after', async () => {
    const table = new ArrivalsTable([arrived(1, -1), arrived(2, 5), arrived(3, 181)]);
    const reader = new LedgerReader('ledger', table.client);
    expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO))).toEqual([arrived(2, 5)]);
  });
});

it('a file that no event told of has the sequencer null', async () => {
  const { sequencer, ...found } = arrived(1, 5);
  expect(sequencer).toBeDefined();
  const reader = new LedgerReader('ledger', new ArrivalsTable([found as LedgerItem]).client);
  expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO))).toMatchObject([
    { fileId: found.fileId, sequencer: null },
  ]);
});

describe('the files of a replay', () => {
  const original = arrived(1, 5);
  const { fileId } = arrived(2, 5);
  const replayed = {
    ...original,
    fileId,
    replay: 'again',
    arrivalHour: arrivalHour(original.arrivedAt, { fileId, replay: 'again' }),
  };
  const reader = new LedgerReader('ledger', new ArrivalsTable([original, replayed]).client);

  it('are not among those that the source bucket brought, which are what a report counts', async () => {
    expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO))).toEqual([original]);
  });

  it('are found under the name of the replay', async () => {
    expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO, 'again'))).toEqual([replayed]);
    expect(await Array.fromAsync(reader.arrivedBetween(FROM, TO, 'other'))).toEqual([]);
  });
});

describe('a file that is looked for by its id', () => {
  it('is found without reading any other, and the scan ends with it', async () => {
    const table = new ArrivalsTable(mixed);
    const reader = new LedgerReader('ledger', table.client);
    const [newest] = newestFirst;
    expect(await reader.findArrived(newest!.fileId, FROM, TO)).toEqual(newest);
    expect(table).toMatchObject({ queries: ARRIVAL_SHARDS, gets: 1, batchSizes: [] });
  });

  it('is undefined when no such file arrived', async () => {
    const table = new ArrivalsTable(mixed);
    const reader = new LedgerReader('ledger', table.client);
    expect(await reader.findArrived('0'.repeat(20), FROM, TO)).toBeUndefined();
  });
});
