import { reportKeys, type Report } from '../../report/report.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatCount } from '../output/format.ts';
import { formatTable } from '../output/table.ts';
import { makeReport } from '../report/make-report.ts';
import { readRendering, readReport } from '../report/read-report.ts';
import { UserError } from '../user-error.ts';

export interface ReportOptions {
  /** Only show what is there. */
  readonly show?: boolean;
  readonly json?: boolean;
}

type Reporting = Pick<Deployment, 's3' | 'stepFunctions' | 'outputs'>;

/**
 * Makes the reports of days and shows them: one day's as text, several in a line each.
 *
 * The days come one after the other, oldest first: each report compares its day with those before.
 *
 * @param days oldest first
 * @returns the exit code: 1 when a day has no report in the end
 */
export async function report(
  deployment: Reporting,
  days: readonly string[],
  { show = false, json = false }: ReportOptions,
  console: Console,
): Promise<number> {
  const reports = new Map<string, Report>();
  for (const day of days) {
    const isThere = show || (await make(deployment, day, console));
    const found = isThere ? await readReport(deployment, day) : undefined;
    if (found !== undefined) reports.set(day, found);
  }
  if (show && reports.size === 0) throw noReport(days);
  const [made] = reports.values();
  if (days.length > 1) showDays(days, reports, json, console);
  else if (made !== undefined) await showDay(deployment, made, json, console);
  return reports.size === days.length ? 0 : 1;
}

/** Returns whether the report was made; a note says why if not. */
async function make(deployment: Reporting, day: string, console: Console): Promise<boolean> {
  console.note(`Making the report of ${day} ...`);
  const { execution, failure } = await makeReport(deployment, day);
  if (failure === undefined) return true;
  console.note(`The report of ${day} could not be made: ${failure}\nExecution: ${execution}`);
  return false;
}

function noReport(days: readonly string[]): UserError {
  const [first = '', last = first] = [days[0], days.at(-1)];
  const isRange = days.length > 1;
  return new UserError(
    `There is no report of ${isRange ? `any day from ${first} to ${last}` : first}.`,
    `Make ${isRange ? 'them' : 'it'} with "npx millrace report ${
      isRange ? `--from ${first} --to ${last}` : `--date ${first}`
    }".`,
  );
}

async function showDay(
  deployment: Reporting,
  made: Report,
  json: boolean,
  console: Console,
): Promise<void> {
  if (json) return console.result(JSON.stringify(made, null, 2));
  const text = await readRendering(deployment, made.day, 'text');
  console.result((text ?? made.headlines.join('\n')).trimEnd());
  const { html } = reportKeys(made.day);
  console.note(`\nAs a page: s3://${deployment.outputs.ReportsBucketName}/${html}`);
}

function showDays(
  days: readonly string[],
  reports: ReadonlyMap<string, Report>,
  json: boolean,
  console: Console,
): void {
  if (json) return console.result(JSON.stringify([...reports.values()], null, 2));
  const right = (title: string) => ({ title, align: 'right' as const });
  const table = formatTable(
    [
      { title: 'DAY' },
      ...['REVISION', 'FILES', 'ROWS', 'REJECTED', 'FINDINGS'].map(right),
      { title: 'KEY' },
    ],
    days.map((day) => rowOf(day, reports.get(day))),
  );
  console.result(table);
}

function rowOf(day: string, made: Report | undefined): string[] {
  if (made === undefined) return [day, '-', '-', '-', '-', '-', 'no report'];
  const { revision, files, rows, findings } = made;
  return [
    day,
    String(revision),
    ...[files.arrived, rows.read, rows.rejected].map(({ value }) =>
      formatCount(value ?? undefined),
    ),
    formatCount(findings.length),
    reportKeys(day).text,
  ];
}
