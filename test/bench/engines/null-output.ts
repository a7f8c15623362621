import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { devNull } from 'node:os';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Enough room that no engine waits for the device. */
const BUFFERED_BYTES = 1 << 20;

/** Lines that an engine makes, as bytes or as text that becomes UTF-8. */
export type Lines = string | Uint8Array;

/** Takes an engine's lines to the null device, and counts their bytes. */
export class NullOutput {
  readonly #device = createWriteStream(devNull, { highWaterMark: BUFFERED_BYTES });
  readonly #entry: Writable;

  private constructor(gzip: boolean) {
    // The level is the one with which the pipeline stores records.
    const compressor = gzip ? createGzip() : null;
    compressor?.pipe(this.#device);
    this.#entry = compressor ?? this.#device;
  }

  /** Takes lines as they are. */
  static plain(): NullOutput {
    return new NullOutput(false);
  }

  /** Compresses lines, in a thread of its own as Node does it, and counts what comes out. */
  static gzip(): NullOutput {
    return new NullOutput(true);
  }

  /** Adds lines; resolves when there is room for more. */
  async write(lines: Lines): Promise<void> {
    if (lines.length > 0 && !this.#entry.write(lines)) await once(this.#entry, 'drain');
  }

  /** Ends the output. Returns its length in bytes. */
  async end(): Promise<number> {
    this.#entry.end();
    await finished(this.#device);
    return this.#device.bytesWritten;
  }
}
