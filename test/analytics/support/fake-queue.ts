import { SQSClient, type SendMessageCommandInput } from '@aws-sdk/client-sqs';

/** A queue in memory that keeps what it is sent. */
export class FakeQueue {
  readonly client = new SQSClient({ region: 'us-east-1' });
  readonly sent: { body: string; code: string; reason: string }[] = [];
  broken: () => boolean = () => false;

  constructor() {
    this.client.middlewareStack.add(
      () =>
        ({ input }) =>
          Promise.resolve().then(() => {
            this.#take(input as SendMessageCommandInput);
            return { output: { $metadata: {} } as never, response: {} };
          }),
      { step: 'initialize' },
    );
  }

  #take({ MessageBody = '', MessageAttributes = {} }: SendMessageCommandInput): void {
    if (this.broken()) throw new Error('the queue does not answer');
    const text = (name: string): string => MessageAttributes[name]?.StringValue ?? '';
    this.sent.push({ body: MessageBody, code: text('code'), reason: text('reason') });
  }
}
