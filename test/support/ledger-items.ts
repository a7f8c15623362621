import type { Deployment } from '../../src/cli/deployment.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { fileVersion } from './files.ts';

/** A file's item; it has succeeded unless told otherwise. */
export function ledgerItem(key: string, parts: Partial<LedgerItem> = {}): LedgerItem {
  const { bucket, ...file } = fileVersion({ key });
  const arrivedAt = parts.arrivedAt ?? '2026-11-20T16:05:09.123Z';
  return {
    ...file,
    source: `${bucket}/${key}`,
    status: 'SUCCEEDED',
    attempt: 1,
    arrivedAt,
    arrivalHour: `${arrivedAt.slice(0, 13)}#0`,
    startedAt: arrivedAt,
    ...parts,
  };
}

/** A ledger of items, which all arrived in any span of time that is asked for. */
export function ledgerOf(items: readonly LedgerItem[]): Deployment['ledger'] {
  const all = async function* (
    keep: (item: LedgerItem) => boolean,
  ): AsyncGenerator<LedgerItem, undefined> {
    await Promise.resolve();
    yield* items.filter(keep);
  };
  const ledger: Partial<Deployment['ledger']> = {
    versionsOf: ({ bucket, key }) => all(({ source }) => source === `${bucket}/${key}`),
    arrivedBetween: (_from, _to, replay) => all((item) => item.replay === replay),
    existing: (keys) => all(({ fileId }) => keys.some((key) => key.fileId === fileId)),
    get: ({ fileId }) => Promise.resolve(items.find((item) => item.fileId === fileId)),
  };
  return ledger as Deployment['ledger'];
}

/** A deployment of which only the ledger is there, and that is not paused, with items in the order of the real one's. */
export function deploymentWith(items: readonly LedgerItem[]): {
  deployment: Deployment;
  /** Keys of the items that have been read. */
  read: string[];
} {
  const read: string[] = [];
  const ledger = {
    // eslint-disable-next-line @typescript-eslint/require-await -- as asynchronous as the real one
    async *arrivedBetween() {
      for (const item of items) {
        read.push(item.source);
        yield item;
      }
    },
  };
  const lambda = { send: () => Promise.resolve({ EventSourceMappings: [] }) };
  const outputs = {
    IngestQueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/ingest',
    FilePipelineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:files',
  };
  return { deployment: { ledger, lambda, outputs } as unknown as Deployment, read };
}
