import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createFunction, invoke, OBEDIENT, type CreatedFunction } from './functions.ts';

let fn: CreatedFunction;

beforeAll(async () => {
  fn = await createFunction(OBEDIENT);
});

it('an error that a handler throws keeps its name, message and trace', async () => {
  const { error, answer } = await invoke(fn, { error: 'TransientFault', message: 'CODE: why' });

  expect(error).toBe(true);
  expect(answer).toEqual({
    errorType: 'TransientFault',
    errorMessage: 'CODE: why',
    trace: expect.arrayContaining([expect.stringMatching(/^\s+at .*index\.js/)]) as unknown,
  });
});

it('a thrown text has its type for a name', async () => {
  const { answer } = await invoke(fn, { text: 'just so' });

  expect(answer).toEqual({ errorType: 'string', errorMessage: 'just so', trace: [] });
});

it('the execution environment lives on after an error', async () => {
  const before = await invoke(fn, {});
  await invoke(fn, { error: 'Any' });
  const after = await invoke(fn, {});

  expect(after.answer.calls).toBe((before.answer.calls as number) + 2);
});

it.each([
  ['exits', { exit: 1 }, { errorType: 'Runtime.ExitError' }],
  ['is killed', { exit: 137 }, { errorType: 'Runtime.ExitError' }],
  [
    'leaves a rejection unhandled',
    { reject: true },
    { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'left alone' },
  ],
  [
    'throws in a timer',
    { uncaught: true },
    { errorType: 'RangeError', errorMessage: 'in a timer' },
  ],
])('a function that %s says so, and starts afresh', async (_what, event, fault) => {
  const { error, answer } = await invoke(fn, event);
  const next = await invoke(fn, {});

  expect(error).toBe(true);
  expect(answer).toMatchObject(fault);
  expect(next.answer.calls).toBe(1);
});

it('an environment that dies while it starts takes no other with it', async () => {
  const flag = join(mkdtempSync(join(tmpdir(), 'flag-')), 'flag');
  const fatal = await createFunction(
    `if (require('node:fs').existsSync(${JSON.stringify(flag)})) process.exit(1);${OBEDIENT}`,
  );
  const atWork = invoke(fatal, { sleep: 3_000, value: 'done' });
  await delay(1_500);
  writeFileSync(flag, '');
  const dead = await invoke(fatal, {});

  expect(dead.answer).toMatchObject({ errorType: 'Runtime.ExitError' });
  expect((await atWork).error).toBe(false);
});

it.each([
  ['throws', "throw new SyntaxError('in the module')", 'SyntaxError', 'in the module'],
  ['exits', 'process.exit(3)', 'Runtime.ExitError', expect.stringContaining('RequestId') as string],
])('a module that %s when it is loaded says so', async (_what, code, errorType, errorMessage) => {
  const broken = await createFunction(code);

  const { error, answer } = await invoke(broken, {});

  expect(error).toBe(true);
  expect(answer).toMatchObject({ errorType, errorMessage });
});
