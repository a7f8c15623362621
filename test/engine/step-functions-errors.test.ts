import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { clientConfig, uniqueName } from './engine.ts';
import { createFunction, OBEDIENT, type CreatedFunction } from './functions.ts';
import { run } from './state-machines.ts';

let fn: CreatedFunction;
/** A function that is always at its concurrency limit. */
let full: CreatedFunction;

beforeAll(async () => {
  fn = await createFunction(OBEDIENT);
  full = await createFunction(OBEDIENT);
  await new LambdaClient(clientConfig()).send(
    new PutFunctionConcurrencyCommand({ FunctionName: full.name, ReservedConcurrentExecutions: 0 }),
  );
});

const task = (parameters: object, rest: object = { End: true }): object => ({
  Type: 'Task',
  Resource: fn.arn,
  Parameters: parameters,
  ...rest,
});
const CAUGHT = { Type: 'Succeed' };
const catching = (...errors: string[]): object => ({
  Catch: [{ ErrorEquals: errors, ResultPath: '$.error', Next: 'Caught' }],
  End: true,
});
const retrying = (error: string, rest: object = {}): object => ({
  Retry: [{ ErrorEquals: [error], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 2, ...rest }],
});
const mapOver = (each: object, rest: object = { End: true }, others: object = {}): object => ({
  Type: 'Map',
  ItemsPath: '$.items',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Each',
    States: { Each: each, ...others },
  },
  ...rest,
});

describe('the error of a function', () => {
  it('reaches Catch by its own name, with its description as cause', async () => {
    const { status, output } = await run(
      {
        Work: task({ error: 'FileRejected', message: 'CODE: why' }, catching('FileRejected')),
        Caught: CAUGHT,
      },
      { kept: true },
    );

    const { error, ...kept } = output as { error: { Error: string; Cause: string } };
    expect(status).toBe('SUCCEEDED');
    expect(kept).toEqual({ kept: true });
    expect(error.Error).toBe('FileRejected');
    expect(JSON.parse(error.Cause)).toMatchObject({
      errorType: 'FileRejected',
      errorMessage: 'CODE: why',
    });
  });

  it('ends the execution where nothing catches it', async () => {
    const { status, error, cause } = await run({ Work: task({ error: 'TransientFault' }) });

    expect([status, error]).toEqual(['FAILED', 'TransientFault']);
    expect(JSON.parse(cause!)).toMatchObject({ errorMessage: 'as told' });
  });

  it('is not caught by another name', async () => {
    const { error } = await run({
      Work: task({ error: 'TransientFault' }, catching('FileRejected')),
      Caught: CAUGHT,
    });

    expect(error).toBe('TransientFault');
  });

  it('that died is Runtime.ExitError', async () => {
    expect(await run({ Work: task({ exit: 137 }) })).toMatchObject({ error: 'Runtime.ExitError' });
  });

  it('over its concurrency limit is Lambda.TooManyRequestsException', async () => {
    const { error } = await run({ Work: { Type: 'Task', Resource: full.arn, End: true } });

    expect(error).toBe('Lambda.TooManyRequestsException');
  });
});

describe('Retry', () => {
  it('tries a task again on the errors it names', async () => {
    const { output } = await run({
      Work: task(
        { key: uniqueName('task'), error: 'TransientFault', times: 1 },
        { ...retrying('TransientFault'), End: true },
      ),
    });

    expect(output).toMatchObject({ tries: 2 });
  });

  it('tries a whole Map again', async () => {
    const key = uniqueName('map');
    const processor = task({ 'key.$': '$.key', 'error.$': '$.error', times: 1 });

    const { output } = await run(
      { Each: mapOver(processor, { ...retrying('TransientFault'), End: true }) },
      { items: [{ key, error: 'TransientFault' }] },
    );

    expect(output).toMatchObject([{ tries: 2 }]);
  });

  it('gives up after MaxAttempts', async () => {
    const key = uniqueName('task');
    const faulty = task(
      { key, error: 'TransientFault' },
      { ...retrying('TransientFault', { MaxAttempts: 1 }), End: true },
    );

    expect(await run({ Work: faulty })).toMatchObject({ error: 'TransientFault' });
    expect(await run({ Work: task({ key }) })).toMatchObject({ output: { tries: 3 } });
  });

  it('waits no longer than MaxDelaySeconds', async () => {
    const retry = retrying('TransientFault', { BackoffRate: 100, MaxDelaySeconds: 2 });
    const started = Date.now();

    const { status } = await run({
      Work: task(
        { key: uniqueName('task'), error: 'TransientFault', times: 2 },
        { ...retry, End: true },
      ),
    });

    const seconds = (Date.now() - started) / 1_000;
    expect(status).toBe('SUCCEEDED');
    expect(seconds).toBeGreaterThan(2.9);
    expect(seconds).toBeLessThan(5);
  });

  it('spreads its waits where JitterStrategy is FULL', async () => {
    const { output } = await run(
      {
        Each: mapOver(
          {
            Type: 'Task',
            Resource: full.arn,
            ...retrying('States.ALL', { MaxAttempts: 1, JitterStrategy: 'FULL' }),
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Given Up' }],
            End: true,
          },
          { End: true },
          {
            'Given Up': { Type: 'Pass', Parameters: { 'at.$': '$$.State.EnteredTime' }, End: true },
          },
        ),
      },
      { items: Array.from({ length: 12 }, (_, index) => index) },
    );

    const times = (output as { at: string }[]).map(({ at }) => Date.parse(at));
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(100);
  });
});

