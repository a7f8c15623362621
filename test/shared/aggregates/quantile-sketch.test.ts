import { PackedBins, QuantileSketch } from '../../../src/shared/aggregates/quantile-sketch.ts';
import fc from '../../support/fast-check.ts';

const QUANTILES = [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1.02, 1.02 ** 7, 1e18, 1e-12, 0.01, 100),
  fc.integer({ min: -10_000, max: 10_000 }),
  fc.double({ min: 1e-12, max: 1e18, noNaN: true }),
  fc.double({ min: -1e18, max: -1e-12, noNaN: true }),
  fc.nat({ max: 200 }).map((bin) => 1.02 ** bin),
);

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

describe('QuantileSketch', () => {
  it('is within 1 % of the true value at every quantile', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 200 }), (values) => {
        const sketch = sketchOf(values);
        const inOrder = values.toSorted((a, b) => a - b);
        for (const q of QUANTILES) {
          const expected = inOrder[Math.floor(q * (values.length - 1))]!;
          const error = Math.abs(sketch.quantile(q)! - expected);
          expect(error).toBeLessThanOrEqual(0.01 * Math.abs(expected));
        }
      }),
    );
  });

  it('gives the same for any split and any order', () => {
    fc.assert(
      fc.property(fc.array(numbers, { maxLength: 300 }), fc.nat(), (values, at) => {
        const cut = at % (values.length + 1);
        const parts = [values.slice(cut), values.slice(0, cut)].map((part) =>
          sketchOf(part).pack(),
        );
        const merged = new QuantileSketch();
        for (const part of parts) merged.merge(PackedBins.parse(part));
        expect(merged.pack()).toBe(sketchOf(values).pack());
        for (const q of QUANTILES) expect(merged.quantile(q)).toBe(sketchOf(values).quantile(q));
      }),
    );
  });

  it('knows nothing of no number', () => {
    expect(new QuantileSketch().quantile(0.5)).toBeNull();
  });

  it.each([5e-324, -1e-13])('takes %d for zero', (value) => {
    expect(sketchOf([value]).quantile(0.5)).toBe(0);
  });

  it.each([Infinity, -Infinity, 1.7e308, 2e18])('does not know a quantile of %d', (value) => {
    expect(sketchOf([value]).quantile(0.5)).toBeNull();
  });

  it('knows the quantiles on this side of what it does not know', () => {
    const sketch = sketchOf([-Infinity, 0, 7, 1e300]);
    expect([0, 0.34, 0.67, 1].map((q) => sketch.quantile(q))).toEqual([
      null,
      0,
      expect.closeTo(7, 1),
      null,
    ]);
  });
});
