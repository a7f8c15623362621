import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { report as reportCommand } from '../../src/cli/commands/report.ts';
import { makeReport } from '../../src/cli/report/make-report.ts';
import { readRendering, readReport } from '../../src/cli/report/read-report.ts';
import type { UploadedFile } from '../../src/cli/upload-file.ts';
import { reportKeys, type Report } from '../../src/report/report.ts';
import { boundedText } from '../../src/shared/aggregates/value-text.ts';
import { fileIdOf } from '../../src/shared/file-version.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { eventually as find } from '../support/eventually.ts';
import { keptConsole } from '../support/kept-console.ts';
import { DeployedApp, localAws } from './support/deployed-app.ts';
import {
  atRank,
  exactSum,
  numbersOf,
  recount,
  valuesOf,
  type Recount,
  type RecountedDataset,
} from './support/recount.ts';
import { eventually, queueDepth, receive, send, sqsClient } from './support/test-queue.ts';

const DAY_MILLISECONDS = 86_400_000;

let app: DeployedApp;

beforeAll(async () => {
  app = await DeployedApp.open();
});

/** All files of a report have to arrive on one day: waits for the next one where this one is about to end. */
async function awayFromMidnight(): Promise<void> {
  const left = DAY_MILLISECONDS - (Date.now() % DAY_MILLISECONDS);
  if (left < 180_000) await delay(left);
}

/** Makes the report of a day and reads it. */
async function made(day: string): Promise<Report> {
  const { failure } = await makeReport(app.deployment, day);
  if (failure !== undefined) throw new Error(failure);
  return (await readReport(app.deployment, day))!;
}

/** Runs the daily report with an input to its end. */
async function execute(input: unknown): Promise<DescribeExecutionCommandOutput> {
  const { stepFunctions, outputs } = app.deployment;
  const { executionArn } = await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: outputs.DailyReportArn,
      input: JSON.stringify(input),
    }),
  );
  return find(
    'the end of the execution',
    async () => {
      const described = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      return described.status === 'RUNNING' ? undefined : described;
    },
    60,
  );
}

/** The newest mail whose subject has a part, as text with bare line feeds. */
function mailAbout(part: string): string | undefined {
  const folder = localAws().home.mailFolder;
  const mails = readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n'));
  return mails.findLast((mail) => new RegExp(`^Subject: .*${part}`, 'm').test(mail));
}

/** Puts an object under `manifests/` that the pipeline did not write. */
async function putManifest(key: string, body: string, archived = false): Promise<void> {
  await app.s3.send(
    new PutObjectCommand({
      Bucket: app.deployment.outputs.TargetBucketName,
      Key: key,
      Body: body,
      ...(archived && { StorageClass: 'GLACIER' }),
    }),
  );
}

const ID = randomUUID().slice(0, 8);
const EVENT_TYPES = ['page_view', 'purchase', 'sign_up'];

/** Events of which every tenth has a country that is none; every seventh is of the day before. */
function events(rows: number, seed: number): string {
  const today = new Date();
  const yesterday = new Date(today.getTime() - DAY_MILLISECONDS);
  const lines = Array.from({ length: rows }, (_, index) => {
    const row = index + seed;
    const at = (row % 7 === 0 ? yesterday : today).toISOString();
    const country = row % 10 === 0 ? 'Germany' : ['DE', 'FR', ''][row % 3];
    const amount = row % 4 === 0 ? '' : ((row * 137) % 5_000) / 100;
    return `${ID}-${row},${at},${EVENT_TYPES[row % 3]},user-${row % 5},click,${amount},${country}`;
  });
  return ['event_id,timestamp,event_type,user_id,user_action,amount,country', ...lines, ''].join(
    '\n',
  );
}

function weather(rows: number, seed: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const row = index + seed;
    const kind = row % 40 === 0 ? 'hail' : ['rain', 'sun', 'fog'][row % 3];
    const date = `2026-01-${String((row % 28) + 1).padStart(2, '0')}`;
    return `Oslo,${date},${row % 9}.5,${row % 30}.1,-${row % 10}.2,${row % 12},${kind}`;
  });
  return ['location,date,precipitation,temp_max,temp_min,wind,weather', ...lines, ''].join('\n');
}

function telemetry(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, row) =>
      `{"id":${row},"device":${row % 8 === 0 ? 'null' : `"d-${row}"`},"value":${row / 4}}`,
  );
  return `${lines.join('\n')}\n`;
}

