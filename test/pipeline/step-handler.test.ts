import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { stepHandler, type StepOptions } from '../../src/pipeline/step-handler.ts';
import { PipelineInput } from '../../src/pipeline/payload.ts';
import { FaultCode } from '../../src/shared/error-codes.ts';
import { StepInProgress, TransientFault } from '../../src/shared/errors.ts';
import { fileVersion } from '../support/files.ts';

interface IdempotencyItem {
  readonly id: string;
  readonly status: string;
}
type Attributes = Record<string, AttributeValue>;

/** A table that does what Powertools asks of it: one put per key until the item is deleted. */
class IdempotencyTable {
  readonly items = new Map<string, Attributes>();
  isThere = true;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1]!;
      void json(request).then((body) => {
        const answer = this.#answer(operation, body as Record<string, Attributes>);
        response.writeHead('__type' in answer ? 400 : 200).end(JSON.stringify(answer));
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get stored(): IdempotencyItem[] {
    return [...this.items.values()].map((item) => unmarshall(item) as IdempotencyItem);
  }

  #answer(operation: string, { Item, Key, ...update }: Record<string, Attributes>): object {
    if (!this.isThere) return { __type: 'ResourceNotFoundException' };
    const id = (Item ?? Key)!.id!.S!;
    const found = this.items.get(id);
    if (operation === 'DeleteItem') this.items.delete(id);
    if (operation === 'UpdateItem') {
      const values = update.ExpressionAttributeValues as unknown as Attributes;
      const { ':response_data': data, ':expiry': expiration, ':status': status } = values;
      this.items.set(id, { ...found!, data: data!, expiration: expiration!, status: status! });
    }
    if (operation !== 'PutItem') return {};
    if (found !== undefined) return { __type: 'ConditionalCheckFailedException', Item: found };
    this.items.set(id, Item!);
    return {};
  }
}

const CONTEXT = {
  awsRequestId: 'a-request',
  functionName: 'a-step',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

const input = (attempt: number): PipelineInput => ({
  file: fileVersion(),
  arrivedAt: '2026-11-20T16:05:09.123Z',
  startedAt: '2026-11-20T16:05:10.000Z',
  attempt,
});

const table = new IdempotencyTable();

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: await table.open(),
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    IDEMPOTENCY_TABLE: 'idempotency',
    IDEMPOTENCY_EXPIRY_SECONDS: '60',
    PIPELINE_VERSION: 'v1',
    STAGE: 'test',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
});
afterAll(() => table.close());
beforeEach(() => {
  table.items.clear();
  table.isThere = true;
});

interface Result {
  readonly attempt: number;
}

/** A step whose work tells which attempt did it, and all attempts that did it so far. */
function step(options: Partial<StepOptions<PipelineInput, Result>> = {}) {
  const worked: number[] = [];
  const handler = stepHandler<PipelineInput, Result>({
    name: 'a-step',
    input: PipelineInput,
    idempotencyKey: ({ file }) => file.fileId,
    work: ({ attempt }) => {
      worked.push(attempt);
      return Promise.resolve({ attempt });
    },
    ...options,
  });
  return { run: (attempt: number) => handler(input(attempt), CONTEXT), worked };
}

describe('a step', () => {
  it('is done once: a later attempt takes up what an earlier one came to', async () => {
    const { run, worked } = step();

    expect([await run(1), await run(1), await run(2)]).toEqual([
      { attempt: 1 },
      { attempt: 1 },
      { attempt: 1 },
    ]);
    expect(worked).toEqual([1]);
    expect(table.stored).toMatchObject([{ status: 'COMPLETED' }]);
  });

  it('is done again where its result is not kept', async () => {
    const { run, worked } = step({ isKept: ({ attempt }) => attempt > 1 });

    expect([await run(1), await run(2), await run(3)]).toEqual([
      { attempt: 1 },
      { attempt: 2 },
      { attempt: 2 },
    ]);
    expect(worked).toEqual([1, 2]);
  });

  it('is done again where outputs are no longer those of a result that was kept', async () => {
    const asked: [number, Result][] = [];
    const { run, worked } = step({
      isStanding: ({ attempt }, result) => {
        asked.push([attempt, result]);
        return Promise.resolve(attempt < 3);
      },
    });

    expect([await run(1), await run(2), await run(3)]).toEqual([
      { attempt: 1 },
      { attempt: 1 },
      { attempt: 3 },
    ]);
    expect(worked).toEqual([1, 3]);
    expect(asked).toEqual([1, 2, 3].map((attempt) => [attempt, { attempt: 1 }]));
  });

  it('leaves nothing behind when its work fails', async () => {
    const failing = step({ work: () => Promise.reject(new Error('no')) });
    await expect(failing.run(1)).rejects.toThrow('no');

    const { run, worked } = step();
    expect(await run(1)).toEqual({ attempt: 1 });
    expect(worked).toEqual([1]);
  });

  it('that another invocation is at is tried again later', async () => {
    const [begun, gate] = [Promise.withResolvers(), Promise.withResolvers()];
    const { run } = step({
      work: async ({ attempt }) => {
        begun.resolve(null);
        await gate.promise;
        return { attempt };
      },
    });
    const first = run(1);
    await Promise.race([begun.promise, first]);

    await expect(run(1)).rejects.toBeInstanceOf(StepInProgress);
    gate.resolve(null);
    expect(await first).toEqual({ attempt: 1 });
  });

  it('is not done while nobody knows whether it was done', async () => {
    const { run, worked } = step();
    table.isThere = false;

    const error: unknown = await run(1).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransientFault);
    expect(error).toMatchObject({ code: FaultCode.SERVICE_UNAVAILABLE });
    expect(worked).toEqual([]);
  });

  it('has its keys to itself, and those of its version of the pipeline', async () => {
    await step({ name: 'one' }).run(1);
    await step({ name: 'other' }).run(1);

    const [one, other] = table.stored.map(({ id }) => id.split('#'));
    expect([one![0], other![0]]).toEqual(['one@v1', 'other@v1']);
    expect(one![1]).toBe(other![1]);
  });
});
