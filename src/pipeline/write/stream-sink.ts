import { once } from 'node:events';
import type { Transform } from 'node:stream';

export interface StreamSinkOptions<Result> {
  /** Opens the stream that the content goes through: a compressor, or one that changes nothing. */
  readonly openStream: () => Transform;
  /** Takes what comes out of the stream, to its end, and listens for the stream's errors. */
  readonly consume: (stream: Transform) => Promise<Result>;
}

/**
 * Content on its way through a stream, which is opened with the first of it, and into whatever consumes
 * it. A consumer that fails shows in the next `write` or in `finish`.
 */
export class StreamSink<Result> {
  readonly #options: StreamSinkOptions<Result>;
  #open: { readonly stream: Transform; readonly consumed: Promise<Result> } | null = null;

  constructor(options: StreamSinkOptions<Result>) {
    this.#options = options;
  }

  /** Adds content; resolves when there is room for more. */
  async write(content: string | Uint8Array): Promise<void> {
    if (content.length === 0) return;
    const { stream, consumed } = (this.#open ??= this.#start());
    if (!stream.write(content)) await Promise.race([once(stream, 'drain'), consumed]);
  }

  /** Ends the stream; gives what the consumer made of it, null when there was no content. */
  async finish(): Promise<Result | null> {
    if (this.#open === null) return null;
    const { stream, consumed } = this.#open;
    await Promise.race([endStream(stream), consumed]);
    return consumed;
  }

  /** Gives up; resolves when the consumer has, too. */
  async abort(): Promise<void> {
    if (this.#open === null) return;
    const { stream, consumed } = this.#open;
    stream.destroy(new Error('the upload was aborted'));
    await consumed.catch(() => undefined);
  }

  #start(): { readonly stream: Transform; readonly consumed: Promise<Result> } {
    const { openStream, consume } = this.#options;
    const stream = openStream();
    const consumed = consume(stream);
    // Awaited in `finish`; until then a failure shows there and in `write`.
    consumed.catch((error: unknown) => stream.destroy(error as Error));
    return { stream, consumed };
  }
}

/**
 * Ends a compressing stream.
 *
 * A zstd stream that is ended while content waits in it adds an empty frame: other bytes for the same
 * content. So it ends once it has taken all.
 */
function endStream(stream: Transform): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write('', (error) => {
      if (error) return reject(error);
      stream.end();
      resolve();
    });
  });
}
