import type { IndexedText } from './indexed-text.ts';

/** Every format is in this state at the start of a file: a record may start here. */
export const INITIAL_STATE = 0;

/**
 * Every format is in this state where a line has begun and the bytes to come tell whether it is a record:
 * `pending` says where it has begun.
 */
export const PENDING_STATE = 1;

/** In place of an offset: a record starts in earlier bytes, where it could not yet be told. */
export const BEFORE = -1;

/** How a format's records are told apart without being read: a state machine over bytes. */
export interface Automaton {
  /** States are the numbers from 0, `INITIAL_STATE`, to below this. */
  readonly stateCount: number;
  /** A file that ends in it ends inside quotes; null where nothing quotes. */
  readonly quotedState: number | null;
  /** The bytes whose places a passage needs: those that end lines, and the quote. */
  readonly indexedBytes: readonly [number, second?: number, third?: number];
  /** Whether a lone CR ends a physical line. */
  readonly endsAtCarriageReturn: boolean;
  /** Goes through a text, of at least one byte, from one state. */
  pass(state: number, text: IndexedText): Passage;
}

/** A place where a record starts. */
export interface Place {
  /** Counts from the first byte of the text or the range; or `BEFORE`. */
  readonly offset: number;
  /** Physical lines that end before it, in the text or the range. */
  readonly lineEnds: number;
}

/** A way through a text that a file is in a certain state before. */
export class Passage {
  /** State behind the text. */
  state: number;
  /** Records that are found to start. */
  starts = 0;
  /** The first of them; null when there is none. */
  first: Place | null = null;
  /** In `PENDING_STATE`: offset of the record that may have started, or `BEFORE`. */
  pending = BEFORE;
  /** Physical lines that end, quotes or not: the same from every state. */
  lineEnds = 0;
  /** Of the last record. Numbers, because a file has too many records to make an object for each. */
  #lastOffset = BEFORE;
  #lastLineEnds = 0;

  constructor(state: number) {
    this.state = state;
  }

  /** The last of the records; null when there is none. */
  get last(): Place | null {
    if (this.starts === 0) return null;
    return { offset: this.#lastOffset, lineEnds: this.#lastLineEnds };
  }

  startRecord(offset: number): void {
    this.starts += 1;
    this.#lastOffset = offset;
    this.#lastLineEnds = this.lineEnds;
    this.first ??= this.last;
  }
}
