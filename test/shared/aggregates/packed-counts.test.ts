import {
  addPacked,
  packCounts,
  packedCounts,
} from '../../../src/shared/aggregates/packed-counts.ts';
import fc from '../../support/fast-check.ts';

const SIZE = 500;
const PackedCounts = packedCounts(SIZE);

const counters = fc
  .array(
    fc.tuple(
      fc.nat({ max: SIZE - 1 }),
      fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 52 })),
    ),
    { maxLength: 40 },
  )
  .map((entries) => {
    const counts = new Float64Array(SIZE);
    for (const [index, count] of entries) counts[index] = count;
    return counts;
  });

describe('packCounts', () => {
  it('keeps every counter', () => {
    fc.assert(
      fc.property(counters, (counts) => {
        const packed = PackedCounts.parse(packCounts(counts));
        const unpacked = new Float64Array(SIZE);
        expect(addPacked(packed, unpacked)).toBe(counts.reduce((sum, count) => sum + count, 0));
        expect(unpacked).toEqual(counts);
      }),
    );
  });

  it('makes nothing of counters that are all 0', () => {
    expect(packCounts(new Float64Array(SIZE))).toBe('');
  });

  it('adds to counters that are there', () => {
    const counts = Float64Array.of(1, 0, 2);
    expect(addPacked(packCounts(Float64Array.of(4, 5, 0)), counts)).toBe(9);
    expect(counts).toEqual(Float64Array.of(5, 5, 2));
  });
});

const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64');

describe('packedCounts', () => {
  it.each([
    ['no base64', 'a?'],
    ['base64 without its end', 'AQ'],
    ['a counter without a count', base64(1)],
    ['a number without its end', base64(1, 0x80)],
    ['a count of 0', base64(1, 0)],
    ['a counter that comes twice', base64(1, 1, 0, 1)],
    ['a counter behind the last one', packCounts(new Float64Array(SIZE + 1).fill(1))],
    ['a count beyond all safe integers', base64(1, ...Array<number>(10).fill(0xff), 1)],
    ['a number beyond all doubles', base64(1, ...Array<number>(200).fill(0xff), 1)],
  ])('refuses %s', (_, packed) => {
    expect(PackedCounts.safeParse(packed).success).toBe(false);
  });

  it('takes or refuses any text, and never hangs or throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const packed = Buffer.from(bytes).toString('base64');
        if (PackedCounts.safeParse(packed).success) addPacked(packed, new Float64Array(SIZE));
      }),
    );
  });
});
