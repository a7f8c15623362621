import { digestOf, FirstRows } from '../../../src/pipeline/transform/first-rows.ts';
import fc from '../../support/fast-check.ts';

describe('FirstRows', () => {
  it('knows what a Map knows', () => {
    const keys = fc.array(fc.string({ maxLength: 2 }), { maxLength: 300 });
    fc.assert(
      fc.property(keys, (given) => {
        const rows = new FirstRows();
        const expected = new Map<string, number>();
        given.forEach((key, index) => {
          const digest = digestOf(key);
          expect(rows.rowOf(digest)).toBe(expected.get(key) ?? 0);
          if (expected.has(key)) return;
          rows.add(digest, index + 1);
          expected.set(key, index + 1);
        });
      }),
    );
  });

  it('grows without forgetting', () => {
    const rows = new FirstRows();
    for (let row = 1; row <= 100_000; row += 1) rows.add(digestOf(String(row)), row);
    for (let row = 1; row <= 100_000; row += 1) {
      if (rows.rowOf(digestOf(String(row))) !== row) throw new Error(`row ${row} is forgotten`);
    }
    expect(rows.rowOf(digestOf('0'))).toBe(0);
  });

  it('tells values apart whose hashes start alike', () => {
    const digest = (last: number): Buffer => Buffer.from([...Array<number>(15).fill(7), last]);
    const rows = new FirstRows();
    for (let last = 0; last < 256; last += 1) rows.add(digest(last), last + 1);
    for (let last = 0; last < 256; last += 1) expect(rows.rowOf(digest(last))).toBe(last + 1);
  });

  it('finds its way around the end of the table', () => {
    const digest = (word: number): Buffer => {
      const bytes = Buffer.alloc(16, 1);
      bytes.writeUInt32LE(0xffffffff, 0);
      bytes.writeUInt32LE(word, 4);
      return bytes;
    };
    const rows = new FirstRows();
    for (let word = 0; word < 10; word += 1) rows.add(digest(word), word + 1);
    for (let word = 0; word < 10; word += 1) expect(rows.rowOf(digest(word))).toBe(word + 1);
    expect(rows.rowOf(digest(10))).toBe(0);
  });
});
