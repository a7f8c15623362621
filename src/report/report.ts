import * as z from 'zod/mini';

/*
 * The daily report as data: `report.json`. Everything that the text and the page show is in it, and
 * they are rendered from nothing else. Its JSON Schema is generated from here.
 */

/** Version of the layout; raised whenever a property changes its meaning. */
export const REPORT_VERSION = 1;

const Count = z.number().check(z.int(), z.nonnegative());
/** `YYYY-MM-DD`, UTC. */
export const Day = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day as YYYY-MM-DD'));
const Moment = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/));

/** A figure of the day beside those of the days before; null where it is not known. */
export const Figure = z.object({
  value: z.nullable(z.number()),
  dayBefore: z.nullable(z.number()),
  /** Mean of those of the seven days before that have a report of the whole day. */
  weekMean: z.nullable(z.number()),
});
export type Figure = z.infer<typeof Figure>;

/** A figure that earlier reports do not have. */
const LaterFigure = z._default(Figure, { value: null, dayBefore: null, weekMean: null });
/** A count that earlier reports do not have. */
const LaterCount = z._default(Count, 0);

/** A file that shows what is meant. */
const Example = z.object({
  key: z.string(),
  fileId: z.string(),
  /** Why, for a file that did not succeed. */
  reason: z.optional(z.string()),
});

/** Rejected rows that share a code. */
const RowRejects = z.object({
  code: z.string(),
  rows: Count,
  /** The columns at fault, most frequent first; null: the row as a whole. */
  columns: z.array(z.object({ column: z.nullable(z.string()), rows: Count })),
  /** Files with the most such rows first. */
  examples: z.array(z.extend(Example, { rows: Count })),
});

/** Files that were rejected or failed with one code. */
const FileEnds = z.object({
  status: z.enum(['REJECTED', 'FAILED']),
  code: z.string(),
  files: Count,
  examples: z.array(Example),
});

/** How often values of a column occur. */
const Dimension = z.object({
  column: z.string(),
  /** Most frequent first. */
  values: z.array(z.object({ value: z.nullable(z.string()), rows: Count })),
  /** Rows with other values than those listed. */
  otherRows: Count,
  /** Different values; a lower bound where `isExact` is false. */
  distinctValues: Count,
  /** Whether every count is exact. */
  isExact: z.boolean(),
  /** Most rows by which a listed count may be too high; 0 where it is exact. */
  maxError: Count,
});

/** A column of numbers. Sum, minimum and maximum are decimal text, exact. */
const Measure = z.object({
  column: z.string(),
  count: Count,
  sum: z.nullable(z.string()),
  minimum: z.nullable(z.string()),
  maximum: z.nullable(z.string()),
  mean: z.nullable(z.number()),
  /** Within 1 % of a value at that rank. */
  p50: z.nullable(z.number()),
  p95: z.nullable(z.number()),
  p99: z.nullable(z.number()),
});

/** When the events of a dataset happened, by its contract's event-time column. */
const EventTime = z.object({
  column: z.string(),
  earliest: z.nullable(z.string()),
  latest: z.nullable(z.string()),
  /** Rows whose event lies on an earlier UTC day than their file's arrival. */
  lateRows: Count,
});

/** The files of one dataset, and what their clean records add up to. */
const DatasetReport = z.object({
  dataset: z.string(),
  files: z.object({
    succeeded: Count,
    rejected: Count,
    failed: Count,
    open: Count,
    skipped: LaterCount,
    forgotten: LaterCount,
  }),
  rowsRead: Count,
  rowsWritten: Count,
  rowsRejected: Count,
  /** As stored in the source bucket. */
  bytesRead: Count,
  /** As stored in the target bucket. */
  bytesWritten: Count,
  dimensions: z.array(Dimension),
  measures: z.array(Measure),
  eventTime: z.nullable(EventTime),
});
export type DatasetReport = z.infer<typeof DatasetReport>;

