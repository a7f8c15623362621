const NO_BYTES = Buffer.alloc(0);

/**
 * The bytes of a record whose end has not come yet. They grow in amortised linear time, however
 * short the pieces are that they come in.
 */
export class PendingBytes {
  #memory: Buffer = NO_BYTES;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds bytes behind those that are pending and returns them all. What was returned is never
   * written over, so that records may point into it.
   */
  append(bytes: Buffer): Buffer {
    if (this.length === 0) {
      this.#memory = bytes;
      this.#start = 0;
      this.#end = bytes.length;
    } else {
      if (this.#end + bytes.length > this.#memory.length) this.#grow(bytes.length);
      this.#memory.set(bytes, this.#end);
      this.#end += bytes.length;
    }
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Takes the first `count` bytes away; returns what is left. */
  discard(count: number): Buffer {
    this.#start += count;
    return this.#memory.subarray(this.#start, this.#end);
  }

  #grow(extra: number): void {
    const memory = Buffer.allocUnsafe(Math.max(2 * this.length, this.length + extra));
    this.#memory.copy(memory, 0, this.#start, this.#end);
    this.#end = this.length;
    this.#start = 0;
    this.#memory = memory;
  }
}
