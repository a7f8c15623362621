import { planRanges } from '../../../src/pipeline/scan/plan-ranges.ts';
import fc from '../../support/fast-check.ts';

const MIB = 1024 * 1024;
const TIB = 1024 * 1024 * MIB;

const lengths = (size: number): number[] =>
  planRanges(size).map(({ firstByte, lastByte }) => lastByte + 1 - firstByte);

describe('planRanges', () => {
  it.each([
    ['nothing', 0, []],
    ['one byte', 1, [1]],
    ['one range', 16 * MIB, [16 * MIB]],
    ['one byte more', 16 * MIB + 1, [16 * MIB, 1]],
    ['several ranges', 40 * MIB, [16 * MIB, 16 * MIB, 8 * MIB]],
  ])('cuts a file into ranges of 16 MiB: %s', (_, size, expected) => {
    expect(lengths(size)).toEqual(expected);
  });

  it('has 3,000 ranges at most, which grow by whole blocks', () => {
    expect(lengths(3_000 * 16 * MIB)).toHaveLength(3_000);
    const [first, ...others] = lengths(3_000 * 16 * MIB + 1);
    expect(first).toBe(24 * MIB);
    expect(others).toHaveLength(1_999 + 1);
    expect(lengths(5 * TIB).length).toBeLessThanOrEqual(3_000);
  });

  it('covers the file without gaps, on borders of blocks, with no more ranges than allowed', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 64 }),
        (size, rangeBytes, maxRanges, blockBytes) => {
          const ranges = planRanges(size, { rangeBytes, maxRanges, blockBytes });
          expect(ranges.length).toBeLessThanOrEqual(maxRanges);
          let next = 0;
          for (const { firstByte, lastByte } of ranges) {
            expect(firstByte).toBe(next);
            expect(firstByte % blockBytes).toBe(0);
            expect(lastByte).toBeGreaterThanOrEqual(firstByte);
            next = lastByte + 1;
          }
          expect(next).toBe(size);
        },
      ),
    );
  });
});
