import { ValueMemo } from '../../../src/pipeline/transform/value-memo.ts';
import fc from '../../support/fast-check.ts';

/** What the memo holds for a column's value; null for nothing. */
function heldFor(memo: ValueMemo, column: number, text: string): string | null {
  const source = Buffer.from(text);
  const place = memo.placeOf(column, source, 0, source.length);
  if (!memo.holds(place, column, source, 0, source.length)) return null;
  const out = Buffer.alloc(100);
  return out.toString('utf8', 0, memo.write(place, out, 0));
}

function remember(memo: ValueMemo, column: number, text: string, json: string): void {
  const value = Buffer.from(text);
  const place = memo.placeOf(column, value, 0, value.length);
  memo.remember(place, column, value, Buffer.from(json));
}

describe('ValueMemo', () => {
  it('gives for a value what it was told of that value in that column, or nothing', () => {
    const values = fc.array(
      fc.record({ column: fc.nat({ max: 2 }), text: fc.stringMatching(/^[ab]{0,60}$/) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(values, (all) => {
        const memo = new ValueMemo();
        for (const { column, text } of all) {
          const json = `${column}${text}`;
          expect([null, json]).toContain(heldFor(memo, column, text));
          remember(memo, column, text, json);
          expect(heldFor(memo, column, text)).toBe(json.length > 48 ? null : json);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps columns apart', () => {
    const memo = new ValueMemo();
    remember(memo, 0, 'a', '"A"');
    expect(heldFor(memo, 0, 'a')).toBe('"A"');
    expect(heldFor(memo, 1, 'a')).toBeNull();
  });

  it('keeps values with the same hash apart', () => {
    const memo = new ValueMemo();
    const places = ['Aa', 'BB'].map((text) => memo.placeOf(0, Buffer.from(text), 0, 2));
    expect(places[0]).toBe(places[1]);
    remember(memo, 0, 'Aa', '1');
    expect(heldFor(memo, 0, 'BB')).toBeNull();
    remember(memo, 0, 'BB', '2');
    expect(heldFor(memo, 0, 'Aa')).toBeNull();
  });

  it('remembers an empty value', () => {
    const memo = new ValueMemo();
    expect(heldFor(memo, 0, '')).toBeNull();
    remember(memo, 0, '', 'null');
    expect(heldFor(memo, 0, '')).toBe('null');
  });

  it('does not remember what is long', () => {
    const memo = new ValueMemo();
    remember(memo, 0, 'x'.repeat(49), '1');
    remember(memo, 0, 'short', 'x'.repeat(49));
    expect(heldFor(memo, 0, 'x'.repeat(49))).toBeNull();
    expect(heldFor(memo, 0, 'short')).toBeNull();
  });
});
