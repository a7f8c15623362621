import { stripVTControlCharacters } from 'node:util';
import { columnsOf } from '../../../src/cli/watch/fit.ts';
import { formatPerSecond, renderView } from '../../../src/cli/watch/render-view.ts';
import { failure, snapshot } from './snapshots.ts';

const view = (width: number, height: number, parts = {}, notice = ''): string[] =>
  renderView(snapshot(parts), { title: 'Millrace-dev', notice, width, height }).map((line) =>
    stripVTControlCharacters(line),
  );

const HOSTILE = 'e\x1b[2Jvil\r\n\u202e日本語 👩‍👩‍👧 '.repeat(20);
const hostile = {
  statuses: [{ value: HOSTILE, events: 1 }],
  types: [{ value: HOSTILE, events: 1e15 }],
  failures: [failure({ key: HOSTILE, reason: HOSTILE })],
};

describe('the view', () => {
  it.each([
    [80, 24],
    [140, 40],
    [123, 30],
    [124, 30],
    [200, 60],
    [40, 12],
    [20, 5],
    [1, 1],
  ])('fits %i columns and %i rows, whatever the names', (width, height) => {
    for (const parts of [{}, hostile]) {
      const lines = view(width, height, parts, HOSTILE);
      expect(lines.length).toBeLessThanOrEqual(height);
      for (const line of lines) {
        expect(columnsOf(line)).toBeLessThanOrEqual(Math.max(width, 60));
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
      }
    }
  });

  it.each([
    [80, 24],
    [140, 40],
  ])('shows everything on %i by %i', (width, height) => {
    const lines = view(width, height);
    expect(lines).toHaveLength(height);
    for (const line of lines) expect([0, width]).toContain(columnsOf(line));
    const text = lines.join('\n');
    for (const part of [
      /^Millrace-dev +2026-11-20 16:05:15Z$/m,
      /^Events +300 +1,200 +20 +/m,
      /^Files +0 +12 +0\.15 +/m,
      'p50 1.2 s, p95 3.4 s, p99 5.6 s',
      /SUCCEEDED +10/,
      /Records given up +4 +0/,
      /type-0 +100/,
      '16:04:09  REJECTED   in/a.csv: EMPTY_FILE: the file has no bytes',
    ]) {
      expect(text).toMatch(part);
    }
  });

  it('counts the values that it has no room for', () => {
    expect(view(80, 24).join('\n')).toMatch(/^9 more +900$/m);
    expect(view(140, 40).join('\n')).toMatch(/ 5 more +500 /m);
  });

  it('says where there is nothing', () => {
    const nothing = { statuses: [], types: [], failures: [], latency: null };
    const text = view(80, 24, nothing).join('\n');
    expect(text.match(/^none/gm)).toHaveLength(3);
    expect(text).toContain('p50 -, p95 -, p99 -');
  });

  it('tells of itself in its second line', () => {
    expect(view(80, 24, {}, 'Out of date: no')[1]!.trimEnd()).toBe('Out of date: no');
  });
});

it.each([
  [0, '0'],
  [0.004, '0.00'],
  [0.15, '0.15'],
  [20, '20'],
  [12_345.6, '12,346'],
])('%s per second is shown as %s', (rate, shown) => {
  expect(formatPerSecond(rate)).toBe(shown);
});
