import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { Readable } from 'node:stream';
import { Forgetting } from '../../../src/shared/ledger/forget.ts';
import {
  FileStatus,
  type AttemptStatus,
  type LedgerItem,
} from '../../../src/shared/ledger/ledger-item.ts';
import { LedgerReader } from '../../../src/shared/ledger/ledger-reader.ts';
import {
  Ledger,
  type AttemptOutcome,
  type ClaimedRequest,
} from '../../../src/shared/ledger/ledger.ts';
import { Removals, type SourceRemoval } from '../../../src/shared/ledger/removals.ts';
import { fileVersion } from '../../support/files.ts';

/** What a request to DynamoDB says, as far as these tests look at it. */
interface SentRequest {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

const KEYWORDS = ['SET', 'REMOVE', 'ADD', 'AND', 'OR', 'NOT', 'BETWEEN'];
const FUNCTIONS = ['attribute_exists', 'attribute_not_exists', 'if_not_exists', 'list_append'];
/** Words of AWS's list of reserved words that are attributes of the ledger, or nearly so. */
const RESERVED = ['COUNT', 'DATE', 'HOUR', 'KEY', 'SIZE', 'SOURCE', 'STATUS', 'TIME', 'VALUE'];

const FILE = fileVersion();
const ITEM: LedgerItem = {
  source: 'source-bucket/in/orders.csv',
  fileId: FILE.fileId,
  versionId: FILE.versionId,
  etag: FILE.etag,
  size: FILE.size,
  sequencer: FILE.sequencer,
  status: FileStatus.RUNNING,
  attempt: 2,
  arrivedAt: '2026-11-20T16:00:00.000Z',
  arrivalHour: '2026-11-20T16#2',
  startedAt: '2026-11-20T16:05:00.000Z',
  leaseUntil: 1_795_190_000_000,
  claimedBy: 'message-1',
};

/** A real client whose requests end here, each answered with the next of the answers. */
function dynamoDb(...answers: object[]): { client: DynamoDBClient; sent: SentRequest[] } {
  const sent: SentRequest[] = [];
  const handle = ({ body }: { body: Uint8Array }) => {
    sent.push(JSON.parse(new TextDecoder().decode(body)) as SentRequest);
    const answer = answers.shift() ?? {};
    const statusCode = '__type' in answer ? 400 : 200;
    const content = Readable.from([Buffer.from(JSON.stringify(answer))]);
    return Promise.resolve({ response: { statusCode, headers: {}, body: content } });
  };
  const client = new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    requestHandler: { handle },
  });
  return { client, sent };
}

const updated = (item: LedgerItem = ITEM): object => ({ Attributes: marshall(item) });

/** The answer to a condition that an item did not meet. */
const refused = (item: LedgerItem): object => ({
  __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
  Item: marshall(item),
});

const claimWith = (client: DynamoDBClient, request?: ClaimedRequest) =>
  new Ledger('ledger', client).claim({
    request,
    file: FILE,
    eventTime: ITEM.arrivedAt,
    claimedBy: 'message-1',
    now: new Date(ITEM.startedAt),
    leaseMilliseconds: 60_000,
  });

const FAILURE: AttemptOutcome = {
  file: FILE,
  attempt: 2,
  arrivedAt: ITEM.arrivedAt,
  startedAt: ITEM.startedAt,
  status: FileStatus.FAILED,
  endedAt: '2026-11-20T16:06:00.000Z',
  code: 'EMPTY_FILE',
  reason: 'the file has no bytes',
};
const SUCCESS: AttemptOutcome = {
  file: FILE,
  attempt: 2,
  arrivedAt: ITEM.arrivedAt,
  startedAt: ITEM.startedAt,
  status: FileStatus.SUCCEEDED,
  endedAt: '2026-11-20T16:06:00.000Z',
  details: {
    dataset: 'orders',
    rowsRead: 3,
    rowsWritten: 2,
    rowsRejected: 1,
    contentHash: 'abc',
    processedKey: 'processed/a',
    rejectedKey: null,
    manifestKey: 'manifests/a',
  },
};

