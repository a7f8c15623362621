import {
  StartExecutionCommand,
  StartSyncExecutionCommand,
  type StartSyncExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { uniqueName } from './engine.ts';
import { createFunction, OBEDIENT, type CreatedFunction } from './functions.ts';
import { createMachine, execute, run, stepFunctions } from './state-machines.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-engine-'));
let fn: CreatedFunction;
let machine: string;

beforeAll(async () => {
  fn = await createFunction(OBEDIENT);
  machine = await createMachine({ Echo: { Type: 'Pass', End: true } });
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (input: Partial<StartSyncExecutionCommandInput>) =>
  stepFunctions().send(new StartSyncExecutionCommand({ stateMachineArn: machine, ...input }));

/** How often a function has left its mark in a file. */
const marksIn = (file: string): number => readFileSync(file, 'utf8').trim().split('\n').length;

describe('StartSyncExecution', () => {
  it('answers with the output and what it is billed for', async () => {
    const answer = await start({ name: 'told', input: '{"a":1}' });

    expect(answer).toMatchObject({ status: 'SUCCEEDED', name: 'told', output: '{"a": 1}' });
    expect(answer).not.toHaveProperty('error');
    expect(answer.billingDetails).toEqual({
      billedMemoryUsedInMB: 64,
      billedDurationInMilliseconds: expect.any(Number) as number,
    });
    expect(answer.executionArn).toMatch(/:express:machine-\w+:told:[0-9a-f-]{36}$/);
  });

  it('runs the same name twice', async () => {
    const [first, second] = [await start({ name: 'twice' }), await start({ name: 'twice' })];

    expect([first.status, second.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(first.executionArn).not.toBe(second.executionArn);
  });

  it('answers a failed execution without an exception, and without an output', async () => {
    const failing = await createMachine({ Ended: { Type: 'Fail', Error: 'Any', Cause: 'none' } });

    const answer = await start({ stateMachineArn: failing });

    expect(answer).toMatchObject({ status: 'FAILED', error: 'Any', cause: 'none' });
    expect(answer).not.toHaveProperty('output');
  });

  it.each([
    ['a name with a space', { name: 'a b' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'a'.repeat(81) }, 'InvalidName'],
    ['an input that is not JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['an input over 256 KiB', { input: `"${'a'.repeat(262_144)}"` }, 'ValidationException'],
  ])('refuses %s', async (_what, input, name) => {
    await expect(start(input)).rejects.toMatchObject({ name });
  });

  it('refuses a machine that does not exist, and one that is not Express', async () => {
    const standard = await createMachine(
      { Echo: { Type: 'Pass', End: true } },
      { type: 'STANDARD' },
    );

    await expect(start({ stateMachineArn: `${machine}-gone` })).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    await expect(start({ stateMachineArn: standard })).rejects.toMatchObject({
      name: 'StateMachineTypeNotSupported',
    });
  });
});

describe('StartExecution of an Express machine', () => {
  it('answers before the end, and runs the same name twice', async () => {
    const file = join(folder, uniqueName('async'));
    const slow = await createMachine({
      Work: { Type: 'Task', Resource: fn.arn, Parameters: { sleep: 300, mark: file }, End: true },
    });
    const command = new StartExecutionCommand({ stateMachineArn: slow, name: 'twice' });
    const started = Date.now();

    const first = await stepFunctions().send(command);
    const second = await stepFunctions().send(command);

    expect(Date.now() - started).toBeLessThan(300);
    expect(first.executionArn).not.toBe(second.executionArn);
    await eventually('both run', () => {
      try {
        return marksIn(file) === 2 ? true : undefined;
      } catch {
        return undefined;
      }
    });
  });
});

describe('an execution that has ended', () => {
  it('starts no further task', async () => {
    const file = join(folder, uniqueName('late'));
    const faulty = {
      Type: 'Task',
      Resource: fn.arn,
      Parameters: { error: 'TransientFault', mark: file },
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3 }],
      End: true,
    };

    const { status } = await run({ Work: faulty }, {}, { timeoutSeconds: 1 });
    await delay(1_500);

    expect(status).toBe('TIMED_OUT');
    expect(marksIn(file)).toBe(1);
  });
});

describe('the states inside', () => {
  const tell = (rest: object): object => ({
    StartAt: 'Wait',
    States: {
      Wait: {
        Type: 'Task',
        Resource: fn.arn,
        Parameters: { sleep: 100 },
        ResultPath: null,
        Next: 'Tell',
      },
      Tell: { Type: 'Pass', Parameters: rest, End: true },
    },
  });

  it('a Map know their item', async () => {
    const { output } = await execute(
      await createMachine({
        Each: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemSelector: { 'item.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index' },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'INLINE' },
            ...tell({ 'item.$': '$.item', 'index.$': '$.index', 'state.$': '$$.State.Name' }),
          },
          End: true,
        },
      }),
      { items: ['a', 'b', 'c'] },
    );

    expect(output).toEqual([
      { item: 'a', index: 0, state: 'Tell' },
      { item: 'b', index: 1, state: 'Tell' },
      { item: 'c', index: 2, state: 'Tell' },
    ]);
  });

  it('a Parallel know their own name, whatever the other branch is at', async () => {
    const slow = {
      StartAt: 'Slow',
      States: {
        Slow: {
          Type: 'Task',
          Resource: fn.arn,
          Parameters: { 'value.$': '$$.State.Name', sleep: 200 },
          ResultPath: null,
          Next: 'Slow Tell',
        },
        'Slow Tell': { Type: 'Pass', Parameters: { 'state.$': '$$.State.Name' }, End: true },
      },
    };
    const { output } = await run({
      Both: { Type: 'Parallel', Branches: [slow, tell({ 'state.$': '$$.State.Name' })], End: true },
    });

    expect(output).toEqual([{ state: 'Slow Tell' }, { state: 'Tell' }]);
  });
});
