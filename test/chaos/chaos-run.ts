import type { LocalAws } from '../../infra/local/local-aws.ts';
import { Random } from '../bench/random.ts';
import { audit, auditStandstill, isEnded, type PutFile, type Violation } from './audit.ts';
import { ChaosApp } from './chaos-app.ts';
import { chaosFiles, type ChaosFile } from './chaos-files.ts';
import { digestOf, eachAtOnce, readOutputs, type Outputs } from './evidence.ts';
import { addReports, FaultControl, type FaultReport, type FaultSettings } from './fault-control.ts';

export interface ChaosOptions {
  readonly files: number;
  /** Share of service calls that fail, 0 to 1. */
  readonly faults: number;
  /** How often the whole local AWS is killed. */
  readonly kills: number;
  readonly seed: number;
  /** Called with what is under way. */
  readonly onProgress?: (what: string) => void;
}

export interface ChaosResult {
  readonly injected: FaultReport;
  /** How many files had an end when the local AWS was killed, by kill. */
  readonly killedAt: readonly number[];
  /** Files that only a reconciliation found. */
  readonly missed: number;
  readonly deadLetters: number;
  /** Attempts beyond the first. */
  readonly repeatedAttempts: number;
  readonly duplicateEvents: number;
  readonly openUploads: number;
  readonly outputs: number;
  /** Of the outputs; the same whenever the seed is. */
  readonly digest: string;
  readonly seconds: { readonly reference: number; readonly chaos: number; readonly drain: number };
  readonly violations: readonly Violation[];
}

/** Services whose calls fail at the full rate. */
export const SERVICES = ['s3', 'dynamodb', 'sns', 'sqs', 'states', 'lambda', 'kinesis'];
/** A killed process costs its step up to a minute: one of ten faults. */
const KILLED_FUNCTIONS = 0.1;
const CLOCK_SKEW_SECONDS = 3;
/** As the engine counts them. */
const LOST_NOTIFICATION = 'lost notification';

const PUTS_AT_ONCE = 8;
const PUTS_BETWEEN_KILLS = 40;
const REDRIVES = 3;
/** Generous: only what stands still takes as long. */
const BASE_TIMEOUT_SECONDS = 300;
const TIMEOUT_SECONDS_PER_FILE = 2;
const EVENTS_TIMEOUT_SECONDS = 30;

/**
 * Puts the same files through the deployed app twice, first undisturbed and then under faults, and holds
 * the second run's end against the first's.
 */
export async function runChaos(aws: LocalAws, options: ChaosOptions): Promise<ChaosResult> {
  const { onProgress = () => undefined } = options;
  const files = chaosFiles(options.files, options.seed);
  try {
    onProgress('deploying');
    await ChaosApp.deploy(aws);
    onProgress('running without faults');
    const before = Date.now();
    const reference = await referenceOutputs(aws, files);
    onProgress('running under faults');
    const run = new ChaosRun(aws, files, options);
    return await run.against(reference, secondsSince(before));
  } finally {
    await aws.stop();
  }
}

/** What the files become when nothing fails. */
async function referenceOutputs(aws: LocalAws, files: readonly ChaosFile[]): Promise<Outputs> {
  const app = await ChaosApp.openPristine(aws);
  await new FaultControl(aws).set({ fixedNames: true });
  await putAll(app, files);
  await app.untilQueueIsEmpty(timeoutOf(files.length));
  const unended = (await app.ledger()).filter((item) => !isEnded(item));
  if (unended.length > 0) {
    const names = unended.map(({ source, status, code }) => `${source} ${status} ${code ?? ''}`);
    throw new Error(`the run without faults is not right:\n${names.join('\n')}`);
  }
  return readOutputs(app.deployment.s3, app.deployment.outputs.TargetBucketName);
}

class ChaosRun {
  readonly #aws: LocalAws;
  readonly #files: readonly ChaosFile[];
  readonly #options: ChaosOptions;
  readonly #faults: FaultControl;
  /** How many files have an end at each kill that is still to come. */
  readonly #killsAhead: number[];
  readonly #killedAt: number[] = [];
  #ended = -1;
  #injected: FaultReport = { calls: {}, operations: {}, injected: {} };

  constructor(aws: LocalAws, files: readonly ChaosFile[], options: ChaosOptions) {
    this.#aws = aws;
    this.#files = files;
    this.#options = options;
    this.#faults = new FaultControl(aws);
    this.#killsAhead = killPoints(options);
  }

