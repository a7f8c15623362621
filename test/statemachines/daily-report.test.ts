import validate from 'asl-validator';
import * as errors from '../../src/shared/errors.ts';
import { onlyResource } from '../infra/resources.ts';
import { synthesize } from '../infra/synthesize.ts';
import { delaysOf, readDefinition, readDefinitionText, statesOf, tasksOf } from './definition.ts';

const text = readDefinitionText('daily-report');
const definition = readDefinition('daily-report');
const states = statesOf(definition);
const tasks = tasksOf(definition);
const [, resolveDay] = tasks[0]!;

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
    const machine = onlyResource(synthesize(), 'AWS::StepFunctions::StateMachine', 'DailyReport');

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
  const named = states.flatMap(([, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
  );

  it.each([...new Set(named)])(
    '%s is an error of AWS, or the name of an exported error class',
    (error) => {
      expect(AWS_ERROR.test(error) || exportedNames.includes(error)).toBe(true);
    },
  );

  it('every Task has the same retry policy', () => {
    expect(tasks.map(([, { Retry }]) => Retry)).toEqual(tasks.map(() => resolveDay.Retry));
  });

  it('a retrier says how long it waits', () => {
    for (const retrier of resolveDay.Retry!) {
      expect(retrier.Comment).toContain(`${delaysOf(retrier).join(', ')} s`);
    }
  });

  it('no failure goes by in silence: everything that can fail is caught', () => {
    const failing = states.filter(([, { Type }]) => Type === 'Task' || Type === 'Map');

    for (const [, { Catch = [] }] of failing) {
      expect(Catch.flatMap(({ ErrorEquals }) => ErrorEquals)).toContain('States.ALL');
    }
  });

  it('the machine outlasts all tries of all states, one after the other', () => {
    const retry = resolveDay.Retry!.find(({ ErrorEquals }) =>
      ErrorEquals.includes('TransientFault'),
    )!;
    const waits = delaysOf(retry).reduce((sum, delay) => sum + delay, 0);
    const longest = tasks.map(
      ([, { TimeoutSeconds }]) => (retry.MaxAttempts + 1) * TimeoutSeconds! + waits,
    );

    expect(definition.TimeoutSeconds).toBeGreaterThan(longest.reduce((sum, time) => sum + time, 0));
  });
});
