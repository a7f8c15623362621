import { INITIAL_STATE, Passage, PENDING_STATE, type Automaton } from './automaton.ts';
import type { IndexedText } from './indexed-text.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** Where the reading of a JSON Lines file may be between two bytes. */
export const JsonLinesState = {
  LINE_START: INITIAL_STATE,
  /** In a line that is blank so far: it is a record if more comes than blanks. */
  BLANK: PENDING_STATE,
  RECORD: 2,
} as const;

/** Where records start in a JSON Lines file, exactly as `JsonLinesReader` counts them. */
export class JsonLinesAutomaton implements Automaton {
  readonly stateCount = Object.keys(JsonLinesState).length;
  readonly quotedState = null;
  readonly indexedBytes: Automaton['indexedBytes'] = [LF];
  readonly endsAtCarriageReturn = false;

  pass(startState: number, { bytes, places }: IndexedText): Passage {
    const passage = new Passage(startState);
    let from = 0;
    for (const place of places) {
      passLine(passage, bytes, from, place);
      passage.state = JsonLinesState.LINE_START;
      passage.lineEnds += 1;
      from = place + 1;
    }
    if (from < bytes.length) passLine(passage, bytes, from, bytes.length);
    return passage;
  }
}

/** Takes the passage through a line, or a part of one. */
function passLine(passage: Passage, bytes: Buffer, from: number, to: number): void {
  if (passage.state === JsonLinesState.RECORD) return;
  if (passage.state === JsonLinesState.LINE_START) passage.pending = from;
  passage.state = JsonLinesState.BLANK;
  if (isBlank(bytes, from, to)) return;
  passage.startRecord(passage.pending);
  passage.state = JsonLinesState.RECORD;
}

function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}
