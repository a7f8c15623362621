import {
  MeasureSummary,
  MeasureSummaryJson,
} from '../../../src/shared/aggregates/measure-summary.ts';
import fc from '../../support/fast-check.ts';
import { arrangementsOf, mergedInGroups, mergedInOrder } from './any-order.ts';

const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });

/** A number of cents in one of the ways to write it. */
const written = fc.tuple(cents, fc.nat({ max: 2 })).map(([amount, way]) => {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  const plain = `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  return { amount, text: [plain, `${plain}0`, `${amount}e-2`][way]! };
});

function summaryOf(texts: readonly string[]): MeasureSummary {
  const summary = new MeasureSummary();
  for (const text of texts) summary.add(text);
  return summary;
}

const textOf = (amount: number): string => {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
  return amount < 0 ? `-${text}` : text;
};

describe('MeasureSummary', () => {
  it('adds up as a person would', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 100 }), (values) => {
        const summary = summaryOf(values.map(({ text }) => text));
        const amounts = values.map(({ amount }) => amount);
        const sum = amounts.reduce((total, amount) => total + amount, 0);
        expect(summary.count).toBe(amounts.length);
        expect(summary.sum).toBe(textOf(sum));
        expect(summary.minimum).toBe(textOf(Math.min(...amounts)));
        expect(summary.maximum).toBe(textOf(Math.max(...amounts)));
        expect(summary.mean).toBeCloseTo(sum / 100 / amounts.length, 8);
        const [middle] = amounts.toSorted((a, b) => a - b).slice((amounts.length - 1) >> 1);
        const error = Math.abs(summary.quantile(0.5)! * 100 - middle!);
        expect(error).toBeLessThanOrEqual(0.01 * Math.abs(middle!) + 1e-6);
      }),
    );
  });

  it('adds digits as it adds their text', () => {
    const digits = fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(digits, fc.nat({ max: 15 })), { maxLength: 100 }),
        (numbers) => {
          const fast = new MeasureSummary();
          for (const [each, decimals] of numbers)
            fast.addDigits(each, decimals, each / 10 ** decimals);
          const slow = summaryOf(numbers.map(([each, decimals]) => `${each}e-${decimals}`));
          expect(fast.toJson()).toEqual(slow.toJson());
        },
      ),
    );
  });

  it('gives the same for any split and any order', () => {
    const text = fc.oneof(
      written.map(({ text: plain }) => plain),
      fc.constantFrom('1e400', '-1e400', '1e5000', '-0', '9'.repeat(50), '1e-999', '0.1', '0.10'),
    );
    const json = fc
      .array(text, { maxLength: 10 })
      .map((texts) => MeasureSummaryJson.parse(summaryOf(texts).toJson()));
    fc.assert(
      fc.property(arrangementsOf(json), (arrangement) => {
        const create = () => new MeasureSummary();
        const expected = mergedInOrder(create, arrangement.items);
        expect(mergedInGroups(create, arrangement)).toEqual(expected);
      }),
    );
  });

  it('knows nothing of no number', () => {
    const nothing = new MeasureSummary();
    expect(nothing).toMatchObject({
      count: 0,
      sum: null,
      minimum: null,
      maximum: null,
      mean: null,
    });
    expect(nothing.quantile(0.5)).toBeNull();
  });

  it('keeps every digit of huge and tiny numbers', () => {
    const huge = '123456789012345678901234567890';
    expect(summaryOf([huge, '0.1', '1e-30'])).toMatchObject({
      sum: `${huge}.100000000000000000000000000001`,
      minimum: `0.${'0'.repeat(29)}1`,
      maximum: huge,
    });
    expect(summaryOf(['1e400', '-1e400', '7']).sum).toBe('7');
  });

  it('has no mean beyond all doubles', () => {
    expect(summaryOf(['1e400']).mean).toBeNull();
  });

  it.each(['1e5000', '-1e999999999999999', '1e-5000', '9'.repeat(10_000_000)])(
    'does not know exact figures of a number of too many digits: case %#',
    (text) => {
      const summary = summaryOf(['1', text]);
      expect(summary).toMatchObject({
        count: 2,
        sum: null,
        minimum: null,
        maximum: null,
        mean: null,
      });
      expect(summary.toJson()).toMatchObject({ count: 2, tooLong: 1, sum: '1' });
    },
  );

  it('has no quantile beyond the extremes', () => {
    const summary = summaryOf(['99', '99', '101']);
    for (const q of [0, 0.5, 1]) {
      expect(summary.quantile(q)).toBeGreaterThanOrEqual(99);
      expect(summary.quantile(q)).toBeLessThanOrEqual(101);
    }
  });

  it.each([{ sum: 'NaN' }, { sum: '1e5' }, { minimum: '' }, { count: -1 }, { bins: '?' }])(
    'refuses a manifest with %j',
    (change) => {
      const json = { ...summaryOf(['1']).toJson(), ...change };
      expect(MeasureSummaryJson.safeParse(json).success).toBe(false);
    },
  );
});
