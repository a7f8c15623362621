import {
  ARRIVAL_SHARDS,
  arrivalHour,
  arrivalPartitions,
  sourceOf,
} from '../../../src/shared/ledger/ledger-item.ts';
import fc from '../../support/fast-check.ts';
import { fileVersion } from '../../support/files.ts';

describe('arrivalHour', () => {
  it('is the hour in UTC and a shard of the file', () => {
    expect(arrivalHour('2026-11-20T16:59:59.999Z', { fileId: '000000000000000000ff' })).toBe(
      '2026-11-20T16#3',
    );
  });

  it('always is one of the partitions of its hour', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 1_024 }), (key) => {
        const partition = arrivalHour('2026-11-20T16:00:00Z', fileVersion({ key }));
        expect(arrivalPartitions('2026-11-20T16')).toContain(partition);
      }),
    );
  });

  it('spreads the files of an hour over all shards', () => {
    const counts = new Map<string, number>();
    for (let index = 0; index < 4_000; index += 1) {
      const file = fileVersion({ key: `in/${index}.csv` });
      const partition = arrivalHour('2026-11-20T16:00:00Z', file);
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
    }
    expect(counts.size).toBe(ARRIVAL_SHARDS);
    for (const count of counts.values()) expect(count).toBeGreaterThan(850);
  });
});

it('files of a replay lie in partitions of their own', () => {
  const partition = arrivalHour('2026-11-20T16:00:00Z', fileVersion({ replay: 'r' }));
  expect(arrivalPartitions('2026-11-20T16', 'r')).toContain(partition);
  expect(arrivalPartitions('2026-11-20T16')).not.toContain(partition);
});

describe('arrivalPartitions', () => {
  it('names all shards of an hour', () => {
    const expected = ['#0', '#1', '#2', '#3'].map((shard) => `2026-11-20T16${shard}`);
    expect(arrivalPartitions('2026-11-20T16')).toEqual(expected);
  });
});

describe('sourceOf', () => {
  it('is shared by all versions of a key', () => {
    expect(sourceOf(fileVersion({ versionId: 'v2' }))).toBe('source-bucket/in/orders.csv');
  });
});
