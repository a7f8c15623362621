import type { Transform } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import { ObjectUpload, type ObjectPlace } from './object-upload.ts';

export type TextCompression = 'gzip' | 'zstd';

const COMPRESSIONS: Readonly<
  Record<TextCompression, { readonly contentType: string; readonly openStream: () => Transform }>
> = {
  gzip: { contentType: 'application/gzip', openStream: () => createGzip() },
  zstd: {
    contentType: 'application/zstd',
    // A checksum of the content, as gzip always has one.
    openStream: () => createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  },
};

/** Text that becomes one compressed object. */
export class TextUpload extends ObjectUpload {
  constructor(place: ObjectPlace, compression: TextCompression) {
    super({ ...place, ...COMPRESSIONS[compression] });
  }
}
