const TAB = 0x09;
const CR = 0x0d;
const ESC = 0x1b;
const SPACE = 0x20;
/** Text has hardly a control character; random bytes have one in ten. */
const LARGEST_SHARE = 0.01;

/** Whether a byte of UTF-8 is a control character other than white space and ESC, which terminals print. */
export function isControl(byte: number): boolean {
  return byte < SPACE && byte !== ESC && (byte < TAB || byte > CR);
}

export function countControls(utf8: Buffer): number {
  return utf8.reduce((total, byte) => total + (isControl(byte) ? 1 : 0), 0);
}

/** Whether there are more control characters than text has. */
export function hasManyControls(utf8: Buffer): boolean {
  return countControls(utf8) > utf8.length * LARGEST_SHARE;
}
