import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { Environment, requiredString } from '../../shared/environment.ts';
import { taskHandler } from '../../shared/task-handler.ts';
import { PublishInput } from './publish-input.ts';
import { reportMail } from './report-mail.ts';
import { sendMail } from './send-mail.ts';

const s3 = new S3Client();
const sns = new SNSClient();

/** Last step of the daily report: mails its text, and where to find the rest. */
export const handler = taskHandler({
  name: 'publish-report',
  input: PublishInput,
  identity: ({ day, revision }) => ({ day, revision }),
  work: async ({ subject, keys }) => {
    const bucket = requiredString(Environment.REPORTS_BUCKET);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keys.text }));
    const text = (await Body?.transformToString()) ?? '';
    await sendMail(sns, reportMail(subject, text, { bucket, keys }));
    return { subject };
  },
});