const SENT_TWICE = events(120, 1);
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** More than a dozen files of four datasets, with rejects, equal contents and files that are none. */
const FILES: Readonly<Record<string, string | Buffer>> = {
  [`daily-report/${ID}/events-1.csv`]: SENT_TWICE,
  [`daily-report/${ID}/events-2.csv`]: events(80, 500),
  [`daily-report/${ID}/events-3.csv`]: events(40, 900),
  [`daily-report/${ID}/events-1-again.csv`]: SENT_TWICE,
  [`daily-report/${ID}/oslo-weather.csv`]: weather(90, 1),
  [`daily-report/${ID}/bergen-weather.csv`]: weather(150, 1_000),
  [`daily-report/${ID}/hail-weather.csv`]: weather(200, 40).replaceAll('rain', 'hail'),
  [`telemetry/daily-report-${ID}-1.jsonl`]: telemetry(33),
  [`telemetry/daily-report-${ID}-2.jsonl`]: telemetry(64),
  [`bank/daily-report-${ID}.csv`]: latin1(
    'Buchungstag;Empfänger;Betrag;Verbucht\n01.11.2026;Anna;1.200,50;ja\n02.11.2026;;3,00;nein\n',
  ),
  [`daily-report/${ID}/orders.csv`]: 'id,what\n1,a\n2,b\n3\n',
  [`daily-report/${ID}/people.json`]: '[{"name":"A"},{"name":"B"}]',
  [`daily-report/${ID}/empty.csv`]: '',
  [`daily-report/${ID}/scan.csv`]: latin1('%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n'),
};

/** Puts a file into an archive, where nobody can read it, and waits until it is given up. */
async function putArchived(name: string, body: string): Promise<UploadedFile> {
  const { SourceBucketName: bucket, DeadLetterQueueUrl } = app.deployment.outputs;
  const sqs = sqsClient(app.endpoint);
  const before = await queueDepth(sqs, DeadLetterQueueUrl);
  const key = `daily-report/${ID}/${name}`;
  const { VersionId, ETag } = await app.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, StorageClass: 'GLACIER' }),
  );
  await eventually(async () => (await queueDepth(sqs, DeadLetterQueueUrl)) > before, 60);
  const identity = { bucket, key, versionId: VersionId ?? null, etag: ETag!.replaceAll('"', '') };
  const file = { ...identity, fileId: fileIdOf(identity), size: body.length };
  expect(await app.deployment.ledger.get(file)).toMatchObject({ status: 'FAILED' });
  return file;
}

/** Takes a file that was given up out of its archive, as an operator would, and sends it on its way. */
async function restore(file: UploadedFile): Promise<LedgerItem> {
  const { IngestQueueUrl, DeadLetterQueueUrl } = app.deployment.outputs;
  const sqs = sqsClient(app.endpoint);
  const object = { Bucket: file.bucket, Key: file.key, VersionId: file.versionId ?? undefined };
  await app.s3.send(new RestoreObjectCommand({ ...object, RestoreRequest: { Days: 1 } }));
  await eventually(async () => {
    // The local AWS tells it of the current version only.
    const { Restore } = await app.s3.send(
      new HeadObjectCommand({ ...object, VersionId: undefined }),
    );
    return Restore?.includes('ongoing-request="false"') === true;
  });
  const [message] = await receive(sqs, DeadLetterQueueUrl);
  await send(sqs, IngestQueueUrl, message!.Body!);
  const [item] = await app.awaitEnds([file]);
  return item!;
}

const s3Event = ({ bucket, key, versionId, size }: UploadedFile): string =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '2.6',
        eventSource: 'aws:s3',
        eventTime: new Date().toISOString(),
        eventName: 'ObjectCreated:Put',
        s3: {
          bucket: { name: bucket },
          object: { key, size, eTag: 'etag', versionId, sequencer: '0055AED6DCD90281E5' },
        },
      },
    ],
  });

/** Columns that say when what is in a record happened, by the contracts. */
const EVENT_TIMES = [
  ['events', 'timestamp'],
  ['weather', 'date'],
] as const;

/** The moments of the records of a dataset, earliest first. */
const momentsOf = ({ records }: RecountedDataset, column: string): string[] =>
  records.map(({ row }) => String(row[column])).sort();

/** Those on an earlier day than the one on which their files arrived. */
const lateMoments = (dataset: RecountedDataset, column: string, day: string): string[] =>
  momentsOf(dataset, column).filter((moment) => moment.slice(0, 10) < day);

