const NO_BYTES = Buffer.alloc(0);
const FIRST_BYTES = 64 * 1024;
/** How much more room than the last lines took the next ones get at once. */
const HEADROOM = 1.25;

/**
 * Lines on their way out: those of the fast lane are written straight into its bytes, those of the
 * general way are added as text. They come out in the order in which they went in.
 */
export class LineBuffer {
  /** Room for lines; behind `length` anything may be written once it is reserved. */
  bytes: Buffer = NO_BYTES;
  /** How much of the bytes are lines. */
  length = 0;
  /** Lines behind those bytes. */
  #text = '';
  #nextBytes = FIRST_BYTES;

  /** How much waits to be taken, in bytes or characters. */
  get waiting(): number {
    return this.length + this.#text.length;
  }

  /** Adds text. */
  add(text: string): void {
    this.#text += text;
  }

  /** Makes room for so many bytes behind `length`. */
  reserve(count: number): void {
    if (this.#text !== '') this.#encodeText();
    if (this.length + count > this.bytes.length) this.#grow(count);
  }

  /** Gives away all lines so far; they are never written over. */
  take(): Buffer {
    if (this.#text !== '') this.#encodeText();
    const lines = this.bytes.subarray(0, this.length);
    this.#nextBytes = Math.max(FIRST_BYTES, Math.ceil(this.length * HEADROOM));
    this.bytes = NO_BYTES;
    this.length = 0;
    return lines;
  }

  #encodeText(): void {
    const text = this.#text;
    this.#text = '';
    const bytes = Buffer.byteLength(text);
    if (this.length + bytes > this.bytes.length) this.#grow(bytes);
    this.length += this.bytes.write(text, this.length);
  }

  #grow(count: number): void {
    const least = Math.max(this.#nextBytes, 2 * this.length, this.length + count);
    const grown = Buffer.allocUnsafeSlow(least);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
