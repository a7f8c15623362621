import { columnWidth, cutMiddle, oneLine, pad } from '../../../src/report/render/columns.ts';
import fc from '../../support/fast-check.ts';

it.each([
  ['abc', 3],
  ['語', 2],
  ['😀', 2],
  ['👩‍👩‍👧‍👦', 2],
  ['❤️', 2],
  ['e\u0301', 1],
  ['\u200b', 0],
  ['', 0],
])('%s takes %d columns', (text, width) => {
  expect(columnWidth(text)).toBe(width);
});

it.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdefg', 6, 'abc…fg'],
  ['語語語語', 6, '語…語'],
  ['😀😀😀', 5, '😀…😀'],
  ['😀😀', 3, '…'],
])('%s cut to %d columns is %s', (text, width, cut) => {
  expect(cutMiddle(width, text)).toBe(cut);
});

it('text that is cut keeps within its columns', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.integer({ min: 1, max: 40 }),
      (text, width) => {
        expect(columnWidth(cutMiddle(width, oneLine(text)))).toBeLessThanOrEqual(width);
      },
    ),
  );
});

it('text is filled up by its columns, not by its characters', () => {
  expect(pad(4, '語')).toBe('語  ');
  expect(pad(4, '1', 'right')).toBe('   1');
});

it('text of a file is one line of whole characters', () => {
  expect(oneLine('a\n\ud800b')).toBe('a\\n\ufffdb');
});
