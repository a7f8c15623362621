import { AggregateInput } from '../../src/report/aggregate/aggregate.handler.ts';
import { failureMail } from '../../src/report/publish/failure-mail.ts';
import {
  MailFailureInput,
  PublishInput,
  type MailFailureInput as FailureInput,
} from '../../src/report/publish/publish-input.ts';
import { RenderInput } from '../../src/report/render/render.handler.ts';
import { reportKeys } from '../../src/report/report.ts';
import { resolveDay } from '../../src/report/resolve-day/resolve-day.ts';
import { ResolveDayInput } from '../../src/report/resolve-day/resolve-day.handler.ts';
import { runMachine, type Faults, type Run, type Step } from './run-machine.ts';

/** When every run takes place. */
const NOW = new Date('2026-11-20T08:00:03.000Z');

export const RENDERED = {
  day: '2026-11-19',
  revision: 1,
  keys: reportKeys('2026-11-19'),
  subject: 'Millrace test 2026-11-19: 12 files',
};

export const counted = (hour: number) => ({ hour, key: `work/execution-1/${hour}.json`, files: 1 });

/** A stand-in for the function behind each Task: it takes what the function takes. */
const STEPS: Readonly<Record<string, Step>> = {
  'Resolve Day': {
    schema: ResolveDayInput,
    work: (request: { input: unknown; execution: string }) =>
      resolveDay(request, { now: NOW, concurrency: 24 }),
  },
  'Aggregate Hour': { schema: AggregateInput, work: ({ hour }: { hour: number }) => counted(hour) },
  'Render Report': { schema: RenderInput, work: () => RENDERED },
  'Publish Report': { schema: PublishInput, work: ({ subject }: PublishInput) => ({ subject }) },
  'Mail Failure': {
    schema: MailFailureInput,
    work: (failed: FailureInput) => ({
      cause: failureMail({ ...failed, stage: 'test' }, NOW).cause,
    }),
  },
};

/** Runs the daily report as the schedule starts it, or with another input. */
export function runDailyReport(
  faults: Faults = {},
  input: unknown = { scheduledTime: '2026-11-20T08:00:00Z' },
): Promise<Run> {
  return runMachine({ name: 'daily-report', steps: STEPS, input, faults });
}

/** The schema of what the function behind a Task takes. */
export const schemaOf = (task: string): Step['schema'] => STEPS[task]!.schema;
