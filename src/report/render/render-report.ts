import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { FaultCode } from '../../shared/error-codes.ts';
import { TransientFault } from '../../shared/errors.ts';
import { CaughtError, describeFailure } from '../../shared/failure.ts';
import { DayAggregate } from '../aggregate/day-aggregate.ts';
import { getHour } from '../aggregate/hour-object.ts';
import { composeReport, type MissingHour } from '../compose/compose-report.ts';
import type { Billing } from '../cost/cost-of.ts';
import { daysBefore } from '../compose/earlier-reports.ts';
import { slowestLatency } from '../compose/stream-check.ts';
import { Day, reportKeys, type Report } from '../report.ts';
import { queueDepth } from './backlog.ts';
import { renderHtml } from './html/render-html.ts';
import { readStream, type StreamReaderOptions } from './read-stream.ts';
import { readReport, type StoredReport } from './read-report.ts';
import { mailSubject } from './text/mail-subject.ts';
import { renderText } from './text/render-text.ts';

const Hour = z.number().check(z.int(), z.gte(0), z.lte(23));

export const RenderInput = z.object({
  day: Day,
  workPrefix: z.string(),
  /** Name of the execution. */
  execution: z.string(),
  /** What became of each hour: the key of its sums, or why there are none. */
  hours: z.array(
    z.union([
      z.object({ hour: Hour, key: z.string() }),
      z.object({ hour: Hour, error: CaughtError }),
    ]),
  ),
});
export type RenderInput = z.infer<typeof RenderInput>;

/** What Publish needs of the report. */
export interface RenderedReport {
  readonly day: string;
  readonly revision: number;
  readonly keys: { readonly json: string; readonly text: string; readonly html: string };
  /** Of the mail. */
  readonly subject: string;
}

export interface RenderReportOptions extends StreamReaderOptions {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly reportsBucket: string;
  readonly deadLetterQueueUrl: string;
  readonly stage: string;
  readonly billing: Billing;
}

/**
 * Makes the report of a day from the sums of its hours, and writes it as page, text and data.
 *
 * What is missing does not stop it: the report says what it lacks.
 */
export async function renderReport(
  input: RenderInput,
  options: RenderReportOptions,
): Promise<RenderedReport> {
  const { day, execution } = input;
  const { s3, reportsBucket, stage, billing, now } = options;
  const { aggregate, missingHours } = await readHours(input, options);
  const earlier = await Promise.all(
    daysBefore(day).map((earlierDay) => readReport(s3, reportsBucket, earlierDay)),
  );
  const previous = await readReport(s3, reportsBucket, day);
  const [yesterday] = earlier.map((stored) => reportIn(stored)[0]);
  const latency = slowestLatency({
    day: aggregate.latency.maximum,
    dayBefore: yesterday?.latency.maximum.value ?? null,
  });
  const report = composeReport({
    stage,
    day,
    now,
    execution,
    aggregate,
    missingHours,
    earlier: earlier.flatMap(reportIn),
    previous: reportIn(previous)[0] ?? null,
    unreadableReports: [previous, ...earlier].flatMap((stored) =>
      stored.state === 'unreadable' ? [stored.key] : [],
    ),
    deadLetters: await deadLettersOf(options),
    stream: await readStream(day, latency, options),
    billing,
  });
  await writeReport(s3, reportsBucket, report, previous);
  return { day, revision: report.revision, keys: reportKeys(day), subject: mailSubject(report) };
}

const reportIn = (stored: StoredReport): Report[] =>
  stored.state === 'read' ? [stored.report] : [];

/** Puts the hours together, one after the other, so that one at a time is in memory. */
async function readHours(
  { hours }: RenderInput,
  { s3, reportsBucket }: RenderReportOptions,
): Promise<{ aggregate: DayAggregate; missingHours: MissingHour[] }> {
  const aggregate = new DayAggregate(noDataset);
  const missingHours: MissingHour[] = [];
  for (const counted of hours) {
    const { hour } = counted;
    if ('error' in counted) {
      const { code, reason } = describeFailure(counted.error);
      missingHours.push({ hour, reason: `${code}: ${reason}` });
      continue;
    }
    const sums = await getHour(s3, { bucket: reportsBucket, key: counted.key });
    if (sums !== null) aggregate.merge(sums);
    else missingHours.push({ hour, reason: 'its sums are gone or cannot be read' });
  }
  return { aggregate, missingHours };
}

/** Sums are only merged here: their files have their datasets. */
function noDataset(): never {
  throw new Error('the sums of hours hold no files without a dataset');
}

/** Null when the queue does not answer: the report is worth more than this number. */
async function deadLettersOf(options: RenderReportOptions): Promise<number | null> {
  const { sqs, deadLetterQueueUrl, logger } = options;
  try {
    return await queueDepth(sqs, deadLetterQueueUrl);
  } catch (error) {
    logger.warn('the dead-letter queue did not answer', error as Error);
    return null;
  }
}

/**
 * Three objects cannot be replaced at once. The data comes last: it is what the next report and the
 * command line go by, so whoever finds a revision in it finds page and text of that revision, too. A
 * run that dies in between is run again, and replaces the same revision.
 *
 * @throws TransientFault when another execution has written the data since `previous` was read: run
 *   again, this one makes the next revision, and its page and text fit its data again
 */
async function writeReport(
  s3: S3Client,
  bucket: string,
  report: Report,
  previous: StoredReport,
): Promise<void> {
  const { html, text, json } = reportKeys(report.day);
  const put = (Key: string, ContentType: string, Body: string, condition = {}): Promise<unknown> =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, ContentType, Body, ...condition }));
  await put(html, 'text/html; charset=utf-8', renderHtml(report));
  await put(text, 'text/plain; charset=utf-8', renderText(report));
  const data = `${JSON.stringify(report, null, 2)}\n`;
  const unchanged =
    previous.state === 'missing' ? { IfNoneMatch: '*' } : { IfMatch: previous.etag };
  await put(json, 'application/json', data, unchanged).catch((error: unknown) => {
    throw isOutrun(error) ? new TransientFault(FaultCode.STEP_IN_PROGRESS, OUTRUN) : error;
  });
}

const OUTRUN = 'another execution has written a report of the day meanwhile';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
const isOutrun = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'PreconditionFailed' || error.name === 'ConditionalRequestConflict');