describe('the report of a day with files of all kinds', () => {
  let day: string;
  let report: Report;
  let counted: Recount;
  let deadLetters: number;
  /** The file that succeeded after attempts that failed. */
  let late: LedgerItem;

  beforeAll(async () => {
    await awayFromMidnight();
    const { IngestQueueUrl, DeadLetterQueueUrl } = app.deployment.outputs;
    const sqs = sqsClient(app.endpoint);
    const files = await Promise.all(Object.entries(FILES).map(([key, body]) => app.put(key, body)));
    const [first] = await app.awaitEnds(files);
    await send(sqs, IngestQueueUrl, s3Event(files[0]!));
    late = await restore(await putArchived('restored.csv', events(60, 2_000)));
    await putArchived('archived.csv', 'a\n1\n');
    await eventually(async () => (await queueDepth(sqs, IngestQueueUrl)) === 0);
    day = first!.arrivedAt.slice(0, 10);
    report = await made(day);
    deadLetters = await queueDepth(sqs, DeadLetterQueueUrl);
    counted = await recount(app, day);
    // Nothing of this test is left to others.
    await receive(sqs, DeadLetterQueueUrl);
  }, 420_000);

  const datasetOf = (name: string) => report.datasets.find(({ dataset }) => dataset === name)!;
  const sumOf = (name: 'rowsWritten' | 'rowsRejected' | 'bytesWritten'): number =>
    [...counted.datasets.values()].reduce((sum, dataset) => sum + dataset[name], 0);

  it('counts the files by how they stand', () => {
    const withStatus = (status: string): number =>
      counted.items.filter((item) => item.status === status).length;

    expect(counted.items.length).toBeGreaterThanOrEqual(15);
    expect(report.files).toMatchObject({
      arrived: { value: counted.items.length },
      succeeded: { value: withStatus('SUCCEEDED') },
      rejected: { value: withStatus('REJECTED') },
      failed: { value: withStatus('FAILED') },
      open: { value: withStatus('RUNNING') },
    });
    expect(withStatus('REJECTED')).toBeGreaterThanOrEqual(3);
    expect(withStatus('FAILED')).toBeGreaterThanOrEqual(1);
  });

  it('counts the rows and bytes that lie in the buckets', () => {
    const read = counted.items
      .filter(({ status }) => status === 'SUCCEEDED')
      .reduce((sum, { size }) => sum + size, 0);

    expect(report.rows).toMatchObject({
      read: { value: sumOf('rowsWritten') + sumOf('rowsRejected') },
      written: { value: sumOf('rowsWritten') },
      rejected: { value: sumOf('rowsRejected') },
    });
    expect(report.bytes).toMatchObject({
      read: { value: read },
      written: { value: sumOf('bytesWritten') },
    });
  });

  it('counts each dataset by itself', () => {
    for (const [name, { rowsWritten, rowsRejected, bytesWritten }] of counted.datasets) {
      const succeeded = counted.items.filter(
        ({ status, dataset }) => status === 'SUCCEEDED' && dataset === name,
      );
      expect(datasetOf(name)).toMatchObject({
        rowsRead: rowsWritten + rowsRejected,
        rowsWritten,
        rowsRejected,
        bytesWritten,
        bytesRead: succeeded.reduce((sum, { size }) => sum + size, 0),
        files: { succeeded: succeeded.length },
      });
    }
    expect([...counted.datasets.keys()]).toEqual(
      expect.arrayContaining(['events', 'weather', 'telemetry', 'bank']),
    );
  });

  it.each([
    ['events', 'event_type'],
    ['events', 'user_action'],
    ['events', 'country'],
    ['weather', 'weather'],
  ])('counts the values of %s.%s', (dataset, column) => {
    const dimension = datasetOf(dataset).dimensions.find((each) => each.column === column)!;
    const values = valuesOf(counted.datasets.get(dataset)!, column);
    const listed = dimension.values.map(({ value, rows }) => [String(value), rows] as const);

    expect(dimension).toMatchObject({ isExact: true, maxError: 0, distinctValues: values.size });
    // Other tests' texts of any length are among them, and long ones are shown cut.
    const shown = new Map([...values].map(([value, rows]) => [boundedText(value), rows]));
    expect(listed).toEqual(listed.map(([value]) => [value, shown.get(value)]));
    expect(listed.map(([, rows]) => rows)).toEqual(
      [...values.values()].sort((a, b) => b - a).slice(0, listed.length),
    );
    expect(dimension.otherRows).toBe(
      values.total - listed.reduce((sum, [, rows]) => sum + rows, 0),
    );
  });

  it.each([
    ['events', 'amount'],
    ['weather', 'precipitation'],
    ['weather', 'temp_max'],
    ['weather', 'temp_min'],
    ['weather', 'wind'],
  ])('adds up %s.%s', (dataset, column) => {
    const measure = datasetOf(dataset).measures.find((each) => each.column === column)!;
    const numbers = numbersOf(counted.datasets.get(dataset)!, column);

    expect(measure.count).toBe(numbers.length);
    expect(Number(measure.sum)).toBe(exactSum(numbers));
    expect(Number(measure.minimum)).toBe(numbers[0]);
    expect(Number(measure.maximum)).toBe(numbers.at(-1));
    expect(measure.mean).toBeCloseTo(exactSum(numbers) / numbers.length, 9);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const exact = atRank(numbers, share);
      expect(Math.abs(measure[name]! - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.0101);
    }
  });

  it.each(EVENT_TIMES)('knows when what is in %s happened', (dataset, column) => {
    const recounted = counted.datasets.get(dataset)!;
    const moments = momentsOf(recounted, column);

    expect(datasetOf(dataset).eventTime).toEqual({
      column,
      earliest: moments[0],
      latest: moments.at(-1),
      lateRows: lateMoments(recounted, column, day).length,
    });
  });

  it('tells rejected rows by code and column, with the files that have most of them', () => {
    const { rejects, rejectsByColumn } = counted;

    expect(new Map(report.rowRejects.map(({ code, rows }) => [code, rows]))).toEqual(
      new Map(rejects),
    );
    for (const { code, columns, examples } of report.rowRejects) {
      expect(columns.map(({ column, rows }) => [column, rows])).toEqual(
        columns.map(({ column }) => [column, rejectsByColumn.get(`${code} ${String(column)}`)]),
      );
      expect(examples.length).toBeGreaterThan(0);
    }
    expect(rejects.size).toBeGreaterThanOrEqual(3);
  });

  it('tells files that were rejected or failed by code', () => {
    const ends = new Map<string, number>();
    for (const { status, code } of counted.items) {
      if (status !== 'REJECTED' && status !== 'FAILED') continue;
      ends.set(`${status} ${code}`, (ends.get(`${status} ${code}`) ?? 0) + 1);
    }

    expect(
      new Map(report.fileEnds.map(({ status, code, files }) => [`${status} ${code}`, files])),
    ).toEqual(ends);
    expect([...ends.keys()]).toContain('FAILED OBJECT_ARCHIVED');
  });

  it('counts files by hour of arrival', () => {
    const hours = report.hours.map(({ files }) => files);
    const arrived = hours.map(
      (_, hour) =>
        counted.items.filter(({ arrivedAt }) => Number(arrivedAt.slice(11, 13)) === hour).length,
    );

    expect(hours).toEqual(arrived);
    expect(report.hours.every(({ isCounted }) => isCounted)).toBe(true);
  });

  it('measures the time from arrival to notification', () => {
    const seconds = counted.items
      .filter(({ status }) => status === 'SUCCEEDED' || status === 'REJECTED')
      .map(({ arrivedAt, endedAt }) => (Date.parse(endedAt!) - Date.parse(arrivedAt)) / 1_000)
      .sort((a, b) => a - b);

    expect(report.latency.maximum.value).toBeCloseTo(seconds.at(-1)!, 6);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const exact = atRank(seconds, share);
      expect(Math.abs(report.latency[name].value! - exact)).toBeLessThanOrEqual(exact * 0.0101);
    }
  });

  it('counts retries, duplicates, late rows and dead letters', () => {
    const retries = counted.items.reduce((sum, { attempt }) => sum + attempt - 1, 0);
    const duplicateEvents = counted.items.reduce(
      (sum, { duplicateEvents: count = 0 }) => sum + count,
      0,
    );
    const lateRows = EVENT_TIMES.reduce(
      (sum, [dataset, column]) =>
        sum + lateMoments(counted.datasets.get(dataset)!, column, day).length,
      0,
    );

    expect(report.operations).toMatchObject({
      retries: { value: retries },
      duplicateEvents: { value: duplicateEvents },
      duplicateContents: { value: counted.duplicateContents },
      lateRows: { value: lateRows },
      deadLetters: { value: deadLetters },
    });
    expect(late).toMatchObject({ status: 'SUCCEEDED', attempt: 4 });
    // Two of the file that was given up, three of the one that succeeded at last.
    expect(retries).toBeGreaterThanOrEqual(5);
    expect(lateRows).toBeGreaterThan(0);
    expect(duplicateEvents).toBeGreaterThanOrEqual(1);
    expect(counted.duplicateContents).toBeGreaterThanOrEqual(1);
    expect(deadLetters).toBeGreaterThanOrEqual(1);
  });

  it('adds up what the day cost', () => {
    const { usd, services } = report.cost;

    expect(usd.value).toBeGreaterThan(0);
    expect(services.reduce((sum, service) => sum + service.usd, 0)).toBeCloseTo(usd.value!, 9);
  });

  it('found nothing out of order', () => {
    expect(report.findings).toEqual([]);
    expect(report.headlines.length).toBeGreaterThan(0);
  });

  it('is mailed as text, with where to find the rest', async () => {
    const mail = mailAbout(day);
    const text = await readRendering(app.deployment, day, 'text');

    expect(mail).toContain('To: reports@example.com');
    expect(mail).toContain(text!.trimEnd());
    expect(mail).toContain(
      `s3://${app.deployment.outputs.ReportsBucketName}/${reportKeys(day).html}`,
    );
  });

  it('lies there as a page, as text and as data', async () => {
    const { ReportsBucketName: Bucket } = app.deployment.outputs;
    const types = await Promise.all(
      Object.entries(reportKeys(day)).map(async ([form, Key]) => {
        const { ContentType } = await app.s3.send(new GetObjectCommand({ Bucket, Key }));
        return [form, ContentType];
      }),
    );

    expect(Object.fromEntries(types)).toEqual({
      json: 'application/json',
      text: 'text/plain; charset=utf-8',
      html: 'text/html; charset=utf-8',
    });
    expect(await readRendering(app.deployment, day, 'html')).toMatch(/^<!doctype html>/i);
  });

  it('made again replaces the one before, and says so', async () => {
    const again = await made(day);

    expect(again).toMatchObject({ revision: report.revision + 1, replaces: report.generatedAt });
    expect(again.rows).toEqual(report.rows);
    expect(mailAbout(day)).toMatch(/revised/i);
  });
});

