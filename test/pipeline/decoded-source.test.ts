import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ContentHash } from '../../src/pipeline/content-hash.ts';
import { DecodedSource } from '../../src/pipeline/decoded-source.ts';
import { byteOrderMarkOf, sourceBytes } from '../../src/pipeline/encoding.ts';
import type { FileLimits } from '../../src/pipeline/limits.ts';
import type { Plan } from '../../src/pipeline/payload.ts';
import { rejection } from '../support/rejection.ts';
import { everyCut, splitBy } from '../support/splits.ts';

type How = Pick<Plan, 'compression' | 'encoding' | 'byteOrderMark'>;

const PLAIN: How = { compression: 'none', encoding: 'utf-8', byteOrderMark: false };
const GZIP: How = { ...PLAIN, compression: 'gzip' };
const ZSTD: How = { ...PLAIN, compression: 'zstd' };
const COMPRESSED = [
  ['gzip', GZIP, gzipSync],
  ['zstd', ZSTD, zstdCompressSync],
] as const;
const MARK = Buffer.from('\ufeff');
const MIB = 1024 * 1024;

const open = (pieces: readonly Buffer[], how: How, limits: Partial<FileLimits> = {}) =>
  new DecodedSource(Readable.from(pieces), how, {
    maxUnsplitBytes: 1024 * MIB,
    maxExpansionRatio: 250,
    ...limits,
  });

async function decode(source: DecodedSource): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const bytes of source) pieces.push(bytes);
  return Buffer.concat(pieces);
}

function hashOf(bytes: Buffer): string {
  const hash = new ContentHash();
  hash.update(bytes);
  return hash.digest();
}

/** Expects a source to give a text, and to have read and hashed all that is stored. */
async function expectText(source: DecodedSource, text: Buffer, stored: Buffer): Promise<void> {
  expect((await decode(source)).equals(text)).toBe(true);
  expect(source.bytesRead).toBe(stored.length);
  expect(source.contentHash()).toBe(hashOf(stored));
}

describe('DecodedSource', () => {
  const text = Buffer.from('a,b\n1,ü\n');

  it.each([1, 3, 1_000])('gives a plain file as it is, in pieces of %i bytes', async (length) => {
    await expectText(open(splitBy(text, [length]), PLAIN), text, text);
  });

  it.each(COMPRESSED)('decompresses %s in any pieces', async (_, how, compress) => {
    const stored = compress(text);
    for (const pieces of [...everyCut(stored), splitBy(stored, [1]), splitBy(stored, [3])]) {
      await expectText(open(pieces, how), text, stored);
    }
  });

  it('cuts off a byte order mark wherever the pieces end', async () => {
    const marked = Buffer.concat([MARK, text]);
    for (const pieces of everyCut(marked)) {
      await expectText(open(pieces, { ...PLAIN, byteOrderMark: true }), text, marked);
    }
    const source = open(splitBy(marked, [1]), { ...PLAIN, byteOrderMark: true });
    await expectText(source, text, marked);
  });

  it.each(COMPRESSED)('cuts off a byte order mark inside %s', async (_, how, compress) => {
    const stored = compress(Buffer.concat([MARK, text]));
    await expectText(open([stored], { ...how, byteOrderMark: true }), text, stored);
  });

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const)(
    'makes UTF-8 of %s, with and without its byte order mark',
    async (encoding) => {
      const plain = sourceBytes(encoding, text);
      const mark = byteOrderMarkOf(encoding);
      const marked = Buffer.concat([mark, plain]);
      for (const pieces of [...everyCut(marked), splitBy(marked, [1])]) {
        await expectText(open(pieces, { ...PLAIN, encoding, byteOrderMark: true }), text, marked);
      }
      await expectText(open([plain], { ...PLAIN, encoding }), text, plain);
      const stored = zstdCompressSync(marked);
      await expectText(open([stored], { ...ZSTD, encoding, byteOrderMark: true }), text, stored);
    },
  );

  it('keeps half a character at the end', async () => {
    const bytes = Buffer.from('61003dd800', 'hex');
    const utf8 = await decode(open(splitBy(bytes, [1]), { ...PLAIN, encoding: 'utf-16le' }));
    expect(sourceBytes('utf-16le', utf8).equals(bytes)).toBe(true);
  });

  it.each(COMPRESSED)(
    'rejects a bomb in %s of 10 GiB before it is unpacked',
    async (_, how, compress) => {
      const stored = Buffer.concat(Array<Buffer>(160).fill(compress(Buffer.alloc(64 * MIB))));
      const pieces = splitBy(stored, [65_536]);
      const source = open(pieces, how, { maxUnsplitBytes: 1024 * 1024 * MIB });
      const before = process.memoryUsage.rss();
      let expanded = 0;
      const reading = (async () => {
        for await (const { length } of source) expanded += length;
      })();
      await expect(reading).rejects.toThrow(rejection('EXPANSION_TOO_LARGE'));
      expect(expanded).toBeLessThan(64 * MIB);
      expect(process.memoryUsage.rss() - before).toBeLessThan(256 * MIB);
    },
  );

  it.each(COMPRESSED)('lets a small file in %s expand by any ratio', async (_, how, compress) => {
    const zeros = Buffer.alloc(8 * MIB);
    const stored = compress(zeros);
    await expectText(open([stored], how, { maxExpansionRatio: 2 }), zeros, stored);
  });

  it.each(COMPRESSED)(
    'rejects a file in %s that expands beyond the largest file',
    async (_, how, compress) => {
      const stored = compress(Buffer.alloc(MIB));
      const source = open([stored], how, { maxUnsplitBytes: MIB - 1 });
      await expect(decode(source)).rejects.toThrow(rejection('FILE_TOO_LARGE'));
      await expectText(open([stored], how, { maxUnsplitBytes: MIB }), Buffer.alloc(MIB), stored);
    },
  );

  it('counts what a file expands to before it is made UTF-8', async () => {
    const stored = gzipSync(Buffer.alloc(1_000, 0xe9));
    const how: How = { ...GZIP, encoding: 'windows-1252' };
    expect(await decode(open([stored], how, { maxUnsplitBytes: 1_000 }))).toHaveLength(2_000);
  });

  const bodies: [string, How, (bytes: Buffer) => Buffer][] = [
    ['plain', PLAIN, (bytes) => bytes],
    ...COMPRESSED.map(([name, how, compress]): (typeof bodies)[number] => [name, how, compress]),
  ];

  it.each(bodies)('passes on a fault of a %s body', async (_, how, compress) => {
    const body = Readable.from(
      (async function* () {
        yield await Promise.resolve(compress(randomBytes(50_000)).subarray(0, 1_000));
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      })(),
    );
    const limits = { maxUnsplitBytes: MIB, maxExpansionRatio: 10 };
    await expect(decode(new DecodedSource(body, how, limits))).rejects.toThrow('reset');
  });

  it.each(bodies)('closes a %s body when its reader stops early', async (_, how, compress) => {
    const body = Readable.from(splitBy(compress(randomBytes(MIB)), [1_000]));
    const source = new DecodedSource(body, how, {
      maxUnsplitBytes: MIB * 2,
      maxExpansionRatio: 10,
    });
    const pieces = source[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.return(undefined);
    await new Promise(setImmediate);
    expect(body.destroyed).toBe(true);
  });
});
