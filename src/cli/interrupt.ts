/** Exit code of a process that Ctrl-C has ended, by the shells' convention. */
export const INTERRUPTED_EXIT_CODE = 130;

/**
 * `npm start` passes Ctrl-C on to this process, which has it from the terminal already. What follows
 * this soon is the same Ctrl-C.
 */
const SAME_PRESS_MILLISECONDS = 500;

/**
 * Ctrl-C, or SIGTERM. It ends the process at once, unless the command at work has taken it over to
 * end by itself; a second one always ends the process.
 */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #exit: (code: number) => void;
  readonly #now: () => number;
  #taken = false;
  #firedAt = 0;

  constructor(
    exit: (code: number) => void = (code) => process.exit(code),
    now: () => number = Date.now,
  ) {
    this.#exit = exit;
    this.#now = now;
  }

  /** Takes the interrupt over: the first one fires this signal and does nothing else. */
  take(): AbortSignal {
    this.#taken = true;
    return this.#controller.signal;
  }

  get fired(): boolean {
    return this.#controller.signal.aborted;
  }

  /** To be called for every Ctrl-C. */
  fire(): void {
    if (!this.#taken) return this.#exit(INTERRUPTED_EXIT_CODE);
    if (!this.fired) {
      this.#firedAt = this.#now();
      return this.#controller.abort();
    }
    if (this.#now() - this.#firedAt >= SAME_PRESS_MILLISECONDS) this.#exit(INTERRUPTED_EXIT_CODE);
  }
}
