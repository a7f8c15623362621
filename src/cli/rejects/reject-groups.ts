import { problemsOf, type RejectedRow } from './rejected-row.ts';

/** A row as an example of what is wrong in a group. */
export type RejectExample = Pick<
  RejectedRow,
  'row' | 'line' | 'offset' | 'reason' | 'raw' | 'rawBase64' | 'rawTruncated'
>;

/** Rejected rows that have the same thing wrong with the same column. */
export interface RejectGroup {
  readonly code: string;
  /** Null where the row as a whole is at fault. */
  readonly column: string | null;
  readonly rows: number;
  /** The first rows of the group. */
  readonly examples: readonly RejectExample[];
}

export interface RejectGroupsOptions {
  /** Most examples to keep of each group. */
  readonly examples: number;
  /** Leaves out what has another code. */
  readonly code?: string | undefined;
}

interface OpenGroup {
  readonly code: string;
  readonly column: string | null;
  readonly examples: RejectExample[];
  rows: number;
}

/**
 * Groups rejected rows by code and column. A row counts in the group of each of its problems, because
 * all of them have to be mended. Memory holds the counts and a few examples, however many rows come.
 */
export class RejectGroups {
  readonly #options: RejectGroupsOptions;
  readonly #groups = new Map<string, OpenGroup>();
  #rows = 0;

  constructor(options: RejectGroupsOptions) {
    this.#options = options;
  }

  /** Rows so far that are in a group. */
  get rows(): number {
    return this.#rows;
  }

  add(row: RejectedRow): void {
    const { code: wanted, examples: most } = this.#options;
    const problems = problemsOf(row).filter(({ code }) => wanted === undefined || code === wanted);
    if (problems.length > 0) this.#rows += 1;
    for (const { code, column, reason } of problems) {
      const group = this.#groupOf(code, column);
      group.rows += 1;
      if (group.examples.length < most) group.examples.push(exampleOf(row, reason));
    }
  }

  /** The groups, the largest first. */
  groups(): RejectGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.rows - a.rows);
  }

  #groupOf(code: string, column: string | null): OpenGroup {
    const id = JSON.stringify([code, column]);
    const known = this.#groups.get(id);
    if (known !== undefined) return known;
    const group = { code, column, examples: [], rows: 0 };
    this.#groups.set(id, group);
    return group;
  }
}

function exampleOf(
  { row, line, offset, raw, rawBase64, rawTruncated }: RejectedRow,
  reason: string,
): RejectExample {
  return {
    row,
    line,
    offset,
    reason,
    ...(raw !== undefined && { raw }),
    ...(rawBase64 !== undefined && { rawBase64 }),
    rawTruncated,
  };
}
