import { TextIndex } from '../../../src/pipeline/scan/indexed-text.ts';
import fc from '../../support/fast-check.ts';

// With neighbours that differ from what is looked for in one bit, or by one.
const byte = fc.oneof(
  fc.constantFrom(0x0a, 0x0a, 0x0d, 0x22, 0x22),
  fc.constantFrom(0x00, 0x01, 0x0b, 0x23, 0x2a, 0x8a, 0x8d, 0xa2, 0xff),
  fc.nat(0xff),
);

describe('TextIndex', () => {
  it.each([[[0x0a]], [[0x0a, 0x22]], [[0x0a, 0x0d, 0x22]]] as const)(
    'finds all places of %j and no other, wherever the text lies in memory',
    (wanted) => {
      const index = new TextIndex(wanted);
      fc.assert(
        fc.property(fc.array(byte, { maxLength: 140 }), fc.nat(8), (values, offset) => {
          const memory = Buffer.alloc(offset + values.length + 8, 0x0a);
          memory.set(values, offset);
          const bytes = memory.subarray(offset, offset + values.length);
          const expected = [...bytes.keys()].filter((at) =>
            wanted.some((one) => one === bytes[at]),
          );
          expect([...index.index(bytes).places]).toEqual(expected);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it('finds places that are next to each other to the last byte', () => {
    const bytes = Buffer.alloc(1_027, '"');
    expect([...new TextIndex([0x22]).index(bytes).places]).toEqual([...bytes.keys()]);
  });
});
