import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localTarget } from '../../../src/cli/target.ts';
import { mapAtOnce } from '../../../src/report/aggregate/map-at-once.ts';
import type { BenchApp } from '../bench-app.ts';
import { BENCH_DAY } from './report-inputs.ts';

const REQUESTS_AT_ONCE = 32;
/** Most items that DynamoDB takes at once. */
const ITEMS_PER_REQUEST = 25;

/** Puts the manifests and ledger items of a generated day where the pipeline would have put them. */
export async function fillDay(app: BenchApp, folder: string): Promise<void> {
  const { s3, outputs } = app.deployment;
  await forEachAtOnce(manifestsIn(folder), async (key) => {
    const Body = readFileSync(join(folder, key));
    await s3.send(new PutObjectCommand({ Bucket: outputs.TargetBucketName, Key: key, Body }));
  });
  const { clientConfig } = localTarget('', app.endpoint);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig));
  await forEachAtOnce(itemsIn(folder), async (items) => {
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    const RequestItems = { [outputs.LedgerTableName]: requests };
    const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems }));
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('not all items were taken');
  });
}

function* manifestsIn(folder: string): Generator<string> {
  const day = `manifests/dt=${BENCH_DAY}`;
  for (const hour of readdirSync(join(folder, day))) {
    for (const name of readdirSync(join(folder, day, hour))) yield `${day}/${hour}/${name}`;
  }
}

function* itemsIn(folder: string): Generator<Record<string, unknown>[]> {
  for (const hour of readdirSync(join(folder, 'ledger'))) {
    const text = readFileSync(join(folder, 'ledger', hour), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    for (let start = 0; start < lines.length; start += ITEMS_PER_REQUEST) {
      const batch = lines.slice(start, start + ITEMS_PER_REQUEST);
      yield batch.map((line) => JSON.parse(line) as Record<string, unknown>);
    }
  }
}

async function forEachAtOnce<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const done = mapAtOnce(items, REQUESTS_AT_ONCE, work)[Symbol.asyncIterator]();
  while ((await done.next()).done !== true);
}
