import type { SFNClient, SFNServiceException } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSRecord } from 'aws-lambda';
import { classifyError } from '../../shared/aws-errors.ts';
import { AttemptSuperseded } from '../../shared/errors.ts';
import { describeFailure } from '../../shared/failure.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import type { Removals, SourceRemoval } from '../../shared/ledger/removals.ts';
import { Metric } from '../../shared/observability.ts';
import { MalformedMessage } from '../../shared/s3-event.ts';
import { publishOutcome } from '../notify/publish-outcome.ts';
import type { PipelineInput } from '../payload.ts';
import { announcedFiles, announcedRemovals, type AnnouncedFile } from './announced-files.ts';
import { backOffSeconds, type BackOff } from './back-off.ts';
import { changeVisibility } from './message-visibility.ts';
import type { OutputRemoval } from './remove-outputs.ts';
import { runExecution, type FailedExecution } from './run-execution.ts';

/**
 * A message in work is invisible, and its claim is held, for this long at a time. Should the
 * dispatcher die, the file is taken up again at most this much later, and not only after the queue's
 * visibility timeout, which has to be six times the function's.
 */
const HOLD_SECONDS = 30;
/** How often a hold is renewed: two renewals may be lost before it lapses. */
const RENEW_SECONDS = 10;

export interface DispatcherOptions {
  readonly ledger: Ledger;
  readonly removals: Removals;
  readonly outputRemoval: OutputRemoval;
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly stateMachineArn: string;
  readonly backOff: BackOff;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A message is made visible again after so many seconds. */
interface Retry {
  readonly retryInSeconds: number;
}

/** What becomes of a message: deleted, or tried again. */
type Verdict = 'done' | Retry;

/**
 * Turns a batch of queue messages into executions, one per file version, and waits for their ends. What
 * went from the source bucket is recorded, and followed where a contract says so.
 *
 * The queue drives the retries, the ledger decides who may start. A file that succeeded or was
 * rejected is done with; any other end puts the message back with a growing delay, until the queue
 * hands it to the dead-letter queue.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Handles a batch; returns the messages that must stay in the queue. */
  async dispatch(messages: readonly SQSRecord[]): Promise<SQSRecord[]> {
    const running = new Map<SQSRecord, PipelineInput[]>();
    await this.#hold(messages, running);
    let lastHold: Promise<void> = Promise.resolve();
    const renewal = setInterval(() => {
      lastHold = this.#hold(messages, running);
    }, RENEW_SECONDS * 1_000);
    const retries = new Map<SQSRecord, number>();
    try {
      await Promise.all(
        messages.map(async (message) => {
          const verdict = await this.#handle(message, running);
          running.delete(message);
          if (verdict !== 'done') retries.set(message, verdict.retryInSeconds);
        }),
      );
    } finally {
      clearInterval(renewal);
      // A renewal that is still under way must not undo the back-off.
      await lastHold;
    }
    await this.#quietly('set the back-off', this.#changeVisibility(retries));
    return [...retries.keys()];
  }

