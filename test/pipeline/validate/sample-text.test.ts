import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Encoding } from '../../../src/datasets/contract.ts';
import { byteOrderMarkOf, sourceBytes } from '../../../src/pipeline/encoding.ts';
import { sampleContent, SampleText } from '../../../src/pipeline/validate/sample-text.ts';
import { rejection } from '../../support/rejection.ts';

const MIB = 1024 * 1024;

const COMPRESSED = [
  ['gzip', gzipSync, 'CORRUPT_GZIP'],
  ['zstd', zstdCompressSync, 'CORRUPT_ZSTD'],
] as const;

describe('sampleContent', () => {
  it('is a plain sample as it is', async () => {
    const bytes = Buffer.from('a,b\n');
    expect(await sampleContent(bytes, 'none', true)).toEqual({ bytes, isWhole: true });
    expect(await sampleContent(bytes, 'none', false)).toEqual({ bytes, isWhole: false });
  });

  it.each(COMPRESSED)('decompresses a small file in %s', async (compression, compress) => {
    const bytes = Buffer.from('a,b\n');
    const content = await sampleContent(compress(bytes), compression, true);
    expect(content).toEqual({ bytes, isWhole: true });
  });

  it.each(COMPRESSED)(
    'gives the first MiB of a large file in %s',
    async (compression, compress) => {
      const stored = compress(Buffer.alloc(200 * MIB, 'a,b\n'));
      const { bytes, isWhole } = await sampleContent(stored, compression, true);
      expect(bytes.equals(Buffer.alloc(MIB, 'a,b\n'))).toBe(true);
      expect(isWhole).toBe(false);
    },
  );

  it.each(COMPRESSED)('gives the beginning of a cut file in %s', async (compression, compress) => {
    const whole = randomBytes(400_000);
    const sample = compress(whole).subarray(0, 300_000);
    const { bytes, isWhole } = await sampleContent(sample, compression, false);
    expect(bytes.length).toBeGreaterThan(100_000);
    expect(bytes.equals(whole.subarray(0, bytes.length))).toBe(true);
    expect(isWhole).toBe(false);
  });

  it.each(COMPRESSED)(
    'rejects a whole file in %s that is cut',
    async (compression, compress, code) => {
      const sample = compress('a,b\n').subarray(0, -2);
      await expect(sampleContent(sample, compression, true)).rejects.toThrow(rejection(code));
    },
  );
});

interface TextOptions {
  readonly isWhole?: boolean;
  readonly encoding?: Encoding;
  readonly byteOrderMark?: boolean;
}

describe('SampleText', () => {
  const textOf = (
    bytes: Buffer,
    { isWhole = true, encoding = 'utf-8', byteOrderMark = false }: TextOptions = {},
  ): SampleText => new SampleText({ bytes, isWhole }, { encoding, byteOrderMark });

  it.each(['utf-8', 'utf-16le', 'utf-16be'] as const)(
    'is without its byte order mark, which counts in positions: %s',
    (encoding) => {
      const mark = byteOrderMarkOf(encoding);
      const before = sourceBytes(encoding, Buffer.from(' \n\u2003'));
      const bytes = Buffer.concat([mark, before, sourceBytes(encoding, Buffer.from('ü'))]);
      const sample = textOf(bytes, { encoding, byteOrderMark: true });
      expect(sample.text).toBe(' \n\u2003ü');
      expect(sample.startOffset()).toBe(mark.length + before.length);
      expect(sample.offsetOf(0)).toBe(mark.length);
      expect(sample.offsetOf(sample.utf8.length)).toBe(bytes.length);
    },
  );

  it.each<[Encoding, Buffer]>([
    ['utf-8', Buffer.from('a漢').subarray(0, 3)],
    ['utf-16le', Buffer.from('a漢', 'utf16le').subarray(0, 3)],
    ['utf-16le', Buffer.from('a😀', 'utf16le').subarray(0, 5)],
  ])('ends on a whole character, unless the file itself does not: %s', (encoding, bytes) => {
    expect(textOf(bytes, { encoding, isWhole: false }).text).toBe('a');
    expect(textOf(bytes, { encoding, isWhole: true }).text).toMatch(/^a\ufffd+$/);
  });

  it.each([
    ['a\nb\nc', 'a\nb\n'],
    ['a\r\nb', 'a\r\n'],
    ['a\rb\rc', 'a\rb\r'],
    ['a\nb\r', 'a\n'],
    ['a\r\nb\r\n', 'a\r\nb\r\n'],
    ['a', ''],
  ])('knows the whole lines of %j', (text, lines) => {
    expect(textOf(Buffer.from(text), { isWhole: false }).wholeLines()).toBe(lines);
    expect(textOf(Buffer.from(text)).wholeLines()).toBe(text);
  });
});
