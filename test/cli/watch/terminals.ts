import { EventEmitter } from 'node:events';
import type { Terminal } from '../../../src/cli/watch/screen.ts';

/** A terminal that keeps what is written to it. */
export class KeptTerminal extends EventEmitter {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  written = '';

  write(text: string): boolean {
    this.written += text;
    return true;
  }

  resize(columns: number, rows: number): void {
    [this.columns, this.rows] = [columns, rows];
    this.emit('resize');
  }

  asTerminal(): Terminal {
    return this as unknown as Terminal;
  }
}