const expressionsOf = (request: SentRequest): string =>
  [request.UpdateExpression, request.ConditionExpression, request.KeyConditionExpression]
    .filter((expression) => expression !== undefined)
    .join(' ; ');

const matchesIn = (request: SentRequest, pattern: RegExp): string[] =>
  [...new Set(expressionsOf(request).match(pattern))].sort();

/** Identifiers that are no alias, no value, no keyword and no function's call. */
const bareNames = (request: SentRequest): string[] =>
  matchesIn(request, /(?<![#:\w])[A-Za-z_]\w*(?!\w|\()/g).filter(
    (word) => !KEYWORDS.includes(word),
  );

const calledFunctions = (request: SentRequest): string[] => matchesIn(request, /\w+(?=\()/g);

const DENIED = { code: 'ACCESS_DENIED', reason: 'no' } as const;
const REMOVAL: SourceRemoval = {
  of: 'key',
  bucket: FILE.bucket,
  key: FILE.key,
  fileId: FILE.fileId,
  versionId: 'marker',
  sequencer: '0A2',
  eventTime: ITEM.arrivedAt,
};

const OPERATIONS: readonly (readonly [string, (client: DynamoDBClient) => Promise<unknown>])[] = [
  ['claim', (client) => claimWith(client)],
  ["claim at an operator's request", (client) => claimWith(client, { operationId: 'o1' })],
  [
    'claim of a file that had ended',
    (client) => claimWith(client, { operationId: 'o1', afterAttempt: 1 }),
  ],
  ['countDuplicate', (client) => new Ledger('ledger', client).countDuplicate(FILE)],
  ['renewLease', (client) => new Ledger('ledger', client).renewLease(FILE, 2, 1_795_190_000_000)],
  ['holdForOutcome', (client) => new Ledger('ledger', client).holdForOutcome(SUCCESS, 1)],
  ['recordOutcome of a failure', (client) => new Ledger('ledger', client).recordOutcome(FAILURE)],
  ['recordOutcome of a success', (client) => new Ledger('ledger', client).recordOutcome(SUCCESS)],
  [
    'recordArchive',
    (client) => new Ledger('ledger', client).recordArchive(FILE, { status: 'TAGGED', at: 'now' }),
  ],
  [
    'recordArchiveFailure',
    (client) => new Ledger('ledger', client).recordArchiveFailure(FILE, DENIED, 'now'),
  ],
  ['record of a marker', (client) => new Removals('ledger', client).record(REMOVAL)],
  [
    'record of a deleted version',
    (client) => new Removals('ledger', client).record({ ...REMOVAL, of: 'version' }),
  ],
  ['withdrawClaim', (client) => new Removals('ledger', client).withdrawClaim(FILE, 2)],
  ['forget', (client) => new Forgetting('ledger', client).forget(ITEM)],
  [
    'confirmRemoval',
    (client) => new Forgetting('ledger', client).confirmRemoval(ITEM, new Date(ITEM.startedAt)),
  ],
];

describe.each(OPERATIONS)('the update that %s sends', (_, operate) => {
  const { client, sent } = dynamoDb(updated());

  beforeAll(() => operate(client));

  it('names every attribute by an alias', () => {
    expect(sent).toHaveLength(1);
    expect(bareNames(sent[0]!)).toEqual([]);
    expect(FUNCTIONS).toEqual(expect.arrayContaining(calledFunctions(sent[0]!)));
  });

  it('declares the aliases and values that it uses, and no others', () => {
    const { ExpressionAttributeNames = {}, ExpressionAttributeValues } = sent[0]!;
    expect(Object.keys(ExpressionAttributeNames).sort()).toEqual(matchesIn(sent[0]!, /#\w+/g));
    expect(Object.keys(ExpressionAttributeValues).sort()).toEqual(matchesIn(sent[0]!, /:\w+/g));
    for (const [alias, name] of Object.entries(ExpressionAttributeNames)) {
      expect(alias).toBe(`#${name}`);
    }
  });

  it('sets or removes no attribute twice', () => {
    const { UpdateExpression = '' } = sent[0]!;
    const [set = '', remove = ''] = UpdateExpression.split('REMOVE');
    const targets = [...(set.match(/#\w+(?= = )/g) ?? []), ...(remove.match(/#\w+/g) ?? [])];
    expect(new Set(targets).size).toBe(targets.length);
  });
});

describe('the queries of the ledger', () => {
  it.each<[string, (reader: LedgerReader) => AsyncGenerator<LedgerItem>]>([
    ['versionsOf', (reader) => reader.versionsOf(FILE)],
    [
      'arrivedBetween',
      (reader) => reader.arrivedBetween(new Date(ITEM.arrivedAt), new Date(ITEM.startedAt)),
    ],
  ])('of %s name no reserved word without an alias', async (_, query) => {
    const { client, sent } = dynamoDb();

    for await (const item of query(new LedgerReader('ledger', client))) expect(item).toBeDefined();

    expect(sent.length).toBeGreaterThan(0);
    for (const request of sent) {
      const names = bareNames(request).map((name) => name.toUpperCase());
      expect(names.filter((name) => RESERVED.includes(name))).toEqual([]);
    }
  });
});

describe('Ledger.claim', () => {
  it('answers with the attempt, its start and the first arrival', async () => {
    const { client } = dynamoDb(updated());
    const { attempt, arrivedAt, startedAt } = ITEM;

    expect(await claimWith(client)).toEqual({
      outcome: 'claimed',
      run: { attempt, arrivedAt, startedAt },
    });
  });

  it('writes what is known of the file and lets its lease end in time', async () => {
    const { client, sent } = dynamoDb(updated());

    await claimWith(client);

    expect(sent[0]!.ExpressionAttributeValues).toMatchObject({
      ':status': { S: 'RUNNING' },
      ':size': { N: '1024' },
      ':versionId': { S: 'v1' },
      ':leaseUntil': { N: String(Date.parse(ITEM.startedAt) + 60_000) },
    });
  });

  it('keeps a sequencer that is known, and where the bytes lie', async () => {
    const { client, sent } = dynamoDb(updated());
    const location = { bucket: 'target', key: 'archive/a', versionId: null };
    const file = { ...FILE, sequencer: null, location };

    await new Ledger('ledger', client).claim({
      file,
      eventTime: ITEM.arrivedAt,
      claimedBy: 'message-1',
      now: new Date(ITEM.startedAt),
      leaseMilliseconds: 60_000,
    });

    expect(sent[0]!.UpdateExpression).not.toContain('#sequencer');
    expect(sent[0]!.ExpressionAttributeValues).toMatchObject({
      ':location': { M: marshall(location) },
    });
  });

  it.each<[string, Partial<LedgerItem>, object]>([
    ['its own message runs', {}, { outcome: 'busy', leaseUntil: ITEM.leaseUntil }],
    [
      'another message runs',
      { claimedBy: 'message-2' },
      { outcome: 'duplicate', status: 'RUNNING' },
    ],
    ['has ended', { status: 'SUCCEEDED' }, { outcome: 'duplicate', status: 'SUCCEEDED' }],
  ])('leaves alone a file that %s', async (_, parts, claim) => {
    const { client } = dynamoDb(refused({ ...ITEM, ...parts }));

    expect(await claimWith(client)).toEqual(claim);
  });
});

describe('Ledger.claim at the request of an operator', () => {
  const conditionOf = async (request?: ClaimedRequest): Promise<string> => {
    const { client, sent } = dynamoDb(updated());
    await claimWith(client, request);
    return sent[0]!.ConditionExpression!;
  };

  it('leaves the operation in the item, once, however often the request comes', async () => {
    const { client, sent } = dynamoDb(updated());
    await claimWith(client, { operationId: 'o1' });
    expect(sent[0]!.UpdateExpression).toContain('ADD #operations :operation');
    expect(sent[0]!.ExpressionAttributeValues).toMatchObject({ ':operation': { SS: ['o1'] } });
  });

  it('takes a file that was rejected or skipped, and no other that ended', async () => {
    const { client, sent } = dynamoDb(updated());
    await claimWith(client, { operationId: 'o1', afterAttempt: 1 });
    expect(sent[0]!.ExpressionAttributeValues).toMatchObject({
      ':afterAttempt': { N: '1' },
      ':rejected': { S: 'REJECTED' },
      ':skipped': { S: 'SKIPPED' },
    });
    expect(sent[0]!.ConditionExpression).toContain('#attempt = :afterAttempt AND');
  });

  it('takes none that ended where it does not say after which attempt', async () => {
    expect(await conditionOf({ operationId: 'o1' })).toBe(await conditionOf());
  });
});

describe('Ledger.holdForOutcome', () => {
  const ended = (status: AttemptStatus) => ({
    attempt: 1,
    status,
    execution: 'e',
    startedAt: ITEM.startedAt,
    endedAt: ITEM.startedAt,
  });

  it('counts the ends that came before, which failures are not', async () => {
    const history = [ended('FAILED'), ended('REJECTED')];
    const { client } = dynamoDb(updated({ ...ITEM, history }));
    const held = await new Ledger('ledger', client).holdForOutcome(SUCCESS, 1);
    expect(held).toEqual({ isRecorded: false, earlierEnds: 1 });
  });

  it('knows an end that is recorded already', async () => {
    const { client } = dynamoDb(refused({ ...ITEM, status: 'SUCCEEDED' }));
    const held = await new Ledger('ledger', client).holdForOutcome(SUCCESS, 1);
    expect(held).toEqual({ isRecorded: true });
  });
});

describe('Ledger.countDuplicate', () => {
  it('adds one to a file that is there', async () => {
    const { client, sent } = dynamoDb(updated());
    await new Ledger('ledger', client).countDuplicate(FILE);
    expect(sent).toMatchObject([
      {
        Key: marshall({ source: ITEM.source, fileId: ITEM.fileId }),
        UpdateExpression: 'SET #sequencer = :sequencer ADD #duplicateEvents :one',
        ConditionExpression: 'attribute_exists(#fileId)',
        ExpressionAttributeValues: { ':sequencer': { S: FILE.sequencer } },
      },
    ]);
  });

  it('keeps the sequencer of a file whose event has none', async () => {
    const { client, sent } = dynamoDb(updated());
    await new Ledger('ledger', client).countDuplicate({ ...FILE, sequencer: null });
    expect(sent).toMatchObject([{ UpdateExpression: 'ADD #duplicateEvents :one' }]);
  });

  it('leaves a file alone that is not there', async () => {
    const { client } = dynamoDb({
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    });
    await expect(new Ledger('ledger', client).countDuplicate(FILE)).resolves.toBeUndefined();
  });
});

describe('Ledger.recordArchive', () => {
  it('is refused by a file that does not stand as SUCCEEDED any more', async () => {
    const { client, sent } = dynamoDb(refused({ ...ITEM, status: 'FORGOTTEN' }));
    const archive = { status: 'TAGGED', at: 'now' } as const;

    expect(await new Ledger('ledger', client).recordArchive(FILE, archive)).toBe(false);
    expect(sent[0]!.ConditionExpression).toBe('attribute_exists(#fileId) AND #status = :succeeded');
  });
});

describe('Ledger.recordArchiveFailure', () => {
  it('leaves what is archived archived, and says what failed then', async () => {
    const { client, sent } = dynamoDb(updated());
    await new Ledger('ledger', client).recordArchiveFailure(FILE, DENIED, 'now');

    expect(sent).toMatchObject([
      {
        UpdateExpression: 'SET #archive.#code = :code, #archive.#reason = :reason',
        ConditionExpression: expect.stringContaining('#archive.#status = :archived') as string,
      },
    ]);
  });

  it('says that everything else has failed, unless it is archived meanwhile', async () => {
    const { client, sent } = dynamoDb(refused(ITEM), updated());
    await new Ledger('ledger', client).recordArchiveFailure(FILE, DENIED, 'now');

    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({
      UpdateExpression: 'SET #archive = :archive',
      ConditionExpression: expect.stringContaining('#archive.#status <> :archived') as string,
      ExpressionAttributeValues: {
        ':archive': { M: marshall({ status: 'FAILED', at: 'now', ...DENIED }) },
      },
    });
  });

  it('says nothing of a file that does not stand as SUCCEEDED any more', async () => {
    const forgotten = refused({ ...ITEM, status: 'FORGOTTEN' });
    const { client } = dynamoDb(forgotten, forgotten);
    const recorded = new Ledger('ledger', client).recordArchiveFailure(FILE, DENIED, 'now');

    await expect(recorded).resolves.toBeUndefined();
  });
});

describe('Ledger.renewLease', () => {
  it('tells when the claim has been lost', async () => {
    const { client } = dynamoDb(refused({ ...ITEM, attempt: 3 }));

    await expect(new Ledger('ledger', client).renewLease(FILE, 2, 1)).rejects.toMatchObject({
      name: 'AttemptSuperseded',
    });
  });
});

describe('Ledger.recordOutcome', () => {
  it('sets what is known and leaves out what is not', async () => {
    const { client, sent } = dynamoDb(updated());

    expect(await new Ledger('ledger', client).recordOutcome(SUCCESS)).toBe(true);

    const { ExpressionAttributeNames, ExpressionAttributeValues } = sent[0]!;
    expect(ExpressionAttributeNames).not.toHaveProperty('#code');
    expect(ExpressionAttributeValues).toMatchObject({
      ':status': { S: 'SUCCEEDED' },
      ':rejectedKey': { NULL: true },
      ':record': { L: [{ M: { attempt: { N: '2' }, status: { S: 'SUCCEEDED' } } }] },
    });
  });

  it('removes what an earlier end left and this one does not tell', async () => {
    const removedBy = async (outcome: AttemptOutcome): Promise<string[]> => {
      const { client, sent } = dynamoDb(updated());
      await new Ledger('ledger', client).recordOutcome(outcome);
      const [, removed = ''] = sent[0]!.UpdateExpression!.split('REMOVE');
      return (removed.match(/(?<=#)\w+/g) ?? []).sort();
    };

    expect(await removedBy(SUCCESS)).toEqual(['claimedBy', 'duplicateOf', 'leaseUntil']);
    const details = Object.keys(SUCCESS.details!);
    const everything = ['claimedBy', 'duplicateOf', 'leaseUntil', ...details].sort();
    expect(await removedBy(FAILURE)).toEqual(everything);
    const lost = { ...FAILURE, mayStillRun: true };
    expect(await removedBy(lost)).toEqual(everything.filter((name) => name !== 'leaseUntil'));
  });

  it('keeps the reason in full, and its beginning in the history', async () => {
    const { client, sent } = dynamoDb(updated());
    const reason = 'x'.repeat(1_000);
    await new Ledger('ledger', client).recordOutcome({ ...FAILURE, reason });

    expect(sent[0]!.ExpressionAttributeValues).toMatchObject({
      ':reason': { S: reason },
      ':record': { L: [{ M: { reason: { S: 'x'.repeat(200) } } }] },
    });
  });

  it('changes nothing where the same end is recorded already', async () => {
    const { client } = dynamoDb(refused({ ...ITEM, status: 'SUCCEEDED' }));

    expect(await new Ledger('ledger', client).recordOutcome(SUCCESS)).toBe(false);
  });

  it.each<[string, Partial<LedgerItem>]>([
    ['a newer attempt', { attempt: 3 }],
    ['another end', { status: 'FAILED' }],
  ])('does not overwrite %s', async (_, parts) => {
    const { client } = dynamoDb(refused({ ...ITEM, ...parts }));

    await expect(new Ledger('ledger', client).recordOutcome(SUCCESS)).rejects.toMatchObject({
      name: 'AttemptSuperseded',
    });
  });
});
