import { gzipSync } from 'node:zlib';
import { DayAggregate } from '../../../src/report/aggregate/day-aggregate.ts';
import { getHour, hourKey, putHour } from '../../../src/report/aggregate/hour-object.ts';
import { dayFile, itemOf } from '../day-files.ts';
import { MemoryBucket } from '../memory-bucket.ts';

const key = hourKey('work/execution/', 7);
const place = { bucket: 'reports', key };
const aggregate = new DayAggregate(() => 'orders');
aggregate.addLedgerItem(itemOf(dayFile()));
const sums = aggregate.toJson();

it('keeps the sums of an hour under the execution', async () => {
  const bucket = new MemoryBucket();
  await putHour(bucket.client, place, sums);
  expect([...bucket.objects.keys()]).toEqual(['work/execution/hour-07.json.gz']);
  expect(await getHour(bucket.client, place)).toEqual(sums);
});

it.each([
  ['are not compressed', Buffer.from('{}')],
  ['are cut', gzipSync(JSON.stringify(sums)).subarray(0, 100)],
  ['are not JSON', gzipSync('{')],
  ['are of another version', gzipSync(JSON.stringify({ ...sums, aggregateVersion: 1 }))],
])('gives nothing for sums that %s', async (_, content) => {
  expect(await getHour(new MemoryBucket().put(key, content).client, place)).toBeNull();
});

it('gives nothing for sums that are gone', async () => {
  expect(await getHour(new MemoryBucket().client, place)).toBeNull();
});

it('fails when they cannot be fetched', async () => {
  const bucket = new MemoryBucket();
  bucket.denied.add(key);
  await expect(getHour(bucket.client, place)).rejects.toThrow('AccessDenied');
});
