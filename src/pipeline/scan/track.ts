import { BEFORE, PENDING_STATE, type Passage, type Place } from './automaton.ts';

/** What a range does to a file that is in a certain state before it. */
export interface Way {
  /** State behind the range. */
  readonly state: number;
  /** Records that start in the range. */
  readonly starts: number;
  /** The first of them; null when there is none. */
  readonly first: Place | null;
  /** The last of them; null when there is none. */
  readonly last: Place | null;
  /** In `PENDING_STATE`: offset of the record that may have started. Else, or earlier: `BEFORE`. */
  readonly pending: number;
}

/** A way through a range, made of the passages through its pieces. */
export class Track implements Way {
  state: number;
  starts = 0;
  first: Place | null = null;
  last: Place | null = null;
  pending = BEFORE;

  constructor(state: number) {
    this.state = state;
  }

  /** Goes on by a passage through bytes that lie at `start` in the range. */
  take(passage: Passage, start: Place): void {
    const { first, last, pending } = passage;
    if (first !== null) this.first ??= this.#placeOf(first, start);
    if (last !== null) this.last = this.#placeOf(last, start);
    if (passage.state !== PENDING_STATE) this.pending = BEFORE;
    else if (pending !== BEFORE) this.pending = start.offset + pending;
    this.starts += passage.starts;
    this.state = passage.state;
  }

  /** No line ends behind a place that is pending. */
  #placeOf({ offset, lineEnds }: Place, start: Place): Place {
    return {
      offset: offset === BEFORE ? this.pending : start.offset + offset,
      lineEnds: start.lineEnds + lineEnds,
    };
  }
}
