import { cutTo, printable } from '../../src/shared/printable.ts';

describe('printable text', () => {
  it.each([
    ['a plain line, ü and 語', 'a plain line, ü and 語'],
    ['two\nlines\r', 'two\\nlines\\r'],
    ['a\ttab', 'a\\ttab'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u009b2J', '\\u009b2J'],
    ['\u0000', '\\u0000'],
    ['abc\u202etxt', 'abc\\u202etxt'],
    ['\u2066x\u2069', '\\u2066x\\u2069'],
  ])('of %j is one line without commands to the terminal', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });
});

describe('cutting text to a width', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['😀😀😀', 3, '😀😀😀'],
    ['😀😀😀😀', 3, '😀😀…'],
  ])('%s to %d gives %s', (text, width, cut) => {
    expect(cutTo(width, text)).toBe(cut);
  });
});
