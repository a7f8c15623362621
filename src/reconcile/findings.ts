import { Mismatch, type ReconciledPage } from './find-missed.ts';

/** Object keys that are named as examples, at most. */
const MOST_EXAMPLES = 20;

/** What a reconciliation of the source bucket with the ledger found. */
export interface Findings {
  /** Files that arrived in the span. */
  readonly looked: number;
  readonly missed: number;
  readonly stuck: number;
  /** Keys of some that were missed or are stuck. */
  readonly examples: readonly string[];
  /** The object key up to which the bucket was looked through; null when that was all of it. */
  readonly reachedKey: string | null;
}

const NOTHING: Findings = { looked: 0, missed: 0, stuck: 0, examples: [], reachedKey: null };

/**
 * Adds up what pages found, until there are no more or the time is up.
 *
 * @param isTimeUp is asked after each page
 */
export async function addUp(
  pages: AsyncIterable<ReconciledPage>,
  isTimeUp: () => boolean,
): Promise<Findings> {
  let findings = NOTHING;
  for await (const page of pages) {
    findings = plus(findings, page);
    if (page.reachedKey !== null && isTimeUp()) return findings;
  }
  return { ...findings, reachedKey: null };
}

function plus(findings: Findings, { looked, missed, reachedKey }: ReconciledPage): Findings {
  const stuck = missed.filter(({ mismatch }) => mismatch === Mismatch.STUCK).length;
  const keys = missed.map(({ file }) => file.key);
  return {
    looked: findings.looked + looked,
    missed: findings.missed + missed.length - stuck,
    stuck: findings.stuck + stuck,
    examples: [...findings.examples, ...keys].slice(0, MOST_EXAMPLES),
    reachedKey,
  };
}
