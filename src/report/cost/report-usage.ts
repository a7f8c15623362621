import { sumOfUsages, type Usage } from './usage.ts';

/** Keys that one LIST gives. */
export const KEYS_PER_LIST = 1_000;
/** Aggregate has this much memory in MiB, as Render (a test holds the two to the deployment). */
export const AGGREGATE_MEMORY = 1_769;
const HOURS = 24;
/** Requests of Aggregate that are under way at once, and how long S3 takes for each. */
const GETS_AT_ONCE = 64;
const GET_MILLISECONDS = 25;
/** What parsing and adding up a manifest takes one vCPU; `npm run bench -- report` measures it. */
const MILLISECONDS_PER_MANIFEST = 0.2;
/** A start of its function, and what it writes. */
const MILLISECONDS_PER_HOUR = 1_000;
/** Partitions of the ledger's index, of each of which a page at least is read. */
const INDEX_PARTITIONS = 4;
/** Entries of the ledger's index in a half unit of reading: 4 KiB, eventually consistent. */
const INDEX_ENTRIES_PER_HALF_UNIT = 20;
/** Transitions around those of the hours: Resolve Day, Count Hours, Render, Publish, the end. */
const TRANSITIONS = 6;
/** Entering the iteration's one state; and its end. */
const TRANSITIONS_PER_HOUR = 2;
const RENDER_MILLISECONDS = 5_000;
/** Resolve Day and Publish, of which little is to be said. */
const SMALL_STEPS = 2;
/** Eight earlier reports. */
const EARLIER_REPORTS = 8;
const OUTPUTS = 3;

/**
 * What the day's own report uses: it reads every manifest and every ledger item once. Hours are taken
 * to be alike.
 */
export function usageOfReport({ manifests, items }: ReportSize): Usage {
  return sumOfUsages({
    s3Reads: manifests + HOURS + EARLIER_REPORTS,
    s3Writes: HOURS * Math.max(1, Math.ceil(manifests / HOURS / KEYS_PER_LIST)) + HOURS + OUTPUTS,
    // Items are read consistently: a whole unit each.
    halfReadUnits:
      2 * items + HOURS * INDEX_PARTITIONS + Math.ceil(items / INDEX_ENTRIES_PER_HALF_UNIT),
    lambdaRequests: HOURS + 1 + SMALL_STEPS,
    lambdaMibMilliseconds: Math.ceil(
      (HOURS * hourMilliseconds(manifests / HOURS) + RENDER_MILLISECONDS) * AGGREGATE_MEMORY,
    ),
    standardTransitions: TRANSITIONS + HOURS * TRANSITIONS_PER_HOUR,
    snsPublishes: 1,
    sqsRequests: 1,
  });
}

export interface ReportSize {
  readonly manifests: number;
  /** Ledger items. */
  readonly items: number;
}

/** How long Aggregate takes for an hour: reading and adding up overlap, and the slower one decides. */
export function hourMilliseconds(
  manifests: number,
  millisecondsPerManifest = MILLISECONDS_PER_MANIFEST,
): number {
  const reading = (manifests / GETS_AT_ONCE) * GET_MILLISECONDS;
  return MILLISECONDS_PER_HOUR + Math.max(reading, manifests * millisecondsPerManifest);
}
