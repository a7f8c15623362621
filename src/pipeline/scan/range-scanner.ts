import { BlockHashes, CONTENT_HASH_BLOCK_BYTES } from '../content-hash.ts';
import type { SplittableFormat } from '../splittable.ts';
import type { Automaton, Passage } from './automaton.ts';
import { CsvAutomaton } from './csv-automaton.ts';
import { TextIndex } from './indexed-text.ts';
import { JsonLinesAutomaton } from './json-lines-automaton.ts';
import { columnsOf, type RangeScan } from './range-scan.ts';
import { Track } from './track.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Tracks can merge behind each window, most of them behind the first field: windows start short. */
const FIRST_WINDOW_BYTES = 1024;
/** Fits the processor's cache, so that hashing and scanning read memory once. */
const LARGEST_WINDOW_BYTES = 64 * 1024;

export interface RangeScannerOptions {
  /**
   * Offset of the range in the file, a multiple of `blockBytes`.
   *
   * @default 0
   */
  readonly firstByte?: number;
  /**
   * Offset in the file at which its text starts: 3 behind UTF-8's byte order mark.
   *
   * @default 0
   */
  readonly textStart?: number;
  /**
   * Length of the content hash's blocks.
   *
   * @default CONTENT_HASH_BLOCK_BYTES
   */
  readonly blockBytes?: number;
}

/**
 * Scans one range of a file without knowing what comes before it: follows the format's state machine
 * from every state at once. Ways that meet in the same state go on as one, so that a file costs little
 * more than one passage. Any split of the same bytes over `write` gives the same scan.
 *
 * @example
 * const scanner = new RangeScanner(format, { firstByte, textStart });
 * for await (const bytes of body) scanner.write(bytes);
 * scanner.end(); // for `resolveChunks`, with the scans of all other ranges
 */
export class RangeScanner {
  readonly #automaton: Automaton;
  readonly #firstByte: number;
  readonly #index: TextIndex;
  readonly #blocks: BlockHashes;
  readonly #tracks: readonly Track[];
  /** Bytes of the byte order mark that are yet to come. */
  #markBytes: number;
  #windowBytes = FIRST_WINDOW_BYTES;
  /** What has been scanned. */
  #length = 0;
  #lineEnds = 0;
  #startsWithLineFeed = false;
  #lastByte: number | undefined;

  /** @throws RangeError when the range does not start with a block */
  constructor(
    format: SplittableFormat,
    {
      firstByte = 0,
      textStart = 0,
      blockBytes = CONTENT_HASH_BLOCK_BYTES,
    }: RangeScannerOptions = {},
  ) {
    if (firstByte % blockBytes !== 0) {
      throw new RangeError(`no block of ${blockBytes} bytes starts at byte ${firstByte}`);
    }
    this.#automaton = automatonOf(format);
    this.#index = new TextIndex(this.#automaton.indexedBytes);
    this.#firstByte = firstByte;
    this.#blocks = new BlockHashes(blockBytes);
    this.#tracks = Array.from(
      { length: this.#automaton.stateCount },
      (_, state) => new Track(state),
    );
    this.#markBytes = Math.max(0, textStart - firstByte);
  }

  write(bytes: Buffer): void {
    for (let start = 0; start < bytes.length;) {
      const window = bytes.subarray(start, start + this.#windowBytes);
      this.#blocks.update(window);
      this.#scanText(this.#skipMark(window));
      start += window.length;
      this.#windowBytes = Math.min(2 * this.#windowBytes, LARGEST_WINDOW_BYTES);
    }
  }

  end(): RangeScan {
    return {
      firstByte: this.#firstByte,
      bytes: this.#length,
      ...columnsOf(this.#tracks),
      lineEnds: this.#lineEnds,
      startsWithLineFeed: this.#startsWithLineFeed,
      endsWithCarriageReturn: this.#automaton.endsAtCarriageReturn && this.#lastByte === CR,
      blocks: this.#blocks.end(),
    };
  }

  #skipMark(bytes: Buffer): Buffer {
    const text = bytes.subarray(this.#markBytes);
    this.#length += bytes.length - text.length;
    this.#markBytes = Math.max(0, this.#markBytes - bytes.length);
    return text;
  }

  #scanText(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const text = this.#index.index(bytes, this.#lastByte);
    const start = { offset: this.#length, lineEnds: this.#lineEnds };
    if (start.offset === 0) this.#startsWithLineFeed = bytes[0] === LF;
    const passages: (Passage | undefined)[] = [];
    for (const track of this.#tracks) {
      // Tracks in the same state go the same way from here on.
      const passage = (passages[track.state] ??= this.#automaton.pass(track.state, text));
      track.take(passage, start);
      this.#lineEnds = start.lineEnds + passage.lineEnds;
    }
    this.#length += bytes.length;
    this.#lastByte = bytes.at(-1);
  }
}

/** The state machine of a format. */
export function automatonOf(format: SplittableFormat): Automaton {
  return format.type === 'csv' ? new CsvAutomaton(format.dialect) : new JsonLinesAutomaton();
}