  async against(reference: Outputs, referenceSeconds: number): Promise<ChaosResult> {
    const started = Date.now();
    const app = await ChaosApp.openPristine(this.#aws);
    await this.#faults.set(this.#settings());
    const put = await this.#putUnderFaults(app);
    await app.untilQueueIsEmpty(timeoutOf(this.#files.length), () => this.#killIfDue(app));
    await this.#countFaults();
    await this.#faults.set({ fixedNames: true });
    const chaosSeconds = secondsSince(started);

    const drained = Date.now();
    const standstill = await app.ledger();
    const missed = await app.reconcile();
    await app.untilQueueIsEmpty(timeoutOf(missed.length));
    const deadLetters = await this.#redriveAll(app);
    const lostNotifications = this.#injected.injected.sns?.[LOST_NOTIFICATION] ?? 0;
    const explained = auditStandstill(put, {
      ledger: standstill,
      missed,
      lostNotifications,
      deadLetters,
    });
    const events = await eventsOf(app, put);
    const ledger = await app.ledger();
    const { s3, outputs: names } = app.deployment;
    const outputs = await readOutputs(s3, names.TargetBucketName);
    const messagesLeft = (await app.queued()) + (await app.deadLetters());
    const uploadsAreAborted = await app.uploadsAreAborted();
    const evidence = { files: put, ledger, outputs, events, messagesLeft, uploadsAreAborted };
    return {
      injected: this.#injected,
      killedAt: this.#killedAt,
      missed: missed.length,
      deadLetters: deadLetters.length,
      repeatedAttempts: ledger.reduce((sum, { attempt }) => sum + attempt - 1, 0),
      duplicateEvents: events.length - new Set(events.map(({ id }) => id)).size,
      openUploads: outputs.openUploads,
      outputs: outputs.objects.size,
      digest: digestOf(outputs),
      seconds: { reference: referenceSeconds, chaos: chaosSeconds, drain: secondsSince(drained) },
      violations: [...explained, ...audit(evidence, reference)],
    };
  }

  #settings(): FaultSettings {
    const { seed, faults } = this.#options;
    const rates = Object.fromEntries(SERVICES.map((service) => [service, faults]));
    return {
      seed,
      epoch: this.#killedAt.length,
      rates: { ...rates, functions: faults * KILLED_FUNCTIONS },
      clockSkewSeconds: faults > 0 ? CLOCK_SKEW_SECONDS : 0,
      fixedNames: true,
    };
  }

  async #putUnderFaults(app: ChaosApp): Promise<PutFile[]> {
    const put: PutFile[] = [];
    for (let start = 0; start < this.#files.length; start += PUTS_BETWEEN_KILLS) {
      put.push(...(await putAll(app, this.#files.slice(start, start + PUTS_BETWEEN_KILLS))));
      await this.#killIfDue(app);
    }
    return put;
  }

  async #killIfDue(app: ChaosApp): Promise<void> {
    const [next] = this.#killsAhead;
    const ended = (await app.ledger()).filter(isEnded).length;
    if (ended !== this.#ended) {
      this.#ended = ended;
      this.#options.onProgress?.(`${ended} of ${this.#files.length} files ended`);
    }
    if (next === undefined || ended < next) return;
    this.#killsAhead.shift();
    this.#killedAt.push(ended);
    await this.#countFaults();
    await this.#faults.crash();
    await this.#faults.set(this.#settings());
    this.#options.onProgress?.(`killed and started again at ${ended} files`);
  }

  /** The counts are the engine's, and die with it. */
  async #countFaults(): Promise<void> {
    this.#injected = addReports(this.#injected, await this.#faults.report());
  }

  async #redriveAll(app: ChaosApp): Promise<(string | null)[]> {
    const moved: (string | null)[] = [];
    for (let round = 0; round < REDRIVES && (await app.deadLetters()) > 0; round += 1) {
      moved.push(...(await app.redrive()));
      await app.untilQueueIsEmpty(timeoutOf(moved.length));
    }
    return moved;
  }
}

/** Puts files; versions of one key in their order. */
async function putAll(app: ChaosApp, files: readonly ChaosFile[]): Promise<PutFile[]> {
  const byKey = Map.groupBy(files, ({ key }) => key);
  const put: PutFile[] = [];
  await eachAtOnce([...byKey.values()], PUTS_AT_ONCE, async (versions) => {
    for (const version of versions) put.push(await app.put(version));
  });
  return put;
}

/** Where in the run the kills come: one in each of as many equal parts, none at the very start or end. */
function killPoints({ files, kills, seed }: ChaosOptions): number[] {
  const random = new Random(seed);
  const part = (files * 0.9) / kills;
  return Array.from({ length: kills }, (_, kill) =>
    Math.ceil(part * (kill + (10 + random.below(70)) / 100)),
  );
}

/** All events, after the last of them, which may have been held back, has had time to come. */
async function eventsOf(app: ChaosApp, files: readonly PutFile[]) {
  const deadline = Date.now() + EVENTS_TIMEOUT_SECONDS * 1_000;
  for (;;) {
    const events = await app.subscriber.all();
    const told = new Set(
      events.filter(({ data }) => data.status !== 'FAILED').map(({ data }) => data.file.fileId),
    );
    if (files.every(({ fileId }) => told.has(fileId)) || Date.now() > deadline) return events;
  }
}

const timeoutOf = (files: number): number =>
  BASE_TIMEOUT_SECONDS + files * TIMEOUT_SECONDS_PER_FILE;

/** Whole seconds. */
const secondsSince = (start: number): number => Math.round((Date.now() - start) / 1_000);
