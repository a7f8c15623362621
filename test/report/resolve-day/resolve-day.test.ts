import {
  addDays,
  InvalidDay,
  isDay,
  requestedDay,
  resolveDay,
} from '../../../src/report/resolve-day/resolve-day.ts';
import fc from '../../support/fast-check.ts';

const NOW = new Date('2026-11-20T08:00:03.000Z');

describe('the day of a report', () => {
  it.each([
    ['on time', '2026-11-20T08:00:00Z', '2026-11-19'],
    ['at the first instant of a day', '2026-11-20T00:00:00Z', '2026-11-19'],
    ['just before a day is over', '2026-11-19T23:59:59Z', '2026-11-18'],
    ['after the end of a month', '2026-11-01T08:00:00Z', '2026-10-31'],
    ['after a leap day', '2024-03-01T08:00:00Z', '2024-02-29'],
    ['with an offset', '2026-11-20T08:00:00+09:00', '2026-11-18'],
  ])('scheduled %s is the last that was over by then', (_, scheduledTime, day) => {
    expect(requestedDay({ scheduledTime }, NOW)).toBe(day);
  });

  it('is the same however late the start, or the retry', () => {
    fc.assert(
      fc.property(
        fc.date({ min: NOW, max: new Date('2099-01-01'), noInvalidDate: true }),
        (now) => {
          expect(requestedDay({ scheduledTime: '2026-11-20T08:00:00Z' }, now)).toBe('2026-11-19');
        },
      ),
    );
  });

  it.each(['2026-11-19', '2026-11-20', '2000-02-29'])('asked for is that day: %s', (day) => {
    expect(requestedDay({ day }, NOW)).toBe(day);
  });

  it.each([
    [{ day: '2026-11-21' }, '2026-11-21 has not begun: in UTC it is 2026-11-20'],
    [{ scheduledTime: '2026-11-22T08:00:00Z' }, '2026-11-21 has not begun'],
    [{ day: '2026-02-29' }, '"2026-02-29" is no day as YYYY-MM-DD'],
    [{ day: '2026-1-1' }, '"2026-1-1" is no day'],
    [{ day: 'yesterday' }, '"yesterday" is no day'],
    [{ day: '' }, '"" is no day'],
    [{}, 'the input must be {"day": "YYYY-MM-DD"} or {"scheduledTime"'],
    [{ day: 20261119 }, 'got {"day":20261119}'],
    [{ day: '2026-11-19', hour: 3 }, 'got {"day":"2026-11-19","hour":3}'],
    [{ scheduledTime: '<aws.scheduler.scheduled-time>' }, 'the input must be'],
    [{ scheduledTime: '2026-11-20' }, 'the input must be'],
    ['2026-11-19', 'got "2026-11-19"'],
    [null, 'got null'],
    [{ day: 'x'.repeat(100_000) }, 'is no day'],
  ])('is not made up: %j', (input, message) => {
    const resolve = (): string => requestedDay(input, NOW);

    expect(resolve).toThrow(InvalidDay);
    expect(resolve).toThrow(`INVALID_DAY: `);
    expect(resolve).toThrow(message);
  });

  it('has a short message, however long the input', () => {
    expect.assertions(1);
    try {
      requestedDay({ day: 'x'.repeat(100_000) }, NOW);
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(300);
    }
  });
});

describe('what an execution has to do', () => {
  it('is all hours of the day, with a place for their sums', () => {
    const request = { input: { day: '2026-11-19' }, execution: 'by-hand-1' };

    expect(resolveDay(request, { now: NOW, concurrency: 8 })).toEqual({
      day: '2026-11-19',
      execution: 'by-hand-1',
      workPrefix: 'work/by-hand-1/',
      hours: Array.from({ length: 24 }, (_, hour) => hour),
      concurrency: 8,
    });
  });
});

describe('days', () => {
  it('are those of the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3_000, max: 3_000 }), (days) => {
        const day = addDays('2026-11-19', days);
        expect(isDay(day)).toBe(true);
        expect(addDays(day, -days)).toBe('2026-11-19');
      }),
    );
  });
});
