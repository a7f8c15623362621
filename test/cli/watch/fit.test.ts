import { columnsOf, fit } from '../../../src/cli/watch/fit.ts';
import fc from '../../support/fast-check.ts';

describe('fit', () => {
  it.each([
    ['fills', 'abc', 'abc  '],
    ['cuts', 'abcdef', 'abcd…'],
    ['counts wide characters as two', '日本', '日本 '],
    ['never cuts a wide character in half', '日本語', '日本…'],
    ['fills up where a wide character does not fit', 'a日本語', 'a日… '],
    ['counts accents as nothing', 'e\u0301te\u0301', 'e\u0301te\u0301  '],
    ['escapes what a terminal obeys', '\x07', '\\u00…'],
  ])('%s', (_, text, expected) => {
    expect(fit(5, text)).toBe(expected);
  });

  it('fills on the left of numbers', () => {
    expect(fit(5, '12', 'right')).toBe('   12');
  });

  it('takes exactly the columns asked for, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(200), (text, width) => {
        const fitted = fit(width, text);
        expect(columnsOf(fitted)).toBe(width);
        expect(fitted).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });
});
