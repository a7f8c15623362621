import { PartCutter } from '../../../../src/pipeline/write/parts/part-cutter.ts';
import fc from '../../../support/fast-check.ts';

it('cuts any content into parts of one length, of which only the last differs', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.uint8Array({ maxLength: 80 })),
      (partBytes, minPartBytes, pieces) => {
        const cutter = new PartCutter({ partBytes, minPartBytes });
        const parts = pieces.flatMap((piece) => cutter.write(Buffer.from(piece)));
        const last = cutter.end();

        expect(Buffer.concat([...parts, last])).toEqual(Buffer.concat(pieces));
        expect(parts.map(({ length }) => length)).toEqual(parts.map(() => partBytes));
        expect(last.length).toBeLessThan(partBytes + minPartBytes);
        if (parts.length > 0) expect(last.length).toBeGreaterThanOrEqual(minPartBytes);
      },
    ),
  );
});

it('cuts the same parts however the content comes', () => {
  const content = Buffer.from('abcdefghijklmnopqrstuvwxyz');
  const cutAt = (length: number): string[] => {
    const cutter = new PartCutter({ partBytes: 7, minPartBytes: 3 });
    const parts: Buffer[] = [];
    for (let at = 0; at < content.length; at += length) {
      parts.push(...cutter.write(content.subarray(at, at + length)));
    }
    return [...parts, cutter.end()].map(String);
  };

  expect(cutAt(1)).toEqual(['abcdefg', 'hijklmn', 'opqrstu', 'vwxyz']);
  for (const length of [2, 5, 13, 26]) expect(cutAt(length)).toEqual(cutAt(1));
});
