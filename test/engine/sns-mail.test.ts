import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientConfig, engineUnderTest, uniqueName } from './engine.ts';

const sns = new SNSClient(clientConfig());
const folder = engineUnderTest().home.mailFolder;

async function topicWith(filterPolicy?: object): Promise<{ topic: string; recipient: string }> {
  const recipient = `${uniqueName('reader')}@example.com`;
  const { TopicArn } = await sns.send(
    new CreateTopicCommand({
      Name: uniqueName('topic'),
      Attributes: { DisplayName: 'Millrace Tests' },
    }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'email',
      Endpoint: recipient,
      ...(filterPolicy && { Attributes: { FilterPolicy: JSON.stringify(filterPolicy) } }),
    }),
  );
  return { topic: TopicArn!, recipient };
}

/** The mails to a recipient as they are kept. */
function mailsTo(recipient: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((mail) => mail.includes(`To: ${recipient}`));
}

it('a mail is kept as a file that a mail program opens', async () => {
  const { topic, recipient } = await topicWith();
  const Message = `Größe: 12 €\n${'x'.repeat(2_000)}\n\nEnd`;

  await sns.send(new PublishCommand({ TopicArn: topic, Subject: 'Daily: 1 file', Message }));

  const [mail] = mailsTo(recipient);
  const [head, body] = mail!
    .split('\r\n\r\n', 1)
    .concat(mail!.slice(mail!.indexOf('\r\n\r\n') + 4));
  expect(head).toContain('From: Millrace Tests <no-reply@sns.amazonaws.com>');
  expect(head).toContain('Subject: Daily: 1 file');
  expect(head).toContain('Content-Type: text/plain; charset="utf-8"');
  expect(body!.replaceAll('\r\n', '\n').trimEnd()).toBe(Message);
});

it('a mail without a subject has the one of SNS', async () => {
  const { topic, recipient } = await topicWith();

  await sns.send(new PublishCommand({ TopicArn: topic, Message: 'text' }));

  expect(mailsTo(recipient)).toEqual([
    expect.stringContaining('Subject: AWS Notification Message'),
  ]);
});

it('only what passes the filter of the subscription is mailed', async () => {
  const { topic, recipient } = await topicWith({ kind: ['report'] });
  const publish = (kind: string): PublishCommand =>
    new PublishCommand({
      TopicArn: topic,
      Message: `a ${kind}`,
      MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
    });

  await sns.send(publish('alarm'));
  await sns.send(publish('report'));

  expect(mailsTo(recipient)).toEqual([expect.stringContaining('a report')]);
});
