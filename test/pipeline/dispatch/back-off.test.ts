import { backOffSeconds } from '../../../src/pipeline/dispatch/back-off.ts';
import fc from '../../support/fast-check.ts';

const DEFAULTS = { baseSeconds: 10, maxSeconds: 900 };
const JUST_BELOW_ONE = 1 - Number.EPSILON;

describe('backOffSeconds', () => {
  it.each([
    [0, 5, 10],
    [1, 5, 10],
    [2, 10, 20],
    [3, 20, 40],
    [4, 40, 80],
    [7, 320, 640],
    [8, 450, 900],
    [1_000, 450, 900],
    [1e6, 450, 900],
  ])('waits after receive %i from %i to %i seconds', (receives, least, most) => {
    expect(backOffSeconds(receives, DEFAULTS, 0)).toBe(least);
    expect(backOffSeconds(receives, DEFAULTS, JUST_BELOW_ONE)).toBe(most);
  });

  it('stays whole, above zero and within what SQS allows', () => {
    const backOff = fc.record({
      baseSeconds: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      maxSeconds: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), backOff, random, (receives, given, chance) => {
        const seconds = backOffSeconds(receives, given, chance);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(seconds).toBeLessThanOrEqual(
          Math.max(1, Math.ceil(Math.min(given.maxSeconds, 39_600))),
        );
        expect(seconds).toBeLessThanOrEqual(backOffSeconds(receives + 1, given, chance));
      }),
    );
  });
});
