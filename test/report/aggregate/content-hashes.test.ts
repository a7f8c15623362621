import { createHash } from 'node:crypto';
import { ContentHashes } from '../../../src/report/aggregate/content-hashes.ts';
import fc from '../../support/fast-check.ts';

const hashOf = (content: number): string =>
  `blocks-sha256:${createHash('sha256').update(String(content)).digest('hex')}`;

const hashesOf = (contents: readonly number[]): ContentHashes => {
  const hashes = new ContentHashes();
  for (const content of contents) hashes.add(hashOf(content));
  return hashes;
};

it('counts the files whose content came before, in any split', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { maxLength: 100 }), fc.nat(100), (contents, cut) => {
      const merged = hashesOf(contents.slice(cut));
      merged.merge(hashesOf(contents.slice(0, cut)).toJson());
      expect(merged.duplicates()).toBe(contents.length - new Set(contents).size);
      expect(merged.toJson()).toEqual(hashesOf(contents).toJson());
    }),
  );
});

it('takes more files than it has room for at first', () => {
  const hashes = hashesOf(Array.from({ length: 5_000 }, (_, index) => index % 3_000));
  expect(hashes.duplicates()).toBe(2_000);
  hashes.add(hashOf(17));
  expect(hashes.duplicates()).toBe(2_001);
});
