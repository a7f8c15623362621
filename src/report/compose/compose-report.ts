import type { DayAggregate } from '../aggregate/day-aggregate.ts';
import { costOf, usdPerMillion, type Billing } from '../cost/cost-of.ts';
import { usageOfReport } from '../cost/report-usage.ts';
import { sumOfUsages } from '../cost/usage.ts';
import { formatHour } from '../render/format.ts';
import { Report, REPORT_VERSION, type Finding } from '../report.ts';
import { datasetReports, rowRejects } from './dataset-reports.ts';
import { EarlierReports } from './earlier-reports.ts';
import { FINDING_DETAILS } from './finding-details.ts';
import { headlinesOf, type Reported } from './headlines.ts';
import { streamDifferences, type StreamReading } from './stream-check.ts';

const DAY_MILLISECONDS = 86_400_000;
/** Of an hour that could not be counted, in characters. */
const LONGEST_REASON = 200;

/** An hour whose files could not be counted. */
export interface MissingHour {
  readonly hour: number;
  /** Why, one line. */
  readonly reason: string;
}

export interface ComposeReportOptions {
  readonly stage: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly now: Date;
  /** Name of the execution that makes the report. */
  readonly execution: string;
  /** The hours of the day that were counted, settled. */
  readonly aggregate: DayAggregate;
  readonly missingHours: readonly MissingHour[];
  /** Reports of the days before, as far as there are any. */
  readonly earlier: readonly Report[];
  /** The report of this day that is replaced. */
  readonly previous: Report | null;
  /** Keys of reports that cannot be read. */
  readonly unreadableReports: readonly string[];
  /** Messages in the dead-letter queue; null where that is not known. */
  readonly deadLetters: number | null;
  readonly stream: StreamReading;
  readonly billing: Billing;
}

/** Makes the report of a day. What it says follows from the options alone. */
export function composeReport(options: ComposeReportOptions): Report {
  const earlier = new EarlierReports(options.day, options.earlier);
  const reported = reportedOf(options, earlier);
  // Parsing also puts the properties into the order of the schema.
  return Report.parse({ ...reported, headlines: headlinesOf(reported, earlier) });
}

function reportedOf(options: ComposeReportOptions, earlier: EarlierReports): Reported {
  const { stage, day, aggregate, missingHours } = options;
  const missing = new Set(missingHours.map(({ hour }) => hour));
  const datasets = datasetReports(aggregate);
  // Of a day without a single counted hour nothing is known.
  const totals = missing.size < aggregate.hours.length ? totalsOf(datasets) : null;
  return {
    reportVersion: REPORT_VERSION,
    stage,
    day,
    ...editionOf(options),
    ...volumeOf(totals, earlier),
    latency: latencyOf(aggregate, earlier),
    hours: aggregate.hours.map((sums, hour) => ({ hour, ...sums, isCounted: !missing.has(hour) })),
    rowRejects: rowRejects(aggregate),
    fileEnds: aggregate.fileEnds.toJson().sort((a, b) => b.files - a.files),
    datasets,
    operations: operationsOf(options, totals, earlier),
    cost: costOfDay(options, totals, earlier),
    findings: findingsOf(options, totals),
  };
}

/** The same execution, run again, makes the same edition again. */
function editionOf(
  options: ComposeReportOptions,
): Pick<Report, 'generatedAt' | 'execution' | 'isDayOver' | 'revision' | 'replaces'> {
  const { day, now, execution, previous } = options;
  const isDayOver = now.getTime() >= Date.parse(day) + DAY_MILLISECONDS;
  const edition = { generatedAt: now.toISOString(), execution, isDayOver };
  if (previous === null) return { ...edition, revision: 1, replaces: null };
  if (previous.execution === execution) {
    return { ...edition, revision: previous.revision, replaces: previous.replaces };
  }
  return { ...edition, revision: previous.revision + 1, replaces: previous.generatedAt };
}

type Totals = Readonly<Record<(typeof TOTALS)[number], number>>;
const TOTALS = [
  'succeeded',
  'rejected',
  'failed',
  'open',
  'skipped',
  'forgotten',
  'rowsRead',
  'rowsWritten',
  'rowsRejected',
  'bytesRead',
  'bytesWritten',
  'lateRows',
] as const;

function totalsOf(datasets: Report['datasets']): Totals {
  const values = datasets.map((dataset) => ({
    ...dataset,
    ...dataset.files,
    lateRows: dataset.eventTime?.lateRows ?? 0,
  }));
  return Object.fromEntries(
    TOTALS.map((name) => [name, values.reduce((sum, value) => sum + value[name], 0)]),
  ) as Totals;
}

/** Every file is in one of these. */
const arrivedOf = (totals: Totals): number =>
  totals.succeeded +
  totals.rejected +
  totals.failed +
  totals.open +
  totals.skipped +
  totals.forgotten;

