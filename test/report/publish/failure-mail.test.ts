import { failureMail } from '../../../src/report/publish/failure-mail.ts';

const NOW = new Date('2026-11-20T08:05:00.000Z');
const lambdaCause = (errorType: string, errorMessage: string): string =>
  JSON.stringify({ errorType, errorMessage, trace: ['at …'] });

const failed = {
  stage: 'prod',
  execution: 'execution-1',
  input: { scheduledTime: '2026-11-20T08:00:00Z' },
  error: { Error: 'PermanentFault', Cause: lambdaCause('PermanentFault', 'ACCESS_DENIED: no') },
};

it('says which day has no report, why, and how to make it', () => {
  const { mail, cause } = failureMail(failed, NOW);

  expect(mail.subject).toBe('Millrace prod 2026-11-19: report failed');
  expect(cause).toBe('ACCESS_DENIED: no');
  for (const part of [
    'The daily report of 2026-11-19 could not be made.',
    'ACCESS_DENIED: no',
    'execution-1',
    'docs/runbook.md',
    'npx millrace report --date 2026-11-19 --stage prod --aws',
  ]) {
    expect(mail.text).toContain(part);
  }
});

it('has a subject that SNS takes and lines that a mail shows whole', () => {
  const { mail } = failureMail({ ...failed, stage: 'x'.repeat(16) }, NOW);

  expect(mail.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  for (const line of mail.text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

it('does without the day where the day is what is wrong', () => {
  const error = {
    Error: 'InvalidDay',
    Cause: lambdaCause('InvalidDay', 'INVALID_DAY: "x" is none'),
  };

  const { mail, cause } = failureMail({ ...failed, input: { day: 'x' }, error }, NOW);

  expect(cause).toBe('INVALID_DAY: "x" is none');
  expect(mail.subject).toBe('Millrace prod: report failed');
  expect(mail.text).toContain('an unknown day');
});

it.each([
  [{ Error: 'States.Timeout' }, 'STEP_TIMED_OUT: States.Timeout'],
  [
    { Error: 'TypeError', Cause: lambdaCause('TypeError', 'x is not a function') },
    'UNEXPECTED_ERROR: TypeError: x is not a function',
  ],
])('has a stable code for every error: %j', (error, cause) => {
  expect(failureMail({ ...failed, error }, NOW).cause).toBe(cause);
});
