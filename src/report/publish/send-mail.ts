import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { Environment, requiredString } from '../../shared/environment.ts';
import type { Mail } from './report-mail.ts';

/** Sends a mail to whoever gets the reports. */
export async function sendMail(sns: SNSClient, { subject, text }: Mail): Promise<void> {
  const TopicArn = requiredString(Environment.MAIL_TOPIC_ARN);
  await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: text }));
}