describe('Catch', () => {
  it('of a Map takes the error of one of its items by its name', async () => {
    const { output } = await run(
      {
        Each: mapOver(task({ 'error.$': '$' }), catching('FileRejected')),
        Caught: CAUGHT,
      },
      { items: ['FileRejected'] },
    );

    expect(output).toMatchObject({ error: { Error: 'FileRejected' }, items: ['FileRejected'] });
  });

  it('of a Parallel takes the error of one of its branches by its name', async () => {
    const branch = { StartAt: 'One', States: { One: task({ error: 'FileRejected' }) } };

    const { output } = await run({
      Both: { Type: 'Parallel', Branches: [branch], ...catching('FileRejected') },
      Caught: CAUGHT,
    });

    expect(output).toMatchObject({ error: { Error: 'FileRejected' } });
  });

  it.each([
    ['States.ALL', 'TransientFault'],
    ['States.TaskFailed', 'TransientFault'],
  ])('%s takes %s', async (wildcard, error) => {
    const { status } = await run({ Work: task({ error }, catching(wildcard)), Caught: CAUGHT });

    expect(status).toBe('SUCCEEDED');
  });

  it.each([
    ['States.ALL', 'a task', (each: object, rest: object) => ({ ...each, ...rest })],
    ['States.TaskFailed', 'a task', (each: object, rest: object) => ({ ...each, ...rest })],
    ['States.ALL', 'a Map', mapOver],
    ['States.TaskFailed', 'a Map', mapOver],
  ])(
    '%s of %s takes neither States.Runtime nor States.DataLimitExceeded',
    async (wildcard, _what, around) => {
      const missing = around(task({ 'value.$': '$.missing' }), catching(wildcard));
      const large = around(task({ size: 300_000 }), catching(wildcard));

      const ends = [
        await run({ Work: missing, Caught: CAUGHT }, { items: [{}] }),
        await run({ Work: large, Caught: CAUGHT }, { items: [{}] }),
      ];

      expect(ends).toMatchObject([
        { status: 'FAILED', error: 'States.Runtime' },
        { status: 'FAILED', error: 'States.DataLimitExceeded' },
      ]);
    },
  );
});

describe('Fail', () => {
  it('reads error and cause from its input', async () => {
    const { status, error, cause } = await run(
      { Ended: { Type: 'Fail', ErrorPath: '$.error', CausePath: '$.why.text' } },
      { error: 'FileFailed', why: { text: 'CODE: why' } },
    );

    expect([status, error, cause]).toEqual(['FAILED', 'FileFailed', 'CODE: why']);
  });
});

describe('TimeoutSeconds', () => {
  it('of a task ends it with States.Timeout, which can be caught', async () => {
    const slow = task({ sleep: 3_000 }, { TimeoutSeconds: 1, ...catching('States.Timeout') });
    const started = Date.now();

    const { output } = await run({ Work: slow, Caught: CAUGHT });

    expect(output).toMatchObject({ error: { Error: 'States.Timeout' } });
    expect(Date.now() - started).toBeLessThan(2_500);
  });

  it('of the machine ends the execution as TIMED_OUT', async () => {
    const started = Date.now();

    const { status, output } = await run(
      { Work: task({ sleep: 3_000 }) },
      {},
      { timeoutSeconds: 1 },
    );

    expect([status, output]).toEqual(['TIMED_OUT', undefined]);
    expect(Date.now() - started).toBeLessThan(2_500);
  });
});
