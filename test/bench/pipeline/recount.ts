import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Deployment } from '../../../src/cli/deployment.ts';
import { keyOf } from '../../../src/cli/files/file-rows.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { filePieces } from '../engines/file-pieces.ts';

/*
 * What a file and its output hold, counted by other means than the pipeline's: none of its code is used.
 */

const LF = 0x0a;
const QUOTE = 0x22;
const BLOCK_BYTES = 8 * 1024 * 1024;

/** Rows and content hash of a generated CSV file: it has a header, and no line that is blank. */
export function recountSource(path: string): { rows: number; contentHash: string } {
  const hash = new BlockHash();
  let records = 0;
  // A quote inside a quoted field is doubled: it closes the field and opens it again.
  let isQuoted = false;
  for (const bytes of filePieces(path)) {
    hash.update(bytes);
    for (const byte of bytes) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LF && !isQuoted) records += 1;
    }
  }
  return { rows: records - 1, contentHash: hash.digest() };
}

/** SHA-256 over the SHA-256 of each 8 MiB. */
class BlockHash {
  readonly #whole = createHash('sha256');
  #block = createHash('sha256');
  #length = 0;

  update(bytes: Buffer): void {
    const head = bytes.subarray(0, BLOCK_BYTES - this.#length);
    this.#block.update(head);
    this.#length += head.length;
    if (this.#length < BLOCK_BYTES) return;
    this.#endBlock();
    this.update(bytes.subarray(head.length));
  }

  digest(): string {
    if (this.#length > 0) this.#endBlock();
    return `blocks-sha256:${this.#whole.digest('hex')}`;
  }

  #endBlock(): void {
    this.#whole.update(this.#block.digest());
    this.#block = createHash('sha256');
    this.#length = 0;
  }
}

/**
 * Counts the records of a file's output, which states the row that each came from.
 *
 * @throws when a row of the source is missing, comes twice or is out of order
 */
export async function recountOutput(
  { s3, outputs }: Deployment,
  item: LedgerItem,
): Promise<number> {
  const Bucket = outputs.TargetBucketName;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: item.processedKey ?? '' }));
  const gunzip = createGunzip();
  const stored = Body as Readable;
  stored.on('error', (error) => gunzip.destroy(error));
  const origin = `{"_file":${JSON.stringify(keyOf(item))},"_row":`;
  let rows = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of stored.pipe(gunzip) as AsyncIterable<Buffer>) {
    const text = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let start = 0;
    for (let end = text.indexOf(LF); end !== -1; end = text.indexOf(LF, start)) {
      rows += 1;
      requireLineage(text, start, `${origin}${rows},`);
      start = end + 1;
    }
    rest = text.subarray(start);
  }
  if (rest.length > 0) throw new Error('the output does not end with a line');
  return rows;
}

function requireLineage(text: Buffer, start: number, lineage: string): void {
  const found = text.toString('latin1', start, start + lineage.length);
  if (found !== lineage) throw new Error(`the output has ${found} where ${lineage} should be`);
}
