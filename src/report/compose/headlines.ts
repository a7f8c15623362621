import {
  formatCount,
  formatCounted,
  formatHour,
  formatMoment,
  formatSeconds,
  formatShare,
} from '../render/format.ts';
import type { Figure, Finding, Report } from '../report.ts';
import type { EarlierReports } from './earlier-reports.ts';

/** What headlines are made from: the report, but for its headlines. */
export type Reported = Omit<Report, 'headlines'>;

/** A volume this many times the week's mean, or this part of it, stands out. */
const FAR_VOLUME = 3;
/** Means of fewer files say little: a volume is not compared with them. */
const FEWEST_FILES = 5;
/** A share this many times the week's stands out. */
const FAR_SHARE = 2;
/** Shares of rejected rows below this do not stand out, however the week was. */
const SMALLEST_SHARE = 0.001;
/** Nor do those below this where there is no week to compare with. */
const SMALLEST_SHARE_ALONE = 0.05;
/** Latency this many times the week's stands out, if it is as long as this at all. */
const FAR_LATENCY = 2;
const LONG_LATENCY_SECONDS = 30;
/** A cost per file this many times the week's stands out. */
const FAR_COST = 2;

/** A rule: the sentence that says what stands out, or nothing. */
type Rule = (report: Reported, earlier: EarlierReports) => string | null;

/**
 * What stands out, one sentence each, by the rules below in their order: first what is missing from the
 * figures, then what went wrong, then what is unlike the week before.
 */
export function headlinesOf(report: Reported, earlier: EarlierReports): string[] {
  const sentences = RULES.map((rule) => rule(report, earlier)).filter((found) => found !== null);
  return sentences.length > 0 ? sentences : [quietDay(report)];
}

const hoursNotCounted: Rule = ({ hours }) => {
  const missing = hours.filter(({ isCounted }) => !isCounted).map(({ hour }) => hour);
  if (missing.length === 0) return null;
  if (missing.length === hours.length) return 'None of the hours could be counted.';
  const names = missing.map((hour) => formatHour(hour));
  return `${formatCounted(missing.length, 'hour')} could not be counted (${listed(names)} UTC): every figure lacks ${missing.length === 1 ? 'its' : 'their'} files.`;
};

/** Findings about single files, which leave the figures incomplete or in doubt. */
const IN_DOUBT = [
  'LEDGER_UNREADABLE',
  'MANIFEST_UNREADABLE',
  'MANIFEST_MISSING',
  'MANIFEST_UNEXPECTED',
  'COUNTS_DIFFER',
] as const satisfies Finding['code'][];
const DOUBTS: Readonly<Record<(typeof IN_DOUBT)[number], string>> = {
  LEDGER_UNREADABLE: 'unreadable in the ledger',
  MANIFEST_UNREADABLE: 'with an unreadable manifest',
  MANIFEST_MISSING: 'without a manifest',
  MANIFEST_UNEXPECTED: 'with a manifest that the ledger does not confirm',
  COUNTS_DIFFER: 'with different row counts in ledger and manifest',
};

const filesInDoubt: Rule = ({ findings }) => {
  const parts = IN_DOUBT.flatMap((code) =>
    findings
      .filter((finding) => finding.code === code)
      .map(({ count }) => `${formatCount(count)} ${DOUBTS[code]}`),
  );
  return parts.length === 0 ? null : `Files in doubt: ${listed(parts)}.`;
};

const noFiles: Rule = ({ files, isDayOver, hours }, earlier) => {
  if (!isDayOver || files.arrived.value !== 0 || !hours.every((hour) => hour.isCounted))
    return null;
  if (!earlier.every((report) => (report.files.arrived.value ?? 0) > 0)) return null;
  const days =
    earlier.count === 1 ? 'the day compared with' : `each of ${earlier.count} days before`;
  return `No files arrived; on ${days} some did (${formatCount(files.arrived.weekMean ?? 0)} on average).`;
};

const filesFailed: Rule = ({ files, fileEnds }) => {
  const failed = files.failed.value ?? 0;
  return failed === 0
    ? null
    : `${formatCounted(failed, 'file')} failed${mostly(fileEnds, 'FAILED')}.`;
};

const deadLetters: Rule = ({ operations }) => {
  const { value } = operations.deadLetters;
  if (value === null || value === 0) return null;
  return `The dead-letter queue holds ${formatCounted(value, 'message')}: these files will not be tried again by themselves.`;
};

const backlogUnknown: Rule = ({ findings }) =>
  findings.some(({ code }) => code === 'BACKLOG_UNKNOWN')
    ? 'How many messages the dead-letter queue holds is not known.'
    : null;

const streamDiffers: Rule = ({ findings }) => {
  const differs = findings.find(({ code }) => code === 'STREAM_DIFFERS');
  return differs === undefined
    ? null
    : `The stream of events has counted otherwise (${differs.examples.join('; ')}).`;
};

/** While the day lasts files are expected to be on their way. */
const filesOpen: Rule = ({ files, isDayOver, operations: { oldestOpen } }) => {
  const open = files.open.value ?? 0;
  if (open === 0 || !isDayOver) return null;
  const since =
    oldestOpen === null
      ? ''
      : `; the oldest has waited since ${formatMoment(oldestOpen.arrivedAt)}`;
  return `${formatCounted(open, 'file')} ${open === 1 ? 'has' : 'have'} not come to an end${since}.`;
};

