import { LineBuffer } from '../../../src/pipeline/transform/line-buffer.ts';
import fc from '../../support/fast-check.ts';

/** Writes a line as the fast lane does. */
function write(lines: LineBuffer, line: string): void {
  const bytes = Buffer.from(line);
  lines.reserve(bytes.length);
  bytes.copy(lines.bytes, lines.length);
  lines.length += bytes.length;
}

const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constantFrom('add', 'write'), line: fc.string({ unit: 'grapheme' }) }),
    fc.record({ does: fc.constantFrom('add', 'write'), line: fc.constant('ü'.repeat(50_000)) }),
    fc.constant({ does: 'take', line: '' }),
  ),
  { maxLength: 30 },
);

describe('LineBuffer', () => {
  it('gives lines in the order in which they came, whichever way they came', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const lines = new LineBuffer();
        const taken: Buffer[] = [];
        for (const { does, line } of all) {
          if (does === 'add') lines.add(line);
          else if (does === 'write') write(lines, line);
          else taken.push(lines.take());
        }
        taken.push(lines.take());
        const expected = all.map(({ line }) => line).join('');
        expect(Buffer.concat(taken).toString() === expected).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never writes over what it gave away', () => {
    const lines = new LineBuffer();
    write(lines, 'first');
    const first = lines.take();
    write(lines, 'other');
    lines.take();
    expect(first.toString()).toBe('first');
  });

  it('drops what was written into reserved room and not counted', () => {
    const lines = new LineBuffer();
    lines.reserve(4);
    lines.bytes.write('gone', lines.length);
    lines.add('kept');
    expect(lines.take().toString()).toBe('kept');
  });

  it('gives nothing where nothing came', () => {
    expect(new LineBuffer().take()).toHaveLength(0);
  });
});
