/** Where a command writes. Results go to standard output, everything else to standard error. */
export interface Console {
  result(text: string): void;
  note(text: string): void;
}

export const standardConsole: Console = {
  result: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
};
