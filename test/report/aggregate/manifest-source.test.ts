import { S3Manifests } from '../../../src/report/aggregate/manifest-source.ts';
import { MemoryBucket } from '../memory-bucket.ts';

const PREFIX = 'manifests/dt=2026-11-20/hh=07/';

it('lists all keys under a prefix, however many pages that takes', async () => {
  const bucket = new MemoryBucket(2).put('manifests/dt=2026-11-20/hh=08/other.json', '');
  const keys = Array.from({ length: 5 }, (_, index) => `${PREFIX}${index}.json`);
  for (const key of keys) bucket.put(key, '');
  const manifests = new S3Manifests(bucket.client, 'target');
  expect(await Array.fromAsync(manifests.list(PREFIX))).toEqual(keys);
  expect(bucket.requests).toHaveLength(3);
});

it('reads a manifest, and knows one that is gone from one that is denied', async () => {
  const bucket = new MemoryBucket().put('manifests/a.json', '{"a":1}');
  bucket.denied.add('manifests/denied.json');
  const manifests = new S3Manifests(bucket.client, 'target');
  expect(await manifests.read('manifests/a.json')).toBe('{"a":1}');
  expect(await manifests.read('manifests/gone.json')).toBeNull();
  await expect(manifests.read('manifests/denied.json')).rejects.toThrow('AccessDenied');
});
