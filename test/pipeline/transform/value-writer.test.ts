import {
  copyRange,
  mostJsonBytes,
  quoted,
  UNCERTAIN,
  verbatim,
  writeText,
  type ValueWriter,
} from '../../../src/pipeline/transform/value-writer.ts';
import { expectSame } from '../../support/expect-same.ts';
import fc from '../../support/fast-check.ts';

/** What a writer makes of a text that stands between others. */
function written(write: ValueWriter, text: string): string | null {
  const source = Buffer.from(`"${text}"`);
  const room = mostJsonBytes(source.length - 2);
  const out = Buffer.alloc(3 + room + 3, '#');
  const end = write(source, 1, source.length - 1, out, 3);
  if (end === UNCERTAIN) return null;
  expect(end).toBeLessThanOrEqual(3 + room);
  expect(out.toString('latin1', 0, 3)).toBe('###');
  expect(out.toString('latin1', 3 + room)).toBe('###');
  return out.toString('utf8', 3, end);
}

describe('writeText', () => {
  it('writes text as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (text) => {
        expectSame(written(writeText, text), JSON.stringify(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('writes every character that needs an escape', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
    expect(written(writeText, all)).toBe(JSON.stringify(all));
  });
});

describe('verbatim and quoted', () => {
  const isShort = (_: Uint8Array, start: number, end: number): boolean => end - start < 100;

  it.each(['', 'a', 'x'.repeat(39), 'x'.repeat(99)])('write what is of the form: %j', (text) => {
    expect(written(verbatim(isShort), text)).toBe(text);
    expect(written(quoted(isShort), text)).toBe(`"${text}"`);
  });

  it('are uncertain of everything else', () => {
    expect(written(verbatim(isShort), 'x'.repeat(100))).toBeNull();
    expect(written(quoted(isShort), 'x'.repeat(100))).toBeNull();
  });
});

describe('copyRange', () => {
  it.each([0, 1, 39, 40, 41, 1_000])('copies %d bytes and no other', (length) => {
    const source = Buffer.from(Array.from({ length: length + 4 }, (_, index) => index));
    const out = Buffer.alloc(length + 4);
    expect(copyRange(source, 2, 2 + length, out, 1)).toBe(1 + length);
    expect(
      out.equals(Buffer.concat([Buffer.alloc(1), source.subarray(2, 2 + length), Buffer.alloc(3)])),
    ).toBe(true);
  });
});
