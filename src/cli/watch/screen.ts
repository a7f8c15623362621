const ESCAPE = '\x1b[';
/** The alternate screen, without cursor, and without breaking lines: nothing can scroll. */
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}?7l`;
const LEAVE = `${ESCAPE}?7h${ESCAPE}?25h${ESCAPE}?1049l`;
const HOME = `${ESCAPE}H`;
const CLEAR_LINE = `${ESCAPE}K`;
const CLEAR_BELOW = `${ESCAPE}J`;
const DEFAULT_SIZE = { width: 80, height: 24 };

/** A terminal as Node offers it. */
export type Terminal = Pick<
  NodeJS.WriteStream,
  'isTTY' | 'columns' | 'rows' | 'write' | 'on' | 'off'
>;

/** Columns and rows. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Whether a terminal can be drawn on. */
export const canDraw = ({ isTTY }: Pick<Terminal, 'isTTY'>, term = process.env.TERM): boolean =>
  isTTY && term !== 'dumb';

/**
 * Draws on the terminal's second screen, so that what was there comes back. It does so however the
 * process ends, but for a kill that lets nobody do anything.
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #onResize: () => void;
  readonly #restore = (): void => this.close();
  /** Ctrl-Z gives the terminal back for as long as the process sleeps. */
  readonly #suspend = (): void => {
    this.#terminal.write(LEAVE);
    process.kill(process.pid, 'SIGSTOP');
  };
  readonly #resume = (): void => {
    this.#terminal.write(ENTER);
    this.#onResize();
  };
  #isOpen = false;

  /** @param onResize has to draw again */
  constructor(terminal: Terminal, onResize: () => void) {
    this.#terminal = terminal;
    this.#onResize = onResize;
  }

  get size(): Size {
    const { columns, rows } = this.#terminal;
    return { width: columns || DEFAULT_SIZE.width, height: rows || DEFAULT_SIZE.height };
  }

  open(): void {
    this.#isOpen = true;
    this.#terminal.write(ENTER);
    this.#terminal.on('resize', this.#onResize);
    process.on('exit', this.#restore);
    process.on('SIGTSTP', this.#suspend);
    process.on('SIGCONT', this.#resume);
  }

  /**
   * Draws lines over those that are there; what does not fit below is left out. Lines are cleared before
   * they are written: behind a full one the cursor stands on its last character.
   */
  draw(lines: readonly string[]): void {
    const { height } = this.size;
    const shown = lines.slice(0, height).map((line) => CLEAR_LINE + line);
    const below = shown.length < height ? `\r\n${CLEAR_BELOW}` : '';
    this.#terminal.write(HOME + shown.join('\r\n') + below);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#restore);
    process.off('SIGTSTP', this.#suspend);
    process.off('SIGCONT', this.#resume);
    this.#terminal.off('resize', this.#onResize);
    this.#terminal.write(LEAVE);
  }
}
