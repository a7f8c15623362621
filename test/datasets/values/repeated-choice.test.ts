import { repeatedChoice } from '../../../src/datasets/values/repeated-choice.ts';
import fc from '../../support/fast-check.ts';

describe('a pattern that repeats a choice', () => {
  it.each([
    ['(a+)+', '(a+)+'],
    ['x(?:x*)*', '(?:x*)*'],
    ['([a-z]+)*$', '([a-z]+)*'],
    ['(\\w+\\s?)+', '(\\w+\\s?)+'],
    ['([A-Z]+-?)+', '([A-Z]+-?)+'],
    ['(a|a)*', '(a|a)*'],
    ['(?:a|ab)*?', '(?:a|ab)*?'],
    ['(aa?)+', '(aa?)+'],
    ['(a{1,2}){4,}', '(a{1,2}){4,}'],
    ['(a+){10}', '(a+){10}'],
    ['(.*,)*', '(.*,)*'],
    ['([^;]*;?)+', '([^;]*;?)+'],
    ['(\\s*\\w+)+', '(\\s*\\w+)+'],
    ['(?<word>\\p{L}+)+', '(?<word>\\p{L}+)+'],
    ['(ü+)+', '(ü+)+'],
    ['([α-ω]+[α-ω])+', '([α-ω]+[α-ω])+'],
    ['((a)\\2*)+', '((a)\\2*)+'],
    ['(?=(x+)+y)x', '(x+)+'],
    ['(?:(?:a-)*)*', '(?:(?:a-)*)*'],
    ['(\\u0061+a)+', '(\\u0061+a)+'],
    ['([x\\u4e00-\\u4eff]+[y\\u4e00])+', '([x\\u4e00-\\u4eff]+[y\\u4e00])+'],
  ])('is refused: %s', (pattern, group) => {
    expect(repeatedChoice(pattern)).toBe(group);
  });

  it.each([
    '',
    '[A-Z]{2}',
    '[A-Z]+-\\d{1,6}',
    '[a-z]+(-[a-z]+)*',
    '([a-z0-9]+\\.)+[a-z]{2,}',
    '[^@]+@([a-z0-9-]+\\.)+[a-z]{2,}',
    '(\\d{1,3}\\.){3}\\d{1,3}',
    '(\\d{4} ?){4}',
    '(\\d{4})+',
    '(?:[^",]*,)*x',
    '([a-z]+, )*[a-z]+',
    '(?:[A-Z]|\\d)+',
    '(?:AB|CD|E)*',
    '(?:(?:\\d+;)*\\n)*',
    '(a+){1,3}',
    '.*a.*b',
    '(?:\\bword\\b,)+',
    '(?!.*--)[a-z-]+',
    '[\\]\\\\+*]+(?:\\(\\))*',
    '(?:a?)*',
    '\\p{Lu}\\p{Ll}+(?: \\p{Lu}\\p{Ll}+)*',
  ])('is not: %s', (pattern) => {
    expect(repeatedChoice(pattern)).toBeNull();
  });

  /** Patterns over two letters, as nested as they come. */
  const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('a', 'b', '[ab]', 'a?', 'b*', 'a+', 'b{2}', 'a{1,2}'),
      fc.tuple(tie('pattern'), tie('pattern')).map(([one, two]) => `${one}${two}`),
      fc.tuple(tie('pattern'), tie('pattern')).map(([one, two]) => `(?:${one}|${two})`),
      tie('pattern').map((body) => `(?:${body})*`),
      tie('pattern').map((body) => `(${body})+`),
    ),
  }));

  it('leaves no pattern that takes exponential time', () => {
    const texts = ['a', 'b', 'ab', 'aab', 'abb'].map((text) => text.repeat(16) + 'c');
    fc.assert(
      fc.property(patterns, (pattern) => {
        fc.pre(repeatedChoice(pattern) === null);
        const expression = new RegExp(`^(?:${pattern})$`, 'u');
        const start = performance.now();
        for (const text of texts) expression.test(text);
        expect(performance.now() - start).toBeLessThan(1_000);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads any pattern to its end', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab()|*+?[\]\\^$.{},0-9-]{0,16}$/), (pattern) => {
        fc.pre(isValid(pattern));
        expect(() => repeatedChoice(pattern)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});

function isValid(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
