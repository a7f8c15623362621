import { randomBytes } from 'node:crypto';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import {
  compressionOf,
  decompress,
  type Compression,
  type DecompressOptions,
} from '../../src/pipeline/decompression.ts';
import { rejection } from '../support/rejection.ts';
import { everyCut, splitBy } from '../support/splits.ts';

const CUT = { isCut: true };
const MIB = 1024 * 1024;
const text = Buffer.from('a,b\n1,ü\n');
/** A frame of metadata, as pzstd writes one before each frame of data. */
const SKIPPED = Buffer.from('502a4d1803000000616263', 'hex');

async function decompressed(
  pieces: readonly Buffer[],
  compression: Compression,
  options: DecompressOptions = {},
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of decompress(each(pieces), compression, options)) parts.push(bytes);
  return Buffer.concat(parts);
}

async function* each(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  for (const bytes of pieces) yield await Promise.resolve(bytes);
}

/** Expects stored bytes to give a text wherever the pieces end. */
async function expectText(stored: Buffer, compression: Compression, expected = text) {
  for (const pieces of [...everyCut(stored), splitBy(stored, [1]), splitBy(stored, [7])]) {
    expect((await decompressed(pieces, compression)).equals(expected)).toBe(true);
  }
}

describe('decompress gzip', () => {
  it('reads all members', async () => {
    const members = [gzipSync('a,b\n'), gzipSync(''), gzipSync('1,ü\n')];
    await expectText(Buffer.concat(members), 'gzip');
  });

  it.each([1, 10, 3 * MIB])('reads %i zeros behind the last member as padding', async (padding) => {
    const stored = Buffer.concat([gzipSync(text), Buffer.alloc(padding)]);
    const sizes = padding < 100 ? [1, 7, 1_000] : [40_000, 65_536, stored.length];
    for (const size of sizes) {
      expect((await decompressed(splitBy(stored, [size]), 'gzip')).equals(text)).toBe(true);
    }
  });

  it.each<[string, Buffer]>([
    ['data behind padding', Buffer.concat([gzipSync(text), Buffer.alloc(9), gzipSync(text)])],
    ['data behind much padding', Buffer.concat([gzipSync(text), Buffer.alloc(200_000), text])],
    ['other bytes behind the end', Buffer.concat([gzipSync(text), Buffer.from('junk')])],
    ['a damaged block', Buffer.concat([gzipSync(text).subarray(0, 10), Buffer.alloc(20, 0xff)])],
    ['no gzip at all', text],
  ])('rejects %s', async (_, stored) => {
    for (const lengths of [[1], [7], [65_536]]) {
      const reading = decompressed(splitBy(stored, lengths), 'gzip');
      await expect(reading).rejects.toThrow(rejection('CORRUPT_GZIP'));
    }
  });
});

