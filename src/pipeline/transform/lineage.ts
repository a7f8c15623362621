import { LINEAGE_FILE, LINEAGE_ROW, type Contract } from '../../datasets/contract.ts';

/** Says of each record from which file and which row it comes. */
export class Lineage {
  /** What a line starts with; the row's number follows. */
  readonly opening: string;

  constructor(key: string) {
    this.opening = `{"${LINEAGE_FILE}":${JSON.stringify(key)},"${LINEAGE_ROW}":`;
  }

  /** Adds it to a record's line. */
  add(line: string, row: number): string {
    return `${this.opening}${row}${line === '{}' ? '' : ','}${line.slice(1)}`;
  }
}

/** The lineage of a file's records; null where the contract wants none. */
export function lineageOf(key: string, contract: Contract | null): Lineage | null {
  return (contract?.millrace.lineage ?? true) ? new Lineage(key) : null;
}
