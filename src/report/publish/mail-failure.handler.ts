import { SNSClient } from '@aws-sdk/client-sns';
import { Environment, requiredString } from '../../shared/environment.ts';
import { taskHandler } from '../../shared/task-handler.ts';
import { failureMail } from './failure-mail.ts';
import { MailFailureInput } from './publish-input.ts';
import { sendMail } from './send-mail.ts';

const sns = new SNSClient();

/**
 * Step of a daily report that could not be made: mails so, and why.
 *
 * @returns the cause that the execution shows
 */
export const handler = taskHandler({
  name: 'mail-failure',
  input: MailFailureInput,
  identity: ({ execution }) => ({ execution }),
  work: async (failed) => {
    const stage = requiredString(Environment.STAGE);
    const { mail, cause } = failureMail({ ...failed, stage }, new Date());
    await sendMail(sns, mail);
    return { cause };
  },
});
