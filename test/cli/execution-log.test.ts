import { executionHistory, type LoggedEvent } from '../../src/cli/execution-log.ts';

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
