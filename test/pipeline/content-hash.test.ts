import { createHash } from 'node:crypto';
import { CONTENT_HASH_BLOCK_BYTES, ContentHash } from '../../src/pipeline/content-hash.ts';
import fc from '../support/fast-check.ts';
import { splitBy } from '../support/splits.ts';

const BLOCK = 8 * 1024 * 1024;
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** The definition, computed over the whole at once. */
function expectedHash(bytes: Buffer): string {
  const blocks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += BLOCK) {
    blocks.push(sha256(bytes.subarray(start, start + BLOCK)));
  }
  return `blocks-sha256:${sha256(Buffer.concat(blocks)).toString('hex')}`;
}

function hashOf(pieces: readonly Buffer[]): string {
  const hash = new ContentHash();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

const filled = (length: number): Buffer => Buffer.alloc(length, 'Millrace ');

describe('ContentHash', () => {
  it('hashes blocks of 8 MiB', () => {
    expect(CONTENT_HASH_BLOCK_BYTES).toBe(BLOCK);
  });

  it.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 7])(
    'is the hash of the hashes of the blocks of %i bytes',
    (length) => {
      const bytes = filled(length);
      expect(hashOf([bytes])).toBe(expectedHash(bytes));
    },
  );

  it('does not depend on the pieces that the bytes come in', () => {
    const bytes = filled(2 * BLOCK + 1_000);
    const expected = expectedHash(bytes);
    const length = fc.oneof(
      fc.integer({ min: 65_536, max: 3 * BLOCK }),
      fc.constantFrom(BLOCK - 1, BLOCK, BLOCK + 1),
    );
    fc.assert(
      fc.property(fc.array(length, { minLength: 1, maxLength: 4 }), (lengths) => {
        expect(hashOf(splitBy(bytes, lengths))).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('differs where a byte moves from one block to the next', () => {
    const bytes = filled(BLOCK + 10);
    expect(hashOf([bytes.subarray(1)])).not.toBe(hashOf([bytes]));
  });

  it('takes empty pieces', () => {
    expect(hashOf([Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(0)])).toBe(
      expectedHash(Buffer.from('a')),
    );
  });
});
