import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Report, reportKeys } from '../../report/report.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';

type Source = Pick<Deployment, 's3' | 'outputs'>;

/**
 * The report of a day as data; undefined where there is none.
 *
 * @throws UserError when another version of Millrace wrote it
 */
export async function readReport(source: Source, day: string): Promise<Report | undefined> {
  const text = await readObject(source, reportKeys(day).json);
  if (text === undefined) return undefined;
  const { data } = Report.safeParse(JSON.parse(text));
  if (data !== undefined) return data;
  throw new UserError(
    `The report of ${day} cannot be read: another version of Millrace wrote it.`,
    `Make it again with "npx millrace report --date ${day}".`,
  );
}

/** One of the three objects of a day's report; undefined where there is none. */
export async function readRendering(
  source: Source,
  day: string,
  form: keyof ReturnType<typeof reportKeys>,
): Promise<string | undefined> {
  return readObject(source, reportKeys(day)[form]);
}

async function readObject({ s3, outputs }: Source, key: string): Promise<string | undefined> {
  try {
    const object = { Bucket: outputs.ReportsBucketName, Key: key };
    const { Body } = await s3.send(new GetObjectCommand(object));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}
