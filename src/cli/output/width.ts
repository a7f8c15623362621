/** Width of lines where no terminal says it, in characters. */
const DEFAULT_WIDTH = 120;

/** Columns of the terminal that results go to. */
export const terminalWidth = (): number => process.stdout.columns || DEFAULT_WIDTH;