function volumeOf(
  totals: Totals | null,
  earlier: EarlierReports,
): Pick<Report, 'files' | 'rows' | 'bytes'> {
  const { succeeded, rejected, failed, open, skipped, forgotten } = totals ?? NOTHING_KNOWN;
  const { rowsRead, rowsWritten, rowsRejected, bytesRead, bytesWritten } = totals ?? NOTHING_KNOWN;
  const arrived = totals && arrivedOf(totals);
  return {
    files: {
      arrived: earlier.compare(arrived, ({ files }) => files.arrived),
      succeeded: earlier.compare(succeeded, ({ files }) => files.succeeded),
      rejected: earlier.compare(rejected, ({ files }) => files.rejected),
      failed: earlier.compare(failed, ({ files }) => files.failed),
      open: earlier.compare(open, ({ files }) => files.open),
      skipped: earlier.compare(skipped, ({ files }) => files.skipped),
      forgotten: earlier.compare(forgotten, ({ files }) => files.forgotten),
    },
    rows: {
      read: earlier.compare(rowsRead, ({ rows }) => rows.read),
      written: earlier.compare(rowsWritten, ({ rows }) => rows.written),
      rejected: earlier.compare(rowsRejected, ({ rows }) => rows.rejected),
    },
    bytes: {
      read: earlier.compare(bytesRead, ({ bytes }) => bytes.read),
      written: earlier.compare(bytesWritten, ({ bytes }) => bytes.written),
    },
  };
}

const NOTHING_KNOWN = Object.fromEntries(TOTALS.map((name) => [name, null])) as Readonly<
  Record<keyof Totals, null>
>;

function latencyOf({ latency }: DayAggregate, earlier: EarlierReports): Report['latency'] {
  return {
    p50: earlier.compare(latency.quantile(0.5), (report) => report.latency.p50),
    p95: earlier.compare(latency.quantile(0.95), (report) => report.latency.p95),
    p99: earlier.compare(latency.quantile(0.99), (report) => report.latency.p99),
    maximum: earlier.compare(latency.maximum, (report) => report.latency.maximum),
  };
}

function operationsOf(
  { aggregate, deadLetters }: ComposeReportOptions,
  totals: Totals | null,
  earlier: EarlierReports,
): Report['operations'] {
  const { retries, duplicateEvents } = aggregate.counters;
  const known = (value: number): number | null => (totals === null ? null : value);
  const compare = (
    value: number | null,
    name: Exclude<keyof Report['operations'], 'oldestOpen'>,
  ): Report['operations'][typeof name] =>
    earlier.compare(value, ({ operations }) => operations[name]);
  return {
    retries: compare(known(retries), 'retries'),
    duplicateEvents: compare(known(duplicateEvents), 'duplicateEvents'),
    duplicateContents: compare(known(aggregate.contents.duplicates()), 'duplicateContents'),
    lateRows: compare(totals?.lateRows ?? null, 'lateRows'),
    deadLetters: compare(deadLetters, 'deadLetters'),
    oldestOpen: aggregate.oldestOpen,
  };
}

/** What the files cost, and the report that is made of them: that is no cost of a further file. */
function costOfDay(
  { aggregate: { usage, counters }, billing }: ComposeReportOptions,
  totals: Totals | null,
  earlier: EarlierReports,
): Report['cost'] {
  const { usd, services } = costOf(sumOfUsages(usage, usageOfReport(counters)), billing);
  return {
    usd: earlier.compare(totals && usd, ({ cost }) => cost.usd),
    usdPerMillionFiles: totals && usdPerMillion(costOf(usage, billing).usd, arrivedOf(totals)),
    services: [...services],
  };
}

function findingsOf(options: ComposeReportOptions, totals: Totals | null): Finding[] {
  const { aggregate, missingHours, unreadableReports, deadLetters } = options;
  const hours = missingHours.map(
    ({ hour, reason }) => `${formatHour(hour)} (${reason.slice(0, LONGEST_REASON)})`,
  );
  return [
    finding('HOUR_NOT_COUNTED', hours.length, hours),
    ...aggregate.findings.map(({ code, count, examples }) => finding(code, count, examples)),
    finding('EARLIER_REPORT_UNREADABLE', unreadableReports.length, unreadableReports),
    finding('BACKLOG_UNKNOWN', deadLetters === null ? 1 : 0, []),
    ...streamFindings(options, totals),
  ].filter(({ count }) => count > 0);
}

/** A report that lacks hours says so, and is not held against the stream. */
function* streamFindings(
  { day, stream, missingHours }: ComposeReportOptions,
  totals: Totals | null,
): Generator<Finding> {
  if (stream.state === 'unknown') yield finding('STREAM_UNKNOWN', 1, [stream.reason]);
  if (stream.state !== 'read' || totals === null || missingHours.length > 0) return;
  const differences = streamDifferences({ ...totals, arrived: arrivedOf(totals) }, day, stream);
  yield finding('STREAM_DIFFERS', differences.length, differences);
}

function finding(code: Finding['code'], count: number, examples: readonly string[]): Finding {
  return { code, count, detail: FINDING_DETAILS[code], examples: [...examples] };
}
