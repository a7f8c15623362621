import type { Dialect } from '../payload.ts';
import { BEFORE, INITIAL_STATE, Passage, PENDING_STATE, type Automaton } from './automaton.ts';
import type { IndexedText } from './indexed-text.ts';

const LF = 0x0a;
const CR = 0x0d;
/** Stands for a character that the dialect does not have: no byte equals it. */
const NONE = -1;

/** Where the reading of a CSV file may be between two bytes. */
export const CsvState = {
  /** Behind a line end. */
  RECORD_START: INITIAL_STATE,
  /**
   * In a file whose lines end at LF, behind a CR at the start of a line: before an LF it makes a blank
   * line, before anything else it is the first byte of a record.
   */
  CARRIAGE_RETURN: PENDING_STATE,
  COMMENT: 2,
  FIELD_START: 3,
  /** Also in text behind a closing quote: the rest of the field cannot quote either. */
  UNQUOTED: 4,
  QUOTED: 5,
  /** Behind a quote in a quoted field: it closes the field, or is the first of two. */
  QUOTE_IN_QUOTED: 6,
} as const;
const STATES = Object.values(CsvState);

/** Whether it depends on the next byte if a record starts. */
const isLineStart = (state: number): boolean => state <= CsvState.CARRIAGE_RETURN;

/** What lies between two indexed bytes. */
const Between = { NOTHING: 0, ENDS_FIELD: 1, TEXT: 2 } as const;
const BETWEENS = Object.values(Between);

/** The state behind bytes of which none is indexed. */
function behindText(state: number, between: number): number {
  if (between === Between.NOTHING) return state;
  if (state === CsvState.QUOTED || state === CsvState.COMMENT) return state;
  return between === Between.ENDS_FIELD ? CsvState.FIELD_START : CsvState.UNQUOTED;
}

function behindQuote(state: number): number {
  if (state === CsvState.QUOTED) return CsvState.QUOTE_IN_QUOTED;
  const quotes = state === CsvState.FIELD_START || state === CsvState.QUOTE_IN_QUOTED;
  return quotes ? CsvState.QUOTED : state;
}

/** The state behind some text and a quote, by `keyOf`. */
const BEHIND_QUOTE = Uint8Array.from(
  STATES.flatMap((state) => BETWEENS.map((between) => behindQuote(behindText(state, between)))),
);

const keyOf = (state: number, between: number): number => state * BETWEENS.length + between;

/**
 * Where records start in a CSV file, exactly as `CsvReader` counts them: blank lines and comments are
 * none.
 *
 * Fewer states than one would think tell all cuts apart. A CR behind text needs none of its own: the
 * record goes on, and ends at the LF if there is one. Nor does a CRLF cut in two where lone CRs end
 * records: its LF reads as a blank line.
 */
export class CsvAutomaton implements Automaton {
  readonly stateCount = STATES.length;
  readonly quotedState = CsvState.QUOTED;
  readonly indexedBytes: Automaton['indexedBytes'];
  readonly endsAtCarriageReturn: boolean;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #comment: number;

  constructor({ delimiter, quote, comment, lineEnd }: Dialect) {
    this.endsAtCarriageReturn = lineEnd === 'cr' || lineEnd === 'mixed';
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote?.charCodeAt(0) ?? NONE;
    this.#comment = comment?.charCodeAt(0) ?? NONE;
    this.indexedBytes = [LF, this.endsAtCarriageReturn ? CR : LF, quote?.charCodeAt(0) ?? LF];
  }

  pass(startState: number, text: IndexedText): Passage {
    const { bytes, places } = text;
    const passage = new Passage(startState);
    let state = startState;
    let from = 0;
    for (const place of places) {
      if (isLineStart(state)) state = this.#passLineStart(passage, state, bytes, from);
      if (bytes[place] === this.#quote) {
        state = BEHIND_QUOTE[keyOf(state, this.#between(bytes, from, place))] ?? state;
      } else {
        if (!this.#isHalfOfLineEnd(text, place)) passage.lineEnds += 1;
        if (state !== CsvState.QUOTED) state = CsvState.RECORD_START;
      }
      from = place + 1;
    }
    passage.state = from < bytes.length ? this.#passRest(passage, state, bytes, from) : state;
    return passage;
  }

  /**
   * The state to go on in at the first byte of a line, which is still to be taken. It starts a record
   * unless the line is blank, a comment, or so far only a CR.
   */
  #passLineStart(passage: Passage, state: number, bytes: Buffer, at: number): number {
    const byte = bytes[at];
    if (byte === LF) return CsvState.RECORD_START;
    if (state === CsvState.CARRIAGE_RETURN) {
      passage.startRecord(BEFORE);
      return CsvState.UNQUOTED;
    }
    if (byte === this.#comment) return CsvState.COMMENT;
    if (byte === CR) {
      if (this.endsAtCarriageReturn || bytes[at + 1] === LF) return CsvState.RECORD_START;
      if (at + 1 === bytes.length) return CsvState.CARRIAGE_RETURN;
    }
    passage.startRecord(at);
    return CsvState.FIELD_START;
  }

  /** The state behind the bytes that follow the last indexed one. */
  #passRest(passage: Passage, state: number, bytes: Buffer, from: number): number {
    const before = isLineStart(state) ? this.#passLineStart(passage, state, bytes, from) : state;
    if (before !== CsvState.CARRIAGE_RETURN) {
      return behindText(before, this.#between(bytes, from, bytes.length));
    }
    passage.pending = from;
    return before;
  }

  #between(bytes: Buffer, from: number, to: number): number {
    if (from === to) return Between.NOTHING;
    return bytes[to - 1] === this.#delimiter ? Between.ENDS_FIELD : Between.TEXT;
  }

  /** Whether a line end is the LF behind a CR that has ended the line. */
  #isHalfOfLineEnd({ bytes, previous }: IndexedText, at: number): boolean {
    if (!this.endsAtCarriageReturn || bytes[at] !== LF) return false;
    return (at === 0 ? previous : bytes[at - 1]) === CR;
  }
}