  /**
   * Keeps messages invisible and claims alive; a lost renewal is made up for by the next. Messages
   * that are done are held too, because Lambda deletes them only when the whole batch is.
   */
  async #hold(
    messages: readonly SQSRecord[],
    running: ReadonlyMap<SQSRecord, PipelineInput[]>,
  ): Promise<void> {
    const { ledger } = this.#options;
    const leaseUntil = Date.now() + HOLD_SECONDS * 1_000;
    const visibility = new Map(messages.map((message) => [message, HOLD_SECONDS]));
    await this.#quietly('hold the messages', this.#changeVisibility(visibility));
    const inputs = [...running.values()].flat();
    await Promise.all(
      inputs.map(({ file, attempt }) =>
        this.#quietly('renew the claim', ledger.renewLease(file, attempt, leaseUntil)),
      ),
    );
  }

  #changeVisibility(seconds: ReadonlyMap<SQSRecord, number>): Promise<void> {
    return changeVisibility(this.#options.sqs, this.#options.queueUrl, seconds);
  }

  /** Awaits what may fail without harm: the queue's own timeout is the safety net. */
  async #quietly(what: string, work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#options.logger.warn(`could not ${what}`, error as Error);
    }
  }

  async #handle(message: SQSRecord, running: Map<SQSRecord, PipelineInput[]>): Promise<Verdict> {
    let files: AnnouncedFile[];
    let removals: SourceRemoval[];
    try {
      files = announcedFiles(message.body);
      removals = announcedRemovals(message.body);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#options.metrics.addMetric(Metric.MalformedMessages, 'Count', 1);
      return this.#notHandled(message, error);
    }
    // Each file's faults are its own: the message stays in work until all its files have an end.
    const handled = [
      ...files.map((announced) => this.#handleFile(message, announced, running)),
      ...removals.map((removal) => this.#handleRemoval(message, removal)),
    ];
    const verdicts = await Promise.all(
      handled.map((verdict) => verdict.catch((error: unknown) => this.#notHandled(message, error))),
    );
    const retries = verdicts.filter((verdict) => verdict !== 'done');
    if (retries.length === 0) return 'done';
    return { retryInSeconds: Math.max(...retries.map(({ retryInSeconds }) => retryInSeconds)) };
  }

  #notHandled(message: SQSRecord, error: unknown): Verdict {
    const { logger } = this.#options;
    logger.error('message not handled', { error: error as Error, messageId: message.messageId });
    return this.#retryLater(message);
  }

  async #handleFile(
    message: SQSRecord,
    { file, eventTime, request }: AnnouncedFile,
    running: Map<SQSRecord, PipelineInput[]>,
  ): Promise<Verdict> {
    const { ledger, logger, metrics } = this.#options;
    const now = new Date();
    const claim = await ledger.claim({
      file,
      eventTime,
      claimedBy: message.messageId,
      now,
      leaseMilliseconds: HOLD_SECONDS * 1_000,
      request,
    });
    switch (claim.outcome) {
      case 'duplicate':
        metrics.addMetric(Metric.DuplicateEvents, 'Count', 1);
        logger.info('duplicate event', { fileId: file.fileId, status: claim.status });
        await this.#quietly('count the duplicate event', ledger.countDuplicate(file));
        return 'done';
      case 'busy':
        return { retryInSeconds: secondsUntil(claim.leaseUntil, now) };
      case 'claimed': {
        const input = { file, ...claim.run };
        running.set(message, [...(running.get(message) ?? []), input]);
        return this.#runUnlessGone(message, input);
      }
    }
  }

  /** A version of a key that is gone has no execution, where outputs go with the key. */
  async #runUnlessGone(message: SQSRecord, input: PipelineInput): Promise<Verdict> {
    const { removals, outputRemoval, logger } = this.#options;
    const { file, attempt } = input;
    if (!(await outputRemoval.isGone(file))) return this.#run(message, input);
    await removals.withdrawClaim(file, attempt);
    logger.info('deleted before it was processed', { fileId: file.fileId });
    return 'done';
  }

  /**
   * The ledger first: what comes later sees the removal there. A version in work is waited for in one go,
   * so that the wait does not use up the receives of the message.
   */
  async #handleRemoval(message: SQSRecord, removal: SourceRemoval): Promise<Verdict> {
    const { removals, outputRemoval, metrics } = this.#options;
    const now = new Date();
    await removals.record(removal);
    const rest = await outputRemoval.follow(removal, now);
    if (rest !== null) {
      const { retryInSeconds } = this.#retryLater(message);
      return { retryInSeconds: Math.max(retryInSeconds, secondsUntil(rest, now)) };
    }
    metrics.addMetric(Metric.SourceObjectsRemoved, 'Count', 1);
    return 'done';
  }

  async #run(message: SQSRecord, input: PipelineInput): Promise<Verdict> {
    const { sfn, stateMachineArn, metrics, logger } = this.#options;
    metrics.addMetric(Metric.FilesStarted, 'Count', 1);
    const end = await runExecution(sfn, stateMachineArn, input).catch(failedToRun);
    if (end.status !== 'FAILED') return 'done';
    const { fileId } = input.file;
    logger.warn('execution failed', { fileId, attempt: input.attempt, ...end.error });
    await this.#quietly('record the failure', this.#closeAttempt(input, end));
    return this.#retryLater(message);
  }

  /**
   * Records the failure of an execution that could not do so itself: it ran out of time, could not
   * be started, or lost its last step. Where it did, the ledger's item is closed and nothing happens.
   */
  async #closeAttempt(
    input: PipelineInput,
    { error, mayStillRun }: FailedExecution,
  ): Promise<void> {
    const { ledger, sns, metrics } = this.#options;
    const endedAt = new Date().toISOString();
    const failure = { status: 'FAILED', endedAt, ...describeFailure(error), mayStillRun } as const;
    const outcome = { ...input, ...failure };
    try {
      const published = await publishOutcome(outcome, { ledger, sns });
      if (published) metrics.addMetric(Metric.FilesFailed, 'Count', 1);
    } catch (refused) {
      if (!(refused instanceof AttemptSuperseded)) throw refused;
    }
  }

  #retryLater(message: SQSRecord): Retry {
    const receives = Number(message.attributes.ApproximateReceiveCount);
    return {
      retryInSeconds: backOffSeconds(receives, this.#options.backOff, Math.random()),
    };
  }
}

/** A failed call to Step Functions in the form of a failed execution, which has begun unless it was refused. */
function failedToRun(error: unknown): FailedExecution {
  const { name, message } = classifyError(error) as Error;
  const { httpStatusCode = 0 } = (error as Partial<SFNServiceException>).$metadata ?? {};
  const mayStillRun = httpStatusCode < 400 || httpStatusCode >= 500;
  return { status: 'FAILED', error: { Error: name, Cause: message }, mayStillRun };
}

function secondsUntil(time: number, now: Date): number {
  return Math.max(1, Math.ceil((time - now.getTime()) / 1_000));
}
