import { describeFailure, type CaughtError } from '../../shared/failure.ts';
import { InvalidDay, requestedDay } from '../resolve-day/resolve-day.ts';
import type { Mail } from './report-mail.ts';

/** An execution that could not make its report. */
export interface FailedReport {
  readonly stage: string;
  readonly execution: string;
  /** The execution's input. */
  readonly input: unknown;
  readonly error: CaughtError;
}

/** The mail that says that there is no report, and the cause that the execution shows. */
export function failureMail(
  { stage, execution, input, error }: FailedReport,
  now: Date,
): { readonly mail: Mail; readonly cause: string } {
  const day = dayOf(input, now);
  const cause = causeOf(error);
  const again = day === undefined ? '--date YYYY-MM-DD' : `--date ${day}`;
  const text = [
    `The daily report of ${day ?? 'an unknown day'} could not be made.`,
    '',
    cause,
    '',
    `Stage      ${stage}`,
    `Execution  ${execution}`,
    '',
    'No file is lost by that, and an earlier report of the day stays as it is.',
    'What to do: see "Report failed" in docs/runbook.md. When it is mended, make the report again:',
    `  npx millrace report ${again} --stage ${stage} --aws`,
    '',
  ].join('\n');
  const what = ['Millrace', stage, ...(day === undefined ? [] : [day])].join(' ');
  return { mail: { subject: `${what}: report failed`, text }, cause };
}

/** Undefined where the day is what is wrong. */
function dayOf(input: unknown, now: Date): string | undefined {
  try {
    return requestedDay(input, now);
  } catch (error) {
    if (error instanceof InvalidDay) return undefined;
    throw error;
  }
}

/** `CODE: sentence`, as of every failure. */
function causeOf(error: CaughtError): string {
  const { code, reason } = describeFailure(error);
  // Its code belongs to the report alone.
  const [, invalidDay] = /^InvalidDay: (INVALID_DAY: .*)$/s.exec(reason) ?? [];
  return invalidDay ?? `${code}: ${reason}`;
}
