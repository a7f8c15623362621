import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { ContentHash } from '../../src/pipeline/content-hash.ts';
import { DecodedSource, type SourceLimits } from '../../src/pipeline/decoded-source.ts';
import type { Plan } from '../../src/pipeline/payload.ts';
import { rejection } from '../support/rejection.ts';
import { everyCut, splitBy } from '../support/splits.ts';

type How = Pick<Plan, 'compression' | 'byteOrderMark'>;

const PLAIN: How = { compression: 'none', byteOrderMark: false };
const GZIP: How = { compression: 'gzip', byteOrderMark: false };
const MARK = Buffer.from('\ufeff');
const MIB = 1024 * 1024;

const open = (pieces: readonly Buffer[], how: How, limits: Partial<SourceLimits> = {}) =>
  new DecodedSource(Readable.from(pieces), how, {
    maxFileBytes: 1024 * MIB,
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

  it.each([1, 3, 1_000])('decompresses gzip in pieces of %i bytes', async (length) => {
    const stored = gzipSync(text);
    await expectText(open(splitBy(stored, [length]), GZIP), text, stored);
  });

  it('cuts off a byte order mark wherever the pieces end', async () => {
    const marked = Buffer.concat([MARK, text]);
    for (const pieces of everyCut(marked)) {
      await expectText(open(pieces, { ...PLAIN, byteOrderMark: true }), text, marked);
    }
    const source = open(splitBy(marked, [1]), { ...PLAIN, byteOrderMark: true });
    await expectText(source, text, marked);
  });

  it('cuts off a byte order mark inside gzip', async () => {
    const stored = gzipSync(Buffer.concat([MARK, text]));
    await expectText(open([stored], { ...GZIP, byteOrderMark: true }), text, stored);
  });

  it('reads all members of a gzip file, wherever the pieces end', async () => {
    const stored = Buffer.concat([gzipSync('a,b\n'), gzipSync(''), gzipSync('1,ü\n')]);
    for (const pieces of everyCut(stored)) {
      await expectText(open(pieces, GZIP), text, stored);
    }
  });

  it('reads zeros behind the last member as padding, and hashes them', async () => {
    for (const padding of [1, 10, 3 * MIB]) {
      const stored = Buffer.concat([gzipSync(text), Buffer.alloc(padding)]);
      const sizes = padding < 100 ? [1, 7, 1_000] : [40_000, 65_536, stored.length];
      for (const size of sizes) {
        await expectText(open(splitBy(stored, [size]), GZIP), text, stored);
      }
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
      const source = open(splitBy(stored, lengths), GZIP);
      await expect(decode(source)).rejects.toThrow(rejection('CORRUPT_GZIP'));
    }
  });

  it('rejects gzip that is cut off anywhere', async () => {
    const stored = gzipSync(randomBytes(100));
    for (let length = 1; length < stored.length; length += 1) {
      const source = open([stored.subarray(0, length)], GZIP);
      await expect(decode(source)).rejects.toThrow(rejection('CORRUPT_GZIP'));
    }
    const source = open([stored.subarray(0, 50)], GZIP);
    await expect(decode(source)).rejects.toThrow('ends too early, after 50 bytes');
  });

  it('rejects a bomb before it is unpacked', async () => {
    const stored = gzipSync(Buffer.alloc(64 * MIB));
    const source = open([stored], GZIP, { maxExpansionRatio: 10 });
    await expect(decode(source)).rejects.toThrow(rejection('EXPANSION_TOO_LARGE'));
  });

  it('lets a small file expand by any ratio', async () => {
    const zeros = Buffer.alloc(8 * MIB);
    const stored = gzipSync(zeros);
    await expectText(open([stored], GZIP, { maxExpansionRatio: 2 }), zeros, stored);
  });

  it('rejects a file that expands beyond the largest file', async () => {
    const source = open([gzipSync(Buffer.alloc(MIB))], GZIP, { maxFileBytes: MIB - 1 });
    await expect(decode(source)).rejects.toThrow(rejection('FILE_TOO_LARGE'));
  });

  it.each([PLAIN, GZIP])('passes on a fault of the body: %j', async (how) => {
    const body = Readable.from(
      (async function* () {
        yield await Promise.resolve(gzipSync(randomBytes(50_000)).subarray(0, 1_000));
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      })(),
    );
    const limits = { maxFileBytes: MIB, maxExpansionRatio: 10 };
    await expect(decode(new DecodedSource(body, how, limits))).rejects.toThrow('reset');
  });

  it.each([PLAIN, GZIP])('closes the body when its reader stops early: %j', async (how) => {
    const stored = how === GZIP ? gzipSync(randomBytes(MIB)) : randomBytes(MIB);
    const body = Readable.from(splitBy(stored, [1_000]));
    const source = new DecodedSource(body, how, { maxFileBytes: MIB * 2, maxExpansionRatio: 10 });
    const pieces = source[Symbol.asyncIterator]();
    await pieces.next();
    await pieces.return(undefined);
    await new Promise(setImmediate);
    expect(body.destroyed).toBe(true);
  });
});