const filesRejected: Rule = ({ files, fileEnds }, earlier) => {
  const rejected = files.rejected.value ?? 0;
  const share = rejected / (files.arrived.value ?? 1);
  const usual = shareOfWeek(earlier, (report) => [report.files.rejected, report.files.arrived]);
  if (rejected === 0 || (usual !== null && share < FAR_SHARE * usual)) return null;
  return `${formatCounted(rejected, 'file')} of ${formatCount(files.arrived.value ?? 0)} ${rejected === 1 ? 'was' : 'were'} rejected${mostly(fileEnds, 'REJECTED')}.`;
};

const rowsRejected: Rule = ({ rows, rowRejects }, earlier) => {
  const rejected = rows.rejected.value ?? 0;
  const share = rejected / Math.max(1, rows.read.value ?? 0);
  const usual = shareOfWeek(earlier, (report) => [report.rows.rejected, report.rows.read]);
  const least = usual === null ? SMALLEST_SHARE_ALONE : Math.max(SMALLEST_SHARE, FAR_SHARE * usual);
  if (share < least) return null;
  const [first] = rowRejects;
  const most = first === undefined ? '' : `, most with ${first.code}`;
  const compared =
    usual === null || usual === 0 ? '' : `, ${timesAs(share / usual)} the week's share`;
  return `${formatShare(rejected, rows.read.value)} of the rows were rejected (${formatCount(rejected)} of ${formatCount(rows.read.value ?? 0)})${compared}${most}.`;
};

const farVolume: Rule = ({ files, isDayOver }) => {
  const { value, weekMean } = files.arrived;
  if (value === null || value === 0 || weekMean === null || weekMean < FEWEST_FILES) return null;
  if (value > FAR_VOLUME * weekMean) {
    return `${formatCounted(value, 'file')} arrived, ${timesAs(value / weekMean)} the week's mean of ${formatCount(weekMean)}.`;
  }
  if (!isDayOver || value * FAR_VOLUME >= weekMean) return null;
  return `Only ${formatCounted(value, 'file')} arrived, ${formatShare(value, weekMean)} of the week's mean of ${formatCount(weekMean)}.`;
};

const farLatency: Rule = ({ latency: { p95 } }) => {
  const { value, weekMean } = p95;
  if (value === null || value < LONG_LATENCY_SECONDS) return null;
  if (weekMean !== null && value < FAR_LATENCY * weekMean) return null;
  const compared = weekMean === null ? '' : `, ${timesAs(value / weekMean)} the week's mean`;
  return `5 % of the files took ${formatSeconds(value)} or longer from arrival to notification${compared}.`;
};

const duplicateContents: Rule = ({ operations: { duplicateContents: figure } }) => {
  const files = figure.value ?? 0;
  if (files === 0 || (figure.weekMean !== null && files <= FAR_SHARE * figure.weekMean))
    return null;
  return `${formatCounted(files, 'file')} ${files === 1 ? 'has' : 'have'} the content of an earlier file of the day.`;
};

const farCost: Rule = ({ cost, files }, earlier) => {
  const usual = earlier.mean((report) => report.cost.usdPerMillionFiles);
  const { usdPerMillionFiles } = cost;
  if (usual === null || usual === 0 || usdPerMillionFiles === null) return null;
  if ((files.arrived.value ?? 0) < FEWEST_FILES || usdPerMillionFiles < FAR_COST * usual)
    return null;
  return `A file cost ${timesAs(usdPerMillionFiles / usual)} the week's mean.`;
};

const RULES: readonly Rule[] = [
  hoursNotCounted,
  filesInDoubt,
  streamDiffers,
  filesFailed,
  deadLetters,
  backlogUnknown,
  filesOpen,
  noFiles,
  filesRejected,
  rowsRejected,
  farVolume,
  farLatency,
  duplicateContents,
  farCost,
];

/** What is to be said of a day of which nothing stands out. */
function quietDay({ files }: Reported): string {
  const arrived = files.arrived.value ?? 0;
  if (arrived === 0) return 'No files arrived; nothing stands out.';
  const ends: readonly (readonly [Figure, string])[] = [
    [files.succeeded, 'succeeded'],
    [files.rejected, 'rejected'],
    [files.skipped, 'skipped as duplicates'],
    [files.forgotten, 'forgotten'],
    [files.open, 'under way'],
  ];
  const present = ends.filter(([{ value }]) => (value ?? 0) > 0);
  const [first] = present;
  if (first !== undefined && present.length === 1) {
    return `${formatCounted(arrived, 'file')}${arrived === 1 ? '' : ', all'} ${first[1]}; nothing stands out.`;
  }
  const parts = present.map(([{ value }, end]) => `${formatCount(value ?? 0)} ${end}`);
  return `${formatCounted(arrived, 'file')}: ${listed(parts)}; nothing stands out.`;
}

/** The code that most files ended with. */
function mostly(ends: Report['fileEnds'], status: 'REJECTED' | 'FAILED'): string {
  const codes = ends.filter((end) => end.status === status);
  const [first] = codes.toSorted((a, b) => b.files - a.files);
  if (first === undefined) return '';
  return codes.length === 1
    ? ` with ${first.code}`
    : `, most with ${first.code} (${formatCount(first.files)})`;
}

/** Share of all the week's files or rows; null where there are none to compare with. */
function shareOfWeek(
  earlier: EarlierReports,
  figuresOf: (report: Report) => readonly [part: Figure, whole: Figure],
): number | null {
  const part = earlier.mean((report) => figuresOf(report)[0].value);
  const whole = earlier.mean((report) => figuresOf(report)[1].value);
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

/** `4.6 times`. */
const timesAs = (factor: number): string => `${formatCount(factor)} times`;

/** Words in a row: `a`, `a and b`, `a, b and c`. */
function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
