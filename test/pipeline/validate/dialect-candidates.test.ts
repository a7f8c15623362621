import {
  bearsOutQuote,
  dialectCandidates,
} from '../../../src/pipeline/validate/dialect-candidates.ts';
import { readSample, type Separators } from '../../../src/pipeline/validate/read-sample.ts';

const candidates = (text: string, hints = {}): string[] =>
  dialectCandidates(text, text, hints).map(({ separators: { delimiter, quote, lineEnd } }) =>
    JSON.stringify([delimiter, quote, lineEnd]),
  );

describe('dialectCandidates', () => {
  it.each<[string, object, string[]]>([
    ['a;b\n', {}, ['[";","\\"","lf"]', '[",","\\"","lf"]']],
    ['a\n', {}, ['[",","\\"","lf"]']],
    ["a,'b'\n", { delimiter: ',' }, ['[",","\\"","lf"]', '[",","\'","lf"]']],
    ['a\rb\n', { delimiter: ';' }, ['[";","\\"","lf"]', '[";","\\"","mixed"]']],
    ['a\rb', { delimiter: ';' }, ['[";","\\"","mixed"]']],
    ["a,'b'\n", { delimiter: ',', quoteChar: null }, ['[",",null,"lf"]']],
  ])('of %j with %j stated are these', (text, hints, expected) => {
    expect(candidates(text, hints)).toEqual(expected);
  });

  it('has a delimiter for one column that occurs nowhere in the sample', () => {
    const all = dialectCandidates('a,b;c\td|e', 'a,b', {});
    expect(all.map(({ separators }) => separators.delimiter)).toEqual([',', '\x1f']);
  });

  it('gives what is rare more bits', () => {
    const bits = dialectCandidates("a,b|'c'\n", "a,b|'c'\n", {}).map((one) => one.priorBits);
    expect(bits).toEqual([0, 12, 2, 14, 3, 15]);
  });
});

describe('bearsOutQuote', () => {
  const single: Separators = { delimiter: ',', quote: "'", lineEnd: 'lf', comment: null };

  it.each<[string, boolean]>([
    ["'a',b\n", false],
    ["'a','b'\n", true],
    ["'a',b\n'c',d\n", true],
    ["'a,b',c\n", true],
    ["'a\nb',c\n", true],
    ["'it''s',c\n'x',d\n", true],
    ["it's,rock 'n' roll\n", false],
    ["'t was,b\n", false],
    ["'a'x,'b'\n", false],
  ])('of %j is %j for single quotes', (text, expected) => {
    expect(bearsOutQuote(single, readSample(Buffer.from(text), single))).toBe(expected);
  });

  it('is true for any other quote', () => {
    const double = { ...single, quote: '"' };
    expect(bearsOutQuote(double, readSample(Buffer.from('a,b\n'), double))).toBe(true);
  });
});
