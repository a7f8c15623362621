import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  executionHistory,
  readExecutionEvents,
  type LoggedEvent,
} from '../../src/cli/execution-log.ts';

const START = Date.parse('2026-11-20T08:00:00.000Z');

/** Events in the order given, each following the one named by `after` (by default the one before). */
function events(
  ...specs: { type: string; details?: Record<string, unknown>; after?: number }[]
): LoggedEvent[] {
  return specs.map(({ type, details = {}, after }, index) => ({
    id: String(index + 1),
    type,
    details,
    previous_event_id: String(after ?? index),
    event_timestamp: String(START + index * 10),
    execution_arn: 'arn:aws:states:us-east-1:123456789012:express:machine:name:uuid',
  }));
}

const entered = (name: string, type = 'Task', input = '{"n":1}') => ({
  type: `${type}StateEntered`,
  details: { name, input },
});
const exited = (name: string, type = 'Task', output = '{"n":2}') => ({
  type: `${type}StateExited`,
  details: { name, output },
});
const scheduled = { type: 'LambdaFunctionScheduled' };
const failed = (error: string) => ({
  type: 'LambdaFunctionFailed',
  details: { error, cause: 'why' },
});

describe('the history of an execution', () => {
  it('is nothing without events', () => {
    expect(executionHistory([])).toBeUndefined();
  });

  it('tells times, input and output of execution and states', () => {
    const history = executionHistory(
      events(
        { type: 'ExecutionStarted', details: { input: '{"file":"a"}' } },
        entered('Validate File'),
        scheduled,
        { type: 'LambdaFunctionSucceeded' },
        exited('Validate File'),
        { type: 'ExecutionSucceeded', details: { output: '{"done":true}' } },
      ),
    );
    expect(history).toMatchObject({
      status: 'SUCCEEDED',
      startedAt: '2026-11-20T08:00:00.000Z',
      endedAt: '2026-11-20T08:00:00.050Z',
      input: { file: 'a' },
      output: { done: true },
      states: [
        {
          name: 'Validate File',
          type: 'Task',
          enteredAt: '2026-11-20T08:00:00.010Z',
          exitedAt: '2026-11-20T08:00:00.040Z',
          tries: 1,
          input: { n: 1 },
          output: { n: 2 },
        },
      ],
    });
  });

  it('is the same in whatever order the events come', () => {
    const ordered = events(
      { type: 'ExecutionStarted', details: { input: '{}' } },
      entered('Validate File'),
      scheduled,
      exited('Validate File'),
    );
    expect(executionHistory(ordered.toReversed())).toEqual(executionHistory(ordered));
  });

  it('counts the tries of a task and shows its last error', () => {
    const history = executionHistory(
      events(
        { type: 'ExecutionStarted', details: { input: '{}' } },
        entered('Write Outputs'),
        scheduled,
        failed('TransientFault'),
        scheduled,
        failed('StepInProgress'),
        scheduled,
        exited('Write Outputs'),
      ),
    );
    expect(history!.states).toMatchObject([{ tries: 3, error: 'StepInProgress', cause: 'why' }]);
  });

  it('shows a caught error with the state that it left', () => {
    const history = executionHistory(
      events(
        { type: 'ExecutionStarted', details: { input: '{}' } },
        entered('Validate File'),
        scheduled,
        failed('FileRejected'),
        exited('Validate File'),
        entered('File Rejected', 'Fail'),
        { type: 'ExecutionFailed', details: { error: 'FileRejected', cause: 'EMPTY_FILE: …' } },
      ),
    );
    expect(history).toMatchObject({
      status: 'FAILED',
      error: 'FileRejected',
      cause: 'EMPTY_FILE: …',
      states: [{ name: 'Validate File', error: 'FileRejected' }, { name: 'File Rejected' }],
    });
  });

  it('keeps the branches of a Map apart, though their events are mixed', () => {
    const history = executionHistory(
      events(
        { type: 'ExecutionStarted', details: { input: '{}' } }, // 1
        entered('Chunks', 'Map'), // 2
        { type: 'MapStateStarted' }, // 3
        entered('Chunk', 'Task', '"first"'), // 4
        { ...entered('Chunk', 'Task', '"second"'), after: 3 }, // 5
        { ...scheduled, after: 4 }, // 6
        { ...scheduled, after: 5 }, // 7
        { ...exited('Chunk', 'Task', '"second done"'), after: 7 }, // 8
        { ...exited('Chunk', 'Task', '"first done"'), after: 6 }, // 9
        { ...exited('Chunks', 'Map', '"all done"'), after: 9 }, // 10
      ),
    );
    expect(history!.states).toMatchObject([
      { name: 'Chunks', output: 'all done' },
      { name: 'Chunk', input: 'first', output: 'first done' },
      { name: 'Chunk', input: 'second', output: 'second done' },
    ]);
  });

  it('is RUNNING until an end is logged', () => {
    const history = executionHistory(events({ type: 'ExecutionStarted', details: {} }));
    expect(history).toMatchObject({ status: 'RUNNING', states: [] });
    expect(history!.endedAt).toBeUndefined();
  });
});

/** CloudWatch Logs with these lines. */
function logsOf(lines: readonly string[]): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({ region: 'us-east-1' });
  const answer = { $metadata: {}, events: lines.map((message) => ({ message })) };
  client.middlewareStack.add(() => () => Promise.resolve({ output: answer, response: {} }), {
    step: 'initialize',
  });
  return client;
}

describe('the log of an execution', () => {
  const [event] = events({ type: 'ExecutionStarted' });
  const line = JSON.stringify(event);

  async function read(...lines: string[]) {
    let unreadable = 0;
    const found = await readExecutionEvents(logsOf(lines), '/machine', {
      name: 'name',
      from: new Date(START),
      to: new Date(START),
      onUnreadable: () => (unreadable += 1),
    });
    return { found, unreadable };
  }

  it.each([
    ['truncated', line.slice(0, -20)],
    ['empty', ''],
    ['no object', 'null'],
    ['without a type', JSON.stringify({ ...event, type: undefined })],
    ['without a time', JSON.stringify({ ...event, event_timestamp: 'soon' })],
  ])('loses but a line that is %s, and counts it', async (_, odd) => {
    expect(await read(line, odd, line)).toEqual({ found: [event, event], unreadable: 1 });
  });

  it('leaves out the lines of other executions', async () => {
    const other = JSON.stringify({ ...event, execution_arn: 'arn:aws:states:::express:m:other:1' });
    expect(await read(other, line)).toEqual({ found: [event], unreadable: 0 });
  });
});