describe('the report of a day', () => {
  it('without files is made all the same', async () => {
    const { status } = await execute({ scheduledTime: '2026-01-02T08:00:00Z' });
    const report = await readReport(app.deployment, '2026-01-01');

    expect(status).toBe('SUCCEEDED');
    expect(report).toMatchObject({
      day: '2026-01-01',
      revision: 1,
      isDayOver: true,
      files: { arrived: { value: 0 } },
      datasets: [],
      findings: [],
    });
    expect(mailAbout('2026-01-01')).toBeDefined();
  });

  it('names manifests that it could not read', async () => {
    const keys = ['broken', 'future'].map((name) => `manifests/dt=2026-01-03/hh=04/${name}.json`);
    await putManifest(keys[0]!, '{"manifestVersion": 3, "status": "SUCC');
    await putManifest(keys[1]!, '{"manifestVersion": 99, "status": "SUCCEEDED"}');

    const { findings, files } = await made('2026-01-03');

    expect(findings).toEqual([
      expect.objectContaining({ code: 'MANIFEST_UNREADABLE', count: 2, examples: keys }),
    ]);
    expect(files.arrived.value).toBe(0);
  });

  it('says which hour it could not count, and counts the others', async () => {
    await putManifest('manifests/dt=2026-01-05/hh=06/archived.json', '{}', true);

    const { findings, hours, headlines } = await made('2026-01-05');

    expect(hours.filter(({ isCounted }) => !isCounted).map(({ hour }) => hour)).toEqual([6]);
    expect(findings).toEqual([expect.objectContaining({ code: 'HOUR_NOT_COUNTED', count: 1 })]);
    expect(headlines[0]).toMatch(/not.*count/i);
  });

  it('that cannot be made is mailed as failed', async () => {
    const { status, error, cause } = await execute({ day: '2999-01-01' });

    expect({ status, error }).toEqual({ status: 'FAILED', error: 'ReportFailed' });
    expect(cause).toMatch(/^INVALID_DAY: 2999-01-01 has not begun/);
    expect(mailAbout('report failed')).toContain('INVALID_DAY: 2999-01-01 has not begun');
  });

  it('is made for a range of days by the command line, each compared with those before', async () => {
    const console = keptConsole();
    const days = ['2026-01-10', '2026-01-11'];

    expect(await reportCommand(app.deployment, days, {}, console)).toBe(0);

    const [, ...lines] = console.results[0]!.split('\n');
    expect(lines.map((line) => line.slice(0, 10))).toEqual(days);
    const second = await readReport(app.deployment, days[1]!);
    expect(second!.files.arrived).toEqual({ value: 0, dayBefore: 0, weekMean: 0 });
  }, 90_000);
});