describe('decompress zstd', () => {
  const frames = Buffer.concat([
    SKIPPED,
    ...['a,b\n', '', '1,', 'ü\n'].map((part) => zstdCompressSync(part)),
    SKIPPED,
    SKIPPED,
  ]);

  it('reads all frames and skips those to be skipped, wherever the pieces end', async () => {
    await expectText(frames, 'zstd');
    for (let first = 1; first < frames.length; first += 1) {
      const lengths = [first, 1, frames.length];
      const pieces = [Buffer.alloc(0), ...splitBy(frames, lengths)];
      expect((await decompressed(pieces, 'zstd')).equals(text)).toBe(true);
    }
  });

  it.each([64 * 1024 - 1, 64 * 1024, 128 * 1024, 256 * 1024, MIB])(
    'reads frames of %i bytes, which may fill the buffers to the brim',
    async (length) => {
      for (const part of [randomBytes(length), Buffer.alloc(length, 'a,b\n')]) {
        const frame = zstdCompressSync(part);
        const stored = Buffer.concat([frame, frame, frame]);
        for (const size of [1_000, frame.length, frame.length + 1, stored.length]) {
          const found = await decompressed(splitBy(stored, [size]), 'zstd');
          expect(found.equals(Buffer.concat([part, part, part]))).toBe(true);
        }
      }
    },
  );

  it.each<[string, Buffer]>([
    ['other bytes behind the end', Buffer.concat([zstdCompressSync(text), Buffer.from('junk')])],
    ['zeros behind the end', Buffer.concat([zstdCompressSync(text), Buffer.alloc(9)])],
    ['text behind a skipped frame', Buffer.concat([SKIPPED, text])],
    ['no zstd at all', text],
  ])('rejects %s', async (_, stored) => {
    for (const lengths of [[1], [7], [65_536]]) {
      const reading = decompressed(splitBy(stored, lengths), 'zstd');
      await expect(reading).rejects.toThrow(rejection('CORRUPT_ZSTD'));
    }
    const reason = `data that is no zstd frame stands before byte ${stored.length}`;
    await expect(decompressed([stored], 'zstd')).rejects.toThrow(reason);
  });

  it('rejects a frame whose checksum is wrong', async () => {
    const params = { [constants.ZSTD_c_checksumFlag]: 1 };
    const stored = zstdCompressSync(text, { params });
    stored[stored.length - 1]! ^= 1;
    const reading = decompressed([stored], 'zstd');
    await expect(reading).rejects.toThrow(
      `CORRUPT_ZSTD: the compressed data is damaged before byte ${stored.length}`,
    );
  });

  it('refuses a window that is larger than the memory granted', async () => {
    const params = { [constants.ZSTD_c_windowLog]: 28 };
    const stored = zstdCompressSync(Buffer.alloc(130 * MIB), { params });
    const reading = decompressed([stored], 'zstd');
    await expect(reading).rejects.toThrow('UNSUPPORTED_FORMAT: the zstd data needs a window');
  });

  it('refuses more frames than it may take', async () => {
    expect((await decompressed([frames], 'zstd', { maxFrames: 7 })).equals(text)).toBe(true);
    const reading = decompressed([frames], 'zstd', { maxFrames: 6 });
    await expect(reading).rejects.toThrow('UNSUPPORTED_FORMAT: the zstd data has more than 6');
  });

  it('refuses a file of tiny frames after some seconds', async () => {
    const tiny = zstdCompressSync(Buffer.from('1,2\n'));
    const stored = Buffer.concat(Array<Buffer>(20_001).fill(tiny));
    const reading = decompressed([stored], 'zstd');
    await expect(reading).rejects.toThrow('the zstd data has more than 20,000 frames');
  }, 60_000);

  it('refuses data that was compressed with a dictionary', async () => {
    // Frame header with a dictionary's id: RFC 8878, section 3.1.1.1.
    const stored = Buffer.from('28b52ffd2107040100006869', 'hex');
    const reading = decompressed([stored], 'zstd');
    await expect(reading).rejects.toThrow('UNSUPPORTED_FORMAT: the zstd data was compressed with');
  });
});

describe.each([
  ['gzip', gzipSync, 'CORRUPT_GZIP'],
  ['zstd', zstdCompressSync, 'CORRUPT_ZSTD'],
] as const)('decompress %s that is cut off', (compression, compress, code) => {
  const whole = randomBytes(100);
  const stored = compress(whole);

  it('rejects it wherever it ends', async () => {
    for (let length = 1; length < stored.length; length += 1) {
      const beginning = stored.subarray(0, length);
      for (const pieces of [[beginning], splitBy(beginning, [1])]) {
        const reading = decompressed(pieces, compression);
        await expect(reading).rejects.toThrow(rejection(code));
      }
    }
    const reading = decompressed([stored.subarray(0, 50)], compression);
    await expect(reading).rejects.toThrow('ends too early, after 50 bytes');
  });

  it('rejects it wherever it ends behind a whole one', async () => {
    for (let length = 1; length < stored.length; length += 1) {
      const both = Buffer.concat([stored, stored.subarray(0, length)]);
      for (const pieces of [[both], [stored, both.subarray(stored.length)], splitBy(both, [1])]) {
        const reading = decompressed(pieces, compression);
        await expect(reading).rejects.toThrow(rejection(code));
      }
    }
  });

  it('gives its beginning where only that is wanted', async () => {
    const long = Buffer.concat([whole, Buffer.alloc(MIB, 'a,b\n1,2\n'), randomBytes(MIB)]);
    const compressed = compress(long);
    const beginning = compressed.subarray(0, compressed.length - 1_000);
    const found = await decompressed([beginning], compression, CUT);
    expect(found.length).toBeGreaterThan(MIB);
    expect(found.equals(long.subarray(0, found.length))).toBe(true);
    for (let length = 1; length <= stored.length; length += 1) {
      const some = await decompressed([stored.subarray(0, length)], compression, CUT);
      expect(some.equals(whole.subarray(0, some.length))).toBe(true);
    }
  });
});

describe('compressionOf', () => {
  it.each<[string, Buffer, Compression]>([
    ['gzip', gzipSync(text), 'gzip'],
    ['zstd', zstdCompressSync(text), 'zstd'],
    ['zstd that starts with a frame to be skipped', SKIPPED, 'zstd'],
    ['text', text, 'none'],
    ['nothing', Buffer.alloc(0), 'none'],
    ['the first bytes of zstd', zstdCompressSync(text).subarray(0, 3), 'none'],
  ])('recognises %s', (_, bytes, compression) => {
    expect(compressionOf(bytes)).toBe(compression);
  });
});