/** What the report found out of order between the ledger and the manifests, or could not read. */
export const Finding = z.object({
  code: z.enum([
    'HOUR_NOT_COUNTED',
    'MANIFEST_UNREADABLE',
    'MANIFEST_MISSING',
    'MANIFEST_UNEXPECTED',
    'COUNTS_DIFFER',
    'LEDGER_UNREADABLE',
    'EARLIER_REPORT_UNREADABLE',
    'BACKLOG_UNKNOWN',
    'STREAM_DIFFERS',
    'STREAM_UNKNOWN',
  ]),
  count: Count,
  /** What it means for the figures, one sentence. */
  detail: z.string(),
  /** Keys or hours. */
  examples: z.array(z.string()),
});
export type Finding = z.infer<typeof Finding>;

const ServiceCost = z.object({
  service: z.string(),
  usd: z.number(),
  /** What was counted: `12,345 requests`. */
  basis: z.string(),
});

export const Report = z.object({
  reportVersion: z.literal(REPORT_VERSION),
  stage: z.string(),
  day: Day,
  generatedAt: Moment,
  /** Name of the execution that made it: run again, it makes the same revision again. */
  execution: z.optional(z.string()),
  /** Whether the day was over by then. */
  isDayOver: z.boolean(),
  /** 1 for the day's first report; each later one replaces the one before. */
  revision: z.number().check(z.int(), z.positive()),
  /** When the report was made that this one replaces. */
  replaces: z.nullable(Moment),
  /** What stands out, one sentence each, the most important first; never empty. */
  headlines: z.array(z.string()).check(z.minLength(1)),
  files: z.object({
    arrived: Figure,
    succeeded: Figure,
    rejected: Figure,
    failed: Figure,
    /** Not at their end when the report was made. */
    open: Figure,
    /** Not written, because their datasets had their contents already. */
    skipped: LaterFigure,
    /** Arrived on the day, and their outputs were removed by an operator. */
    forgotten: LaterFigure,
  }),
  rows: z.object({ read: Figure, written: Figure, rejected: Figure }),
  bytes: z.object({ read: Figure, written: Figure }),
  /** Seconds from arrival to notification, of files that succeeded or were rejected. */
  latency: z.object({ p50: Figure, p95: Figure, p99: Figure, maximum: Figure }),
  /** By UTC hour of arrival, 24 of them. */
  hours: z.array(
    z.object({
      hour: z.number(),
      files: Count,
      rowsRead: Count,
      rowsRejected: Count,
      isCounted: z.boolean(),
    }),
  ),
  rowRejects: z.array(RowRejects),
  fileEnds: z.array(FileEnds),
  /** By name. */
  datasets: z.array(DatasetReport),
  operations: z.object({
    /** Attempts beyond the first of a file. */
    retries: Figure,
    /** Events of files that were known already. */
    duplicateEvents: Figure,
    /** Files whose bytes are those of an earlier file of the day. */
    duplicateContents: Figure,
    lateRows: Figure,
    /** Messages in the dead-letter queue when the report was made. */
    deadLetters: Figure,
    /** The file that has waited longest for its end. */
    oldestOpen: z.nullable(z.extend(Example, { arrivedAt: Moment, status: z.string() })),
  }),
  cost: z.object({
    /** List prices of us-east-1 without free tier, from counted calls and durations. */
    usd: Figure,
    usdPerMillionFiles: z.nullable(z.number()),
    services: z.array(ServiceCost),
  }),
  /** Empty when everything was counted and agrees. */
  findings: z.array(Finding),
});
export type Report = z.infer<typeof Report>;

/** Folder of a day's report in the reports bucket. */
export const reportPrefix = (day: string): string => `daily-reports/${day}/`;

/** Keys of a day's report in the reports bucket. */
export const reportKeys = (day: string): { json: string; text: string; html: string } => ({
  json: `${reportPrefix(day)}report.json`,
  text: `${reportPrefix(day)}report.txt`,
  html: `${reportPrefix(day)}report.html`,
});
