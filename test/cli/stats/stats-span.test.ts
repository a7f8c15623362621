import { chooseSpan, parseEnd, parseInstant } from '../../../src/cli/stats/stats-span.ts';

const NOW = new Date('2026-11-20T16:05:09.123Z');

describe('an instant on the command line', () => {
  it.each([
    ['30m', '2026-11-20T15:35:09.123Z'],
    ['2h', '2026-11-20T14:05:09.123Z'],
    ['7d', '2026-11-13T16:05:09.123Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-11-20T16:05', '2026-11-20T16:05:00.000Z'],
    ['2026-11-20T16:05Z', '2026-11-20T16:05:00.000Z'],
    ['2026-11-20T16:05:09Z', '2026-11-20T16:05:09.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text, NOW).toISOString()).toBe(instant);
  });

  it.each([
    ['2', 'Give a span back from now'],
    ['2y', 'Give minutes, hours or days'],
    ['', 'Give a span back from now'],
    ['yesterday', 'Give a span back from now'],
    ['2026-11-20 16:05', 'Give a span back from now'],
    ['2026-02-30', 'There is no such day or time.'],
    ['2026-13-01', 'There is no such day or time.'],
    ['2026-11-20T24:30', 'There is no such day or time.'],
  ])('"%s" is refused', (text, message) => {
    expect(() => parseInstant(text, NOW)).toThrow(message);
  });
});

describe('an instant at which a span ends', () => {
  it.each([
    ['2h', '2026-11-20T14:05:09.123Z'],
    ['2026-11-20', '2026-11-21T00:00:00.000Z'],
    ['2026-11-20T16:05', '2026-11-20T16:05:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseEnd(text, NOW).toISOString()).toBe(instant);
  });
});

describe('the span to show', () => {
  const at = (text: string): Date => new Date(text);

  it('is the last 24 hours unless told otherwise', () => {
    expect(chooseSpan({}, NOW)).toEqual({ since: at('2026-11-19T16:05:09.123Z'), until: NOW });
  });

  it('is the 24 hours before its end when only that is told', () => {
    const until = at('2026-11-10T00:00:00Z');
    expect(chooseSpan({ until }, NOW)).toEqual({ since: at('2026-11-09T00:00:00Z'), until });
  });

  it.each([
    ['2026-11-20T16:05:09.123Z', '2026-11-20T16:05:09.123Z'],
    ['2026-11-20T17:00:00Z', undefined],
  ])('from %s to %s is refused', (since, until) => {
    const options = { since: at(since), ...(until !== undefined && { until: at(until) }) };
    expect(() => chooseSpan(options, NOW)).toThrow('The span is empty: it begins at');
  });

  it('by the minute is two days long at most', () => {
    const two = { since: at('2026-11-18T16:05:09.123Z'), every: 'minute' } as const;
    expect(chooseSpan(two, NOW).since).toEqual(two.since);
    const more = { ...two, since: at('2026-11-18T16:05:09.122Z') };
    expect(() => chooseSpan(more, NOW)).toThrow('give --every hour');
  });
});
