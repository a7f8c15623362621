import validate from 'asl-validator';
import { STEP_TIMEOUTS } from '../../infra/pipeline/pipeline-steps.ts';
import { FILE_REJECTED } from '../../src/pipeline/dispatch/run-execution.ts';
import * as errors from '../../src/shared/errors.ts';
import { onlyResource } from '../infra/resources.ts';
import { synthesize } from '../infra/synthesize.ts';
import { delaysOf, readDefinition, readDefinitionText, statesOf, tasksOf } from './definition.ts';

const text = readDefinitionText('file-pipeline');
const definition = readDefinition('file-pipeline');
const states = statesOf(definition);
const tasks = tasksOf(definition);
const [, validateFile] = tasks[0]!;

/** Names that a thrown Millrace error can have. */
const exportedNames = Object.values(errors)
  .filter((errorClass) => errorClass !== errors.MillraceError)
  .map((errorClass) => (Reflect.construct(errorClass, ['CODE', 'reason']) as Error).name);
const AWS_ERROR = /^(States|Lambda|Runtime)\.[A-Za-z]+$/;

describe('the definition', () => {
  it('is valid Amazon States Language', () => {
    const result = validate(structuredClone(definition));

    expect(result.errorsText()).toBe('');
    expect(result.isValid).toBe(true);
  });

  it('has a placeholder for each substitution of the construct, and no other', () => {
    const placeholders = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    const machine = onlyResource(synthesize(), 'AWS::StepFunctions::StateMachine', 'FilePipeline');

    expect([...placeholders].sort()).toEqual(
      Object.keys(machine.DefinitionSubstitutions as object).sort(),
    );
  });

  it.each([
    ['ARN', /arn:/],
    ['account id', /\d{12}/],
    ['region', /[a-z]{2}-[a-z]+-\d/],
  ])('holds no %s', (_what, pattern) => {
    expect(text).not.toMatch(pattern);
  });

  it('says what it is for', () => {
    expect(definition.Comment.length).toBeGreaterThan(50);
  });
});

describe.each(states)('the state "%s"', (name, { Comment, Catch = [] }) => {
  it('has a name in title case', () => {
    expect(name).toMatch(/^[A-Z][a-z]+( [A-Z][a-z]+)*$/);
  });

  it('says what it is for', () => {
    expect(Comment).toMatch(/^[A-Z].{10,}\.$/);
  });

  it('keeps its input beside what it caught', () => {
    expect(Catch.map(({ ResultPath }) => ResultPath)).toEqual(
      Catch.map(() => expect.stringMatching(/^\$\.\w+/) as unknown),
    );
  });
});

describe('retries and catches', () => {
  const named = states.flatMap(([name, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => [name, error])),
  );

  it.each([...new Set(named.map(([, error]) => error!))])(
    '%s is an error of AWS, or the name of an exported error class',
    (error) => {
      expect(AWS_ERROR.test(error) || exportedNames.includes(error)).toBe(true);
    },
  );

  it('every Task has the same retry policy', () => {
    expect(tasks.map(([, { Retry }]) => Retry)).toEqual(tasks.map(() => validateFile.Retry));
  });

  it.each([
    'FileRejected',
    'PermanentFault',
    'AttemptSuperseded',
    'States.ALL',
    'States.TaskFailed',
  ])('%s is never retried', (error) => {
    const retried = validateFile.Retry!.flatMap(({ ErrorEquals }) => ErrorEquals);

    expect(retried).not.toContain(error);
  });

  it('a retrier says how long it waits', () => {
    const [refused, transient] = validateFile.Retry!;

    expect(refused!.Comment).toContain(`${delaysOf(refused!).join(', ')} s`);
    expect(transient!.Comment).toContain(`${delaysOf(transient!).join(', ')} s`);
  });

  it('waits for the lock of a killed step until it has lapsed', () => {
    const lock = validateFile.Retry!.find(({ ErrorEquals }) =>
      ErrorEquals.includes('StepInProgress'),
    );
    const waited = delaysOf(lock!).reduce((sum, delay) => sum + delay, 0);
    const longest = Math.max(...Object.values(STEP_TIMEOUTS).map((timeout) => timeout.toSeconds()));

    expect(waited).toBeGreaterThan(longest);
  });
});

describe('the ends', () => {
  it('the dispatcher knows a rejection by the error of the state that ends it', () => {
    const rejecting = states.filter(([, { Error }]) => Error === FILE_REJECTED);

    expect(rejecting.map(([name]) => name)).toEqual(['File Rejected']);
  });

  it('a rejection has the same name from the thrown error to the failed execution', () => {
    expect(FILE_REJECTED).toBe(new errors.FileRejected('EMPTY_FILE', 'nothing').name);
  });
});
