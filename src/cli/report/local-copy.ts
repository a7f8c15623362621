import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LocalHome } from '../../../infra/local/local-home.ts';
import { reportKeys } from '../../report/report.ts';
import type { Deployment } from '../deployment.ts';
import { readRendering } from './read-report.ts';

const FORMS = ['html', 'text', 'json'] as const;

/**
 * Copies a day's report from the reports bucket to `reports/<day>/` in the home of the local AWS.
 *
 * @returns path of the page
 */
export async function copyReport(
  deployment: Pick<Deployment, 's3' | 'outputs'>,
  day: string,
  home: LocalHome,
): Promise<string> {
  const folder = home.folder('reports', day);
  const keys = reportKeys(day);
  for (const form of FORMS) {
    const content = (await readRendering(deployment, day, form)) ?? '';
    writeFileSync(join(folder, basename(keys[form])), content);
  }
  return join(folder, basename(keys.html));
}

/** The newest mail that the local AWS has kept since an instant, in milliseconds since 1970. */
export function newestMail(home: LocalHome, since: number): string | undefined {
  const mails = readdirSync(home.mailFolder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => join(home.mailFolder, name))
    .filter((path) => statSync(path).mtimeMs >= since);
  // Their names begin with the time.
  return mails.sort().at(-1);
}
