import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { requestFiles } from '../../../src/cli/operate/request-files.ts';
import { readFileRequest } from '../../../src/shared/file-request.ts';
import { fileVersion } from '../../support/files.ts';

const requests = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    file: fileVersion({ key: `in/${index}.csv` }),
    arrivedAt: '2026-11-20T16:00:00.000Z',
    operationId: 'o1',
  }));

interface Refusal {
  readonly key: string;
  readonly SenderFault: boolean;
  times: number;
}

/** A queue that refuses the messages of some keys so many times. */
function queue(...refusals: Refusal[]) {
  const taken: string[] = [];
  const sizes: number[] = [];
  const send = ({ input }: SendMessageBatchCommand) => {
    sizes.push(input.Entries!.length);
    const Failed = input.Entries!.flatMap(({ Id, MessageBody }) => {
      const { key } = readFileRequest(JSON.parse(MessageBody!))!.file;
      const refusal = refusals.find((one) => one.key === key && one.times > 0);
      if (refusal === undefined) taken.push(key);
      else refusal.times -= 1;
      return refusal === undefined
        ? []
        : [{ Id, SenderFault: refusal.SenderFault, Code: 'Refused', Message: 'no' }];
    });
    return Promise.resolve({ Failed });
  };
  const outputs = { IngestQueueUrl: 'https://queue' } as never;
  const sqs = { send } as unknown as SQSClient;
  return { deployment: { sqs, outputs, stackName: 'Millrace-test' }, taken, sizes };
}

it('requests go ten at a time', async () => {
  const { deployment, sizes, taken } = queue();
  expect(await requestFiles(deployment, requests(23))).toEqual([]);
  expect(sizes).toEqual([10, 10, 3]);
  expect(new Set(taken).size).toBe(23);
});

it('what the queue could not take is sent again, and nothing else', async () => {
  const { deployment, sizes, taken } = queue({ key: 'in/1.csv', SenderFault: false, times: 1 });
  expect(await requestFiles(deployment, requests(3))).toEqual([]);
  expect(sizes).toEqual([3, 1]);
  expect(taken).toEqual(['in/0.csv', 'in/2.csv', 'in/1.csv']);
});

it('what the queue will never take is told, and why', async () => {
  const { deployment, sizes } = queue({ key: 'in/1.csv', SenderFault: true, times: 9 });
  const unsent = await requestFiles(deployment, requests(3));
  expect(unsent.map(({ request, reason }) => [request.file.key, reason])).toEqual([
    ['in/1.csv', 'Refused no'],
  ]);
  expect(sizes).toEqual([3]);
});
