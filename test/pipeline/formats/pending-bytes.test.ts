import { PendingBytes } from '../../../src/pipeline/formats/pending-bytes.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

const steps = fc.array(
  fc.record({ bytes: fc.uint8Array({ maxLength: 12 }), discarded: fc.nat({ max: 20 }) }),
  { maxLength: 20 },
);

describe('PendingBytes', () => {
  it('holds what was added and not taken away', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const pending = new PendingBytes();
        let expected = Buffer.alloc(0);
        for (const { bytes, discarded } of all) {
          expected = Buffer.concat([expected, bytes]);
          expectSame(pending.append(Buffer.from(bytes)).equals(expected), true);
          expected = expected.subarray(discarded);
          const count = Math.min(discarded, pending.length);
          expectSame(pending.discard(count).equals(expected), true);
          expectSame(pending.length, expected.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('never writes over what it has returned, nor over what it was given', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const pending = new PendingBytes();
        const held = all.flatMap(({ bytes, discarded }) => {
          const given = Buffer.from(bytes);
          const returned = pending.append(given);
          pending.discard(Math.min(discarded, pending.length));
          return [given, returned].map((view) => ({ view, copy: Buffer.from(view) }));
        });
        for (const { view, copy } of held) expectSame(view.equals(copy), true);
      }),
      { numRuns: 2_000 },
    );
  });
});
