/** Smallest part of a multipart upload that is not its last, in bytes. */
export const MIN_PART_BYTES = 5 * 1024 * 1024;

export interface PartCutterOptions {
  /** Length of a part. */
  readonly partBytes: number;
  /**
   * Least that is left for the last part, if it is not the only one.
   *
   * @default MIN_PART_BYTES
   */
  readonly minPartBytes?: number;
}

/** Cuts content into parts that S3 takes: only the last may be longer, and only a lone one too short. */
export class PartCutter {
  readonly #partBytes: number;
  readonly #minPartBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor({ partBytes, minPartBytes = MIN_PART_BYTES }: PartCutterOptions) {
    this.#partBytes = partBytes;
    this.#minPartBytes = minPartBytes;
  }

  /** Adds content; gives the parts that are complete. */
  write(content: Buffer): Buffer[] {
    this.#pieces.push(content);
    this.#length += content.length;
    const parts: Buffer[] = [];
    while (this.#length >= this.#partBytes + this.#minPartBytes) parts.push(this.#cut());
    return parts;
  }

  /** Gives the last part; empty when there was no content. */
  end(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  #cut(): Buffer {
    const content = Buffer.concat(this.#pieces);
    const rest = content.subarray(this.#partBytes);
    this.#pieces = [rest];
    this.#length = rest.length;
    return content.subarray(0, this.#partBytes);
  }
}
