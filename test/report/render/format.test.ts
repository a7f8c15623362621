import {
  changeFrom,
  formatBytes,
  formatCount,
  formatCounted,
  formatDecimal,
  formatNumber,
  formatSeconds,
  formatShare,
  formatUsd,
  weekdayOf,
} from '../../../src/report/render/format.ts';
import { figure } from '../sample-report.ts';

it.each([
  [null, '-'],
  [0, '0'],
  [1_234, '1,234'],
  [5.26, '5.3'],
  [1_172.4, '1,172'],
  [9_999_999_999, '9,999,999,999'],
  [12_345_678_901, '12.3 bn'],
  [Number.MAX_SAFE_INTEGER, '9,007 tn'],
  [1e20, '1.00e+20'],
])('the count %d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

it.each([
  [0, 'no files'],
  [1, '1 file'],
  [2, '2 files'],
  [null, '- files'],
])('%d files are %s', (count, text) => {
  expect(formatCounted(count, 'file')).toBe(text);
});

it.each([
  [0, 1_000, '0 %'],
  [1, 100_000, '<0.1 %'],
  [3, 1_000, '0.3 %'],
  [1, 2, '50 %'],
  [99_999, 100_000, '>99.9 %'],
  [5, 5, '100 %'],
  [0, 0, '-'],
  [null, 5, '-'],
])('%d of %d is %s', (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [999_600, '1 MB'],
  [1_234_567_890, '1.23 GB'],
  [9e18, '9,000 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [0.0004, '0 ms'],
  [0.24, '240 ms'],
  [0.9996, '1 s'],
  [3.24, '3.2 s'],
  [59.96, '1 min'],
  [252, '4 min 12 s'],
  [3_599.9, '1 h'],
  [11_100, '3 h 5 min'],
  [187_200, '2 d 4 h'],
  [null, '-'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

it.each([
  [0, '$0.00'],
  [0.00001, '<$0.0001'],
  [0.0148, '$0.0148'],
  [1.005, '$1.01'],
  [1_234.5, '$1,234.50'],
  [2_345_678.9, '$2,345,679'],
  [-0.5, '-$0.5000'],
])('%d dollars are %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});

it.each([
  [0, '0'],
  [0.00012, '1.200e-4'],
  [0.12345678, '0.12346'],
  [46.5871, '46.587'],
  [123_456.78, '123,456.8'],
  [1e15, '1.000e+15'],
])('the number %d is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

it.each([
  ['1234567.89', '1,234,567.89'],
  ['-120.00', '-120.00'],
  ['-1234', '-1,234'],
  ['9007199254740993', '9,007,199,254,740,993'],
  ['123456789012345678901234567890', '1.235e+29'],
  ['not a number', 'not a number'],
  [null, '-'],
])('the decimal %s is %s', (text, shown) => {
  expect(formatDecimal(text)).toBe(shown);
});

it.each([
  [100, 100, { direction: 'same', size: '0 %' }],
  [100_001, 100_000, { direction: 'same', size: '0 %' }],
  [103, 100, { direction: 'up', size: '3 %' }],
  [1, 100_000, { direction: 'down', size: '99 %' }],
  [0, 5, { direction: 'down', size: '100 %' }],
  [5, 0, { direction: 'up', size: 'from 0' }],
  [100, 10, { direction: 'up', size: '10 times' }],
  [1e9, 1, { direction: 'up', size: '1,000+ times' }],
  [5, null, null],
  [null, 5, null],
])('%d beside an earlier %d is %j', (value, earlier, change) => {
  expect(changeFrom(earlier, figure(value))).toEqual(change);
});

it('a day has its weekday', () => {
  expect(weekdayOf('2026-11-19')).toBe('Thursday');
});
