import { redrive, type RedriveAnswer } from '../../../src/cli/commands/redrive.ts';
import type { Deployment } from '../../../src/cli/deployment.ts';
import { fileRequested } from '../../../src/shared/file-request.ts';
import type { Operation } from '../../../src/shared/ledger/operation-log.ts';
import { fileVersion } from '../../support/files.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { ledgerOf } from '../../support/ledger-items.ts';
import { s3Event, s3Record } from '../../support/s3-events.ts';

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}
interface Call {
  readonly constructor: { readonly name: string };
  readonly input: { readonly QueueUrl: string; readonly Entries: readonly Entry[] };
}

/** What SQS answers to a kind of command instead of doing it. */
type Faults = Readonly<Record<string, (call: Call) => unknown>>;

const requested = (key: string): string =>
  JSON.stringify(
    fileRequested(
      { file: fileVersion({ key }), arrivedAt: '2026-11-20T16:00:00.000Z', operationId: 'o1' },
      { source: '/test', time: new Date(0) },
    ),
  );

/** A deployment with letters in its dead-letter queue, one for each body. */
function deploymentWith(bodies: readonly string[], faults: Faults = {}, held = 0) {
  const waiting = bodies.map((Body, index) => ({
    MessageId: `m${index}`,
    ReceiptHandle: `h${index}`,
    Body,
  }));
  const [sent, deleted, released]: string[][] = [[], [], []];
  const handles = ({ input }: Call) => input.Entries.map(({ ReceiptHandle }) => ReceiptHandle);
  let taken = 0;
  const commands: Faults = {
    ReceiveMessageCommand: () => {
      const Messages = waiting.splice(0, 10);
      taken += Messages.length;
      return { Messages };
    },
    GetQueueAttributesCommand: () => ({
      Attributes: { ApproximateNumberOfMessagesNotVisible: String(taken + held) },
    }),
    SendMessageBatchCommand: ({ input }) => sent!.push(...input.Entries.map(({ Id }) => Id)) && {},
    DeleteMessageBatchCommand: (call) => deleted!.push(...handles(call)) && {},
    ChangeMessageVisibilityBatchCommand: (call) => released!.push(...handles(call)) && {},
  };
  // eslint-disable-next-line @typescript-eslint/require-await -- what a command throws is a rejection
  const send = async (call: Call) => ({ ...commands, ...faults })[call.constructor.name]!(call);
  const operations: Operation[] = [];
  const made = {
    sqs: { send },
    ledger: ledgerOf([]),
    operationLog: { record: (one: Operation) => Promise.resolve(operations.push(one)) },
    outputs: { DeadLetterQueueUrl: 'dead', IngestQueueUrl: 'ingest' },
    stackName: 'Millrace-test',
  };
  const deployment = made as unknown as Deployment;
  return { deployment, operations, sent: sent!, deleted: deleted!, released: released! };
}

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => requested(`in/${index}.csv`));

const fail = (message: string) => (): never => {
  throw new Error(message);
};

it('letters that were taken up are released when taking up more fails', async () => {
  let times = 0;
  const { deployment, released } = deploymentWith([], {
    ReceiveMessageCommand: () => {
      times += 1;
      if (times > 1) throw new Error('down');
      return { Messages: [{ MessageId: 'm', ReceiptHandle: 'h', Body: requested('a.csv') }] };
    },
  });
  await expect(redrive(deployment, undefined, {}, keptConsole())).rejects.toThrow('down');
  expect(released).toEqual(['h']);
});

it('a release that fails is told, and does not hide what went wrong before', async () => {
  const { deployment } = deploymentWith(many(1), {
    GetQueueAttributesCommand: fail('the first error'),
    ChangeMessageVisibilityBatchCommand: fail('the second error'),
  });
  const console = keptConsole();
  await expect(redrive(deployment, undefined, {}, console)).rejects.toThrow('the first error');
  expect(console.notes.join()).toContain('not seen for up to 15 minutes: the second error');
});

it('an interrupt ends it after the batch at work, with an account, and the rest is released', async () => {
  const interrupt = new AbortController();
  const fake = deploymentWith(many(12), {
    DeleteMessageBatchCommand: () => {
      interrupt.abort();
      return {};
    },
  });
  const console = keptConsole();
  const options = { yes: true, signal: interrupt.signal };
  expect(await redrive(fake.deployment, undefined, options, console)).toBe(130);
  expect(console.notes.join('\n')).toMatch(/^Asked for 10 files. Operation: /m);
  expect(console.notes.join('\n')).toContain('message m11: the command was cut short');
  expect(fake.released).toEqual(['h10', 'h11']);
});

it('a queue that fails midway leaves an account of what was asked for', async () => {
  let times = 0;
  const { deployment } = deploymentWith(many(12), {
    SendMessageBatchCommand: () => {
      times += 1;
      return times > 1 ? fail('down')() : {};
    },
  });
  const console = keptConsole();
  await expect(redrive(deployment, undefined, { yes: true }, console)).rejects.toThrow('down');
  expect(console.notes.join('\n')).toMatch(/^Asked for 10 files. Operation: /m);
});

it('letters that could not be deleted stay open, and are told', async () => {
  const { deployment, released } = deploymentWith(many(2), {
    DeleteMessageBatchCommand: () => ({ Failed: [{ Id: '1', Code: 'Expired', Message: 'no' }] }),
  });
  const console = keptConsole();
  expect(await redrive(deployment, undefined, { json: true }, console)).toBe(1);
  const { left } = JSON.parse(console.results.join()) as RedriveAnswer;
  expect(left).toEqual([{ messageId: 'm1', why: 'it was sent, but not deleted: Expired no' }]);
  expect(released).toEqual(['h1']);
});

it('a file of which there is no letter ends with exit code 1, and says so', async () => {
  const { deployment, released } = deploymentWith(many(2));
  const console = keptConsole();
  expect(await redrive(deployment, 'b.csv', {}, console)).toBe(1);
  expect(console.notes).toEqual([
    'Left in the queue: 2 letters of other files.',
    'No letter that is meant tells of "b.csv".',
  ]);
  expect(released).toEqual(['h0', 'h1']);
});

it('says how many letters others have taken up', async () => {
  const { deployment } = deploymentWith(many(1), {}, 3);
  const console = keptConsole();
  await redrive(deployment, undefined, { dryRun: true }, console);
  expect(console.notes.join()).toContain('About 3 letters are taken up by another redrive');
});

it('letters of objects that are gone are put back, and count in the operation', async () => {
  const { deployment, operations, deleted } = deploymentWith([
    s3Event(s3Record({ eventName: 'ObjectRemoved:DeleteMarkerCreated', key: 'in/gone.csv' })),
  ]);
  const console = keptConsole();
  expect(await redrive(deployment, undefined, {}, console)).toBe(0);
  expect(operations).toMatchObject([{ files: 1, examples: ['in/gone.csv'] }]);
  expect(deleted).toEqual(['h0']);
  expect(console.notes.join()).toContain(
    'Asked for 0 files, put back 1 letter of objects that are gone. Operation: ',
  );
});
