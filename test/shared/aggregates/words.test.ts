import { commonBytes, hashOf, viewOf } from '../../../src/shared/aggregates/words.ts';
import fc from '../../support/fast-check.ts';

/** A range of bytes within others. */
interface Range {
  readonly view: DataView;
  readonly start: number;
}

function rangeOf(bytes: Uint8Array, before: number): Range {
  const buffer = Buffer.concat([Buffer.alloc(before, 0xaa), bytes, Buffer.alloc(3, before)]);
  return { view: viewOf(buffer), start: before };
}

const bytes = fc.uint8Array({ maxLength: 40 });
const before = fc.nat({ max: 9 });

describe('commonBytes', () => {
  it('counts equal bytes up to the first that differs, wherever the ranges stand', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), before, before, (text, place, beforeA, beforeB) => {
        const first = place % (text.length + 1);
        const changed = text.map((byte, at) => (at === first ? byte ^ 0x81 : byte));
        const a = rangeOf(text, beforeA);
        const b = rangeOf(changed, beforeB);
        expect(commonBytes(a.view, a.start, b.view, b.start, text.length)).toBe(first);
      }),
    );
  });
});

describe('hashOf', () => {
  it('is the same for the same bytes, wherever they stand', () => {
    fc.assert(
      fc.property(bytes, before, before, (text, beforeA, beforeB) => {
        const [a, b] = [rangeOf(text, beforeA), rangeOf(text, beforeB)];
        const hash = hashOf(a.view, a.start, a.start + text.length);
        expect(hashOf(b.view, b.start, b.start + text.length)).toBe(hash);
      }),
    );
  });

  it('tells most short values from each other', () => {
    const hashes = Array.from({ length: 1_000 }, (_, index) => {
      const { view } = rangeOf(Buffer.from(`"value ${index}"`), 0);
      return hashOf(view, 0, view.byteLength - 3) & 0xffff;
    });
    expect(new Set(hashes).size).toBeGreaterThan(950);
  });
});
