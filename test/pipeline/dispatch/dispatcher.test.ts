import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { StartSyncExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { Dispatcher } from '../../../src/pipeline/dispatch/dispatcher.ts';
import type { OutputRemoval } from '../../../src/pipeline/dispatch/remove-outputs.ts';
import type { PipelineInput } from '../../../src/pipeline/payload.ts';
import { AttemptSuperseded } from '../../../src/shared/errors.ts';
import type {
  AttemptOutcome,
  Claim,
  ClaimRequest,
  Ledger,
  OutcomeHold,
} from '../../../src/shared/ledger/ledger.ts';
import type { Removals, SourceRemoval } from '../../../src/shared/ledger/removals.ts';
import { S3_TEST_EVENT, s3Event, s3Record } from '../../support/s3-events.ts';

const NOW = new Date('2026-11-20T16:05:10.000Z');
const QUEUE_URL = 'https://sqs.example/ingest';

interface ExecutionAnswer {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The ledger's interface over a table of claims by object key; a file it knows nothing of is new. */
class FakeLedger {
  readonly claims = new Map<string, Claim | Error>();
  readonly requests: ClaimRequest[] = [];
  readonly outcomes: AttemptOutcome[] = [];
  readonly renewals: { readonly key: string; readonly leaseUntil: number }[] = [];
  /** Keys of the files of which an event was one too many. */
  readonly duplicates: string[] = [];
  renewalFault: Error | null = null;
  duplicateFault: Error | null = null;

  claim(request: ClaimRequest): Promise<Claim> {
    this.requests.push(request);
    const known = this.claims.get(request.file.key);
    if (known instanceof Error) return Promise.reject(known);
    const { eventTime, now } = request;
    const run = { attempt: 1, arrivedAt: eventTime, startedAt: now.toISOString() };
    return Promise.resolve(known ?? { outcome: 'claimed', run });
  }

  countDuplicate({ key }: { key: string }): Promise<void> {
    this.duplicates.push(key);
    return this.duplicateFault === null ? Promise.resolve() : Promise.reject(this.duplicateFault);
  }

  renewLease({ key }: { key: string }, _attempt: number, leaseUntil: number): Promise<void> {
    this.renewals.push({ key, leaseUntil });
    return this.renewalFault === null ? Promise.resolve() : Promise.reject(this.renewalFault);
  }

  /** As the ledger: an attempt that lost its claim may not tell how it ended. */
  async holdForOutcome(
    { file, attempt }: AttemptOutcome,
    leaseUntil: number,
  ): Promise<OutcomeHold> {
    await this.renewLease(file, attempt, leaseUntil);
    return { isRecorded: false, earlierEnds: 0 };
  }

  recordOutcome(outcome: AttemptOutcome): Promise<boolean> {
    this.outcomes.push(outcome);
    return Promise.resolve(true);
  }
}

/** What the ledger is told of removals, and what the outputs make of them. */
class FakeRemovals {
  /** In the order in which things happened. */
  readonly done: string[] = [];
  /** Keys that are gone. */
  readonly gone = new Set<string>();
  /** When versions in work will have ended, by key. */
  readonly inWork = new Map<string, number>();
  recordFault: Error | null = null;

  record({ key }: SourceRemoval): Promise<void> {
    this.done.push(`record ${key}`);
    return this.recordFault === null ? Promise.resolve() : Promise.reject(this.recordFault);
  }

  withdrawClaim({ key }: { key: string }, attempt: number): Promise<void> {
    this.done.push(`withdraw ${key} ${attempt}`);
    return Promise.resolve();
  }

  isGone({ key }: { key: string }): Promise<boolean> {
    return Promise.resolve(this.gone.has(key));
  }

  follow({ key }: SourceRemoval): Promise<number | null> {
    this.done.push(`follow ${key}`);
    return Promise.resolve(this.inWork.get(key) ?? null);
  }
}

/** Everything around a dispatcher, with what reached it. */
class World {
  readonly ledger = new FakeLedger();
  readonly removals = new FakeRemovals();
  readonly executions: PipelineInput[] = [];
  readonly events: { type: string; data: object }[] = [];
  readonly visibility: { handle: string | undefined; seconds: number | undefined; at: number }[] =
    [];
  /** Answers by object key; a function is called when the execution starts. */
  readonly answers = new Map<string, ExecutionAnswer | (() => Promise<ExecutionAnswer>)>();
  visibilityFault: Error | null = null;

  readonly dispatcher = new Dispatcher({
    ledger: this.ledger as Partial<Ledger> as Ledger,
    removals: this.removals as Partial<Removals> as Removals,
    outputRemoval: this.removals as Partial<OutputRemoval> as OutputRemoval,
    sfn: { send: (command: unknown) => this.#send(command) } as Partial<SFNClient> as SFNClient,
    sns: { send: (command: unknown) => this.#send(command) } as Partial<SNSClient> as SNSClient,
    sqs: { send: (command: unknown) => this.#send(command) } as Partial<SQSClient> as SQSClient,
    queueUrl: QUEUE_URL,
    stateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:file-pipeline',
    backOff: { baseSeconds: 10, maxSeconds: 900 },
    logger: new Logger({ logLevel: 'SILENT' }),
    metrics: new Metrics({ namespace: 'Test', serviceName: 'dispatch' }),
  });

  /** Dispatches messages; returns the ids of those that stay in the queue. */
  async dispatch(...messages: SQSRecord[]): Promise<string[]> {
    const failed = await this.dispatcher.dispatch(messages);
    return failed.map(({ messageId }) => messageId);
  }

  /** The visibility that a message was given last, in seconds. */
  lastVisibility(messageId: string): number | undefined {
    return this.visibility.findLast(({ handle }) => handle === `handle-${messageId}`)?.seconds;
  }

  async #send(command: unknown): Promise<unknown> {
    if (command instanceof StartSyncExecutionCommand) {
      const input = JSON.parse(command.input.input!) as PipelineInput;
      this.executions.push(input);
      const answer = this.answers.get(input.file.key) ?? { status: 'SUCCEEDED' };
      return typeof answer === 'function' ? answer() : answer;
    }
    if (command instanceof PublishCommand) {
      this.events.push(JSON.parse(command.input.Message!) as { type: string; data: object });
      return {};
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      if (this.visibilityFault !== null) throw this.visibilityFault;
      for (const { ReceiptHandle, VisibilityTimeout } of command.input.Entries!) {
        const change = { handle: ReceiptHandle, seconds: VisibilityTimeout, at: Date.now() };
        this.visibility.push(change);
      }
      return { Successful: [], Failed: [] };
    }
    throw new Error(`unexpected command ${String(command)}`);
  }
}

function message(messageId: string, body: string, receives = 1): SQSRecord {
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:ingest',
    awsRegion: 'us-east-1',
  };
}

const messageFor = (key: string, receives = 1): SQSRecord =>
  message(key, s3Event(s3Record({ key })), receives);

const failing =
  (name: string, httpStatusCode?: number): (() => Promise<ExecutionAnswer>) =>
  () =>
    Promise.reject(Object.assign(new Error('said AWS'), { name, $metadata: { httpStatusCode } }));

describe('Dispatcher', () => {
  let world: World;

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    process.env.EVENT_SOURCE = 'urn:millrace:test';
    process.env.EVENTS_TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:events';
    world = new World();
  });

  afterEach(() => {
    jest.useRealTimers();
    delete process.env.EVENT_SOURCE;
    delete process.env.EVENTS_TOPIC_ARN;
  });

  it('claims a file, runs it and acknowledges its message', async () => {
    expect(await world.dispatch(messageFor('a.csv'))).toEqual([]);
    expect(world.ledger.requests).toMatchObject([
      { claimedBy: 'a.csv', eventTime: '2026-11-20T16:05:09.123Z', leaseMilliseconds: 30_000 },
    ]);
    expect(world.executions).toMatchObject([
      {
        file: { key: 'a.csv' },
        attempt: 1,
        arrivedAt: '2026-11-20T16:05:09.123Z',
        startedAt: NOW.toISOString(),
      },
    ]);
    expect(world.ledger.outcomes).toEqual([]);
  });

  it('acknowledges a file that was rejected', async () => {
    world.answers.set('a.csv', { status: 'FAILED', error: 'FileRejected', cause: 'EMPTY_FILE: …' });
    expect(await world.dispatch(messageFor('a.csv'))).toEqual([]);
    expect(world.ledger.outcomes).toEqual([]);
  });

  it.each([
    [1, 5, 10],
    [3, 20, 40],
    [50, 450, 900],
  ])(
    'returns a failed message after receive %i in %i to %i seconds',
    async (receives, least, most) => {
      world.answers.set('a.csv', { status: 'FAILED', error: 'FileFailed', cause: 'x' });
      expect(await world.dispatch(messageFor('a.csv', receives))).toEqual(['a.csv']);
      expect(world.lastVisibility('a.csv')).toBeGreaterThanOrEqual(least);
      expect(world.lastVisibility('a.csv')).toBeLessThanOrEqual(most);
    },
  );

  it('acknowledges a duplicate without running it', async () => {
    world.ledger.claims.set('a.csv', { outcome: 'duplicate', status: 'SUCCEEDED' });
    expect(await world.dispatch(messageFor('a.csv'))).toEqual([]);
    expect(world.executions).toEqual([]);
    expect(world.ledger.duplicates).toEqual(['a.csv']);
  });

  it('acknowledges a duplicate even if it cannot be counted', async () => {
    world.ledger.claims.set('a.csv', { outcome: 'duplicate', status: 'SUCCEEDED' });
    world.ledger.duplicateFault = new Error('the ledger is away');
    expect(await world.dispatch(messageFor('a.csv'))).toEqual([]);
  });

  it.each([
    [12_345, 13],
    [-1, 1],
  ])('returns a busy message for the rest of the lease: %i ms', async (rest, seconds) => {
    world.ledger.claims.set('a.csv', { outcome: 'busy', leaseUntil: NOW.getTime() + rest });
    expect(await world.dispatch(messageFor('a.csv'))).toEqual(['a.csv']);
    expect(world.lastVisibility('a.csv')).toBe(seconds);
    expect(world.executions).toEqual([]);
  });

  it.each(['hello', '{}', s3Event(s3Record({ key: '%' }))])(
    'returns a malformed message: %s',
    async (body) => {
      expect(await world.dispatch(message('bad', body))).toEqual(['bad']);
      expect(world.lastVisibility('bad')).toBeLessThanOrEqual(10);
      expect(world.ledger.requests).toEqual([]);
    },
  );

  it('acknowledges the test event of S3', async () => {
    expect(await world.dispatch(message('m', S3_TEST_EVENT))).toEqual([]);
    expect(world.ledger.requests).toEqual([]);
  });

  describe('on a removal', () => {
    const removal = s3Record({ key: 'a.csv', eventName: 'ObjectRemoved:Delete' });

    it('records it, then lets the outputs follow, and runs nothing', async () => {
      expect(await world.dispatch(message('m', s3Event(removal)))).toEqual([]);
      expect(world.removals.done).toEqual(['record a.csv', 'follow a.csv']);
      expect(world.ledger.requests).toEqual([]);
    });

    it('handles it beside a new object of the same message', async () => {
      const body = s3Event(removal, s3Record({ key: 'b.csv' }));
      expect(await world.dispatch(message('m', body))).toEqual([]);
      expect(world.removals.done).toEqual(['record a.csv', 'follow a.csv']);
      expect(world.executions.map(({ file }) => file.key)).toEqual(['b.csv']);
    });

    it('returns it while a version is in work, until that has ended for certain', async () => {
      world.removals.inWork.set('a.csv', NOW.getTime() + 330_000);
      expect(await world.dispatch(message('m', s3Event(removal)))).toEqual(['m']);
      expect(world.lastVisibility('m')).toBe(330);
    });

    it('returns it with a back-off when a version has changed in that moment', async () => {
      world.removals.inWork.set('a.csv', NOW.getTime());
      expect(await world.dispatch(message('m', s3Event(removal), 3))).toEqual(['m']);
      expect(world.lastVisibility('m')).toBeGreaterThanOrEqual(20);
      expect(world.lastVisibility('m')).toBeLessThanOrEqual(40);
    });

    it('returns it when it cannot be recorded', async () => {
      world.removals.recordFault = new Error('DynamoDB is down');
      expect(await world.dispatch(message('m', s3Event(removal)))).toEqual(['m']);
      expect(world.removals.done).toEqual(['record a.csv']);
    });
  });

  it('gives back the claim of a file that is gone, and runs nothing', async () => {
    world.removals.gone.add('a.csv');
    expect(await world.dispatch(messageFor('a.csv'))).toEqual([]);
    expect(world.removals.done).toEqual(['withdraw a.csv 1']);
    expect(world.executions).toEqual([]);
  });

  it('does not let one bad message hurt the others', async () => {
    world.answers.set('fails.csv', failing('TimeoutError'));
    world.ledger.claims.set('throttled.csv', new Error('DynamoDB is throttled'));
    const failed = await world.dispatch(
      message('bad', 'hello'),
      messageFor('throttled.csv'),
      messageFor('fails.csv'),
      messageFor('good.csv'),
    );
    expect(failed.sort()).toEqual(['bad', 'fails.csv', 'throttled.csv']);
    expect(world.executions.map(({ file }) => file.key).sort()).toEqual(['fails.csv', 'good.csv']);
  });

  it.each<[string, ExecutionAnswer | (() => Promise<ExecutionAnswer>), string]>([
    ['could not be started', failing('StateMachineDoesNotExist'), 'UNEXPECTED_ERROR'],
    ['may not be started', failing('AccessDeniedException'), 'ACCESS_DENIED'],
    ['was throttled', failing('ThrottlingException'), 'SERVICE_THROTTLED'],
    ['gave no answer', failing('TimeoutError'), 'SERVICE_UNAVAILABLE'],
    ['ran out of time', { status: 'TIMED_OUT' }, 'STEP_TIMED_OUT'],
    ['lost its last step', { status: 'FAILED', error: 'Lambda.Unknown' }, 'FUNCTION_CRASHED'],
  ])('closes the attempt of an execution that %s', async (_, answer, code) => {
    world.answers.set('a.csv', answer);
    expect(await world.dispatch(messageFor('a.csv'))).toEqual(['a.csv']);
    expect(world.ledger.outcomes).toMatchObject([
      { file: { key: 'a.csv' }, attempt: 1, status: 'FAILED', code, endedAt: NOW.toISOString() },
    ]);
    expect(world.events).toMatchObject([
      { type: 'io.millrace.file.failed', data: { status: 'FAILED', attempt: 1, code } },
    ]);
  });

  it.each<[string, boolean, ExecutionAnswer | (() => Promise<ExecutionAnswer>)]>([
    ['was refused', false, failing('StateMachineDoesNotExist', 400)],
    ['gave no answer', true, failing('TimeoutError')],
    ['was lost by the service', true, failing('InternalServerError', 500)],
    ['ran out of time', true, { status: 'TIMED_OUT' }],
    ['lost its last step', false, { status: 'FAILED', error: 'Lambda.Unknown' }],
  ])('knows whether an execution that %s may still run: %s', async (_, mayStillRun, answer) => {
    world.answers.set('a.csv', answer);
    await world.dispatch(messageFor('a.csv'));
    expect(world.ledger.outcomes).toMatchObject([{ mayStillRun }]);
  });

  it('leaves an attempt alone that its execution has closed', async () => {
    world.answers.set('a.csv', { status: 'FAILED', error: 'FileFailed' });
    world.ledger.renewalFault = new AttemptSuperseded('id', 1);
    expect(await world.dispatch(messageFor('a.csv'))).toEqual(['a.csv']);
    expect(world.ledger.outcomes).toEqual([]);
    expect(world.events).toEqual([]);
  });

  describe('on several records in one message', () => {
    const both = message('both', s3Event(s3Record({ key: 'a.csv' }), s3Record({ key: 'b.csv' })));

    it('runs all of them', async () => {
      expect(await world.dispatch(both)).toEqual([]);
      expect(world.executions.map(({ file }) => file.key)).toEqual(['a.csv', 'b.csv']);
    });

    it('returns the message when one fails, for the longest wait', async () => {
      world.answers.set('a.csv', { status: 'FAILED', error: 'FileFailed' });
      world.ledger.claims.set('b.csv', { outcome: 'busy', leaseUntil: NOW.getTime() + 25_000 });
      expect(await world.dispatch(both)).toEqual(['both']);
      expect(world.lastVisibility('both')).toBe(25);
    });

    it('waits for one and holds its claim when the other cannot be claimed', async () => {
      world.ledger.claims.set('a.csv', new Error('DynamoDB is down'));
      let finish = (_: ExecutionAnswer): void => undefined;
      world.answers.set('b.csv', () => new Promise((resolve) => (finish = resolve)));
      let isOver = false;
      const dispatching = world.dispatch(both).finally(() => (isOver = true));
      await jest.advanceTimersByTimeAsync(10_000);
      expect(isOver).toBe(false);
      expect(world.ledger.renewals).toMatchObject([{ key: 'b.csv' }]);
      finish({ status: 'SUCCEEDED' });
      expect(await dispatching).toEqual(['both']);
    });
  });

  describe('while an execution runs', () => {
    it('holds all messages and the claim, every ten seconds for thirty', async () => {
      let finish = (_: ExecutionAnswer): void => undefined;
      world.answers.set('slow.csv', () => new Promise((resolve) => (finish = resolve)));
      const dispatching = world.dispatch(messageFor('slow.csv'), messageFor('fast.csv'));
      await jest.advanceTimersByTimeAsync(25_000);
      const start = NOW.getTime();
      const holds = [start, start + 10_000, start + 20_000].flatMap((at) => [
        { handle: 'handle-slow.csv', seconds: 30, at },
        { handle: 'handle-fast.csv', seconds: 30, at },
      ]);
      expect(world.visibility).toEqual(holds);
      expect(world.ledger.renewals).toEqual([
        { key: 'slow.csv', leaseUntil: start + 40_000 },
        { key: 'slow.csv', leaseUntil: start + 50_000 },
      ]);
      finish({ status: 'SUCCEEDED' });
      expect(await dispatching).toEqual([]);
      await jest.advanceTimersByTimeAsync(60_000);
      expect(world.visibility).toHaveLength(holds.length);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('goes on when a hold fails', async () => {
      world.visibilityFault = new Error('SQS is down');
      world.ledger.renewalFault = new Error('DynamoDB is down');
      let finish = (_: ExecutionAnswer): void => undefined;
      world.answers.set('a.csv', () => new Promise((resolve) => (finish = resolve)));
      const dispatching = world.dispatch(messageFor('a.csv'));
      await jest.advanceTimersByTimeAsync(15_000);
      finish({ status: 'SUCCEEDED' });
      expect(await dispatching).toEqual([]);
    });
  });
});
