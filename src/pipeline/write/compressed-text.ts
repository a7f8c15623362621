import type { Transform } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import type { Output } from '../../datasets/contract.ts';

export type TextCompression = 'gzip' | 'zstd';

/** How text is compressed and what S3 calls the result. */
export interface CompressedText {
  readonly contentType: string;
  readonly openStream: () => Transform;
}

export const COMPRESSED_TEXT: Readonly<Record<TextCompression, CompressedText>> = {
  gzip: { contentType: 'application/gzip', openStream: () => createGzip() },
  zstd: {
    contentType: 'application/zstd',
    // A checksum of the content, as gzip always has one.
    openStream: () => createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  },
};

/** The output of a file whose records are written as text. */
export type TextOutput = Extract<Output, { format: 'jsonl' }>;
