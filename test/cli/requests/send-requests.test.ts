import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import type { Deployment } from '../../../src/cli/deployment.ts';
import { sendRequests } from '../../../src/cli/requests/send-requests.ts';
import type { FileRequest } from '../../../src/shared/file-request.ts';
import { announcedFiles } from '../../../src/pipeline/dispatch/announced-files.ts';
import { fileVersion } from '../../support/files.ts';

const NOW = new Date('2026-11-20T16:00:00.000Z');

const requestsOf = (count: number): FileRequest[] =>
  Array.from({ length: count }, (_, index) => ({
    file: fileVersion({ key: `in/${index}.csv` }),
    arrivedAt: NOW.toISOString(),
    operationId: 'operation',
  }));

/** A deployment whose queue refuses some keys for their first so many times. */
function deploymentThat(refuses: Readonly<Record<string, number>>) {
  const batches: string[][] = [];
  const accepted: string[] = [];
  const refusals = new Map(Object.entries(refuses));
  const send = ({ input }: { input: SendMessageBatchCommandInput }) => {
    const entries = input.Entries!.map(({ Id, MessageBody }) => {
      const [announced] = announcedFiles(MessageBody!);
      return { Id, key: announced!.file.key };
    });
    batches.push(entries.map(({ key }) => key));
    const Failed = entries.flatMap(({ Id, key }) => {
      const left = refusals.get(key) ?? 0;
      if (left === 0) accepted.push(key);
      refusals.set(key, Math.max(0, left - 1));
      return left === 0 ? [] : [{ Id, Code: 'InternalError', Message: 'try again' }];
    });
    return Promise.resolve({ Failed });
  };
  const made = { sqs: { send }, outputs: { IngestQueueUrl: 'queue' } };
  return { deployment: made as unknown as Deployment, batches, accepted };
}

it('requests are sent ten at a time, as the dispatcher reads them', async () => {
  const { deployment, batches } = deploymentThat({});

  expect(await sendRequests(deployment, requestsOf(23), NOW)).toBe(23);
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 3]);
  expect(batches.flat()).toEqual(requestsOf(23).map(({ file }) => file.key));
});

it('what the queue refuses is sent again, and nothing else', async () => {
  const { deployment, batches } = deploymentThat({ 'in/1.csv': 2, 'in/3.csv': 1 });

  expect(await sendRequests(deployment, requestsOf(5), NOW)).toBe(5);
  expect(batches.slice(1)).toEqual([['in/1.csv', 'in/3.csv'], ['in/1.csv']]);
});

it('files that the queue goes on refusing are named, and the others are sent', async () => {
  const { deployment, accepted } = deploymentThat({ 'in/4.csv': Infinity });

  await expect(sendRequests(deployment, requestsOf(12), NOW)).rejects.toThrow(
    'The ingest queue refused 1 of 12 requests:\n  in/4.csv: InternalError try again',
  );
  expect(accepted).toHaveLength(11);
});
