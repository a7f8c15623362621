import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KinesisStreamEvent, SQSEvent } from 'aws-lambda';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { readStreamRecord } from '../../src/analytics/analyse/stream-record.ts';
import { EventCode } from '../../src/analytics/event-code.ts';
import { checkEnvelope } from '../../src/analytics/event-envelope.ts';
import { FILE_EVENT_TYPES, KNOWN_TYPES } from '../../src/analytics/event-types.ts';
import { objectEvent } from '../../src/analytics/forward/object-event.ts';
import { PipelineInput } from '../../src/pipeline/payload.ts';
import { announcedFiles, type AnnouncedFile } from '../../src/pipeline/dispatch/announced-files.ts';
import { fileEvent, FileEventType } from '../../src/pipeline/notify/file-event.ts';
import { skipReason } from '../../src/pipeline/skip-reason.ts';
import { FILE_REQUESTED, fileRequested } from '../../src/shared/file-request.ts';
import type { AttemptOutcome } from '../../src/shared/ledger/ledger.ts';
import { s3Records } from '../../src/shared/s3-event.ts';
import { STACK_OUTPUTS } from '../../src/shared/stack-outputs.ts';

const EVENTS = join(__dirname, '../../events');

const read = (...path: string[]): unknown =>
  JSON.parse(readFileSync(join(EVENTS, ...path), 'utf8'));

const SCHEMAS = readdirSync(join(EVENTS, 'schemas'));

/** Checks against a schema, which may refer to the others. */
function validator(name: string): ValidateFunction {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    formats: {
      'date-time': (text) => /T.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
      'uri-reference': (text) => URL.canParse(text, 'https://example.org'),
    },
  });
  for (const file of SCHEMAS) ajv.addSchema(read('schemas', file) as object);
  return ajv.getSchema(`https://millrace.io/schemas/${name}.schema.json`)!;
}

describe('the sample payloads', () => {
  it.each([
    'file-succeeded',
    'file-rejected',
    'file-failed',
    'file-requested',
    'file-skipped',
    'object-created',
    'object-removed',
    'application-event',
  ])('of %s fit their schema and the envelope', (name) => {
    const sample = read('samples', `${name}.json`);
    const schemas = [name, 'event-envelope', 'stream-record'].filter((schema) =>
      SCHEMAS.includes(`${schema}.schema.json`),
    );
    for (const schema of schemas) {
      const validate = validator(schema);
      validate(sample);
      expect(validate.errors).toBeNull();
    }
    expect(() => checkEnvelope(sample)).not.toThrow();
  });

  it.each(['created', 'removed'])('of objects that were %s are made of those of S3', (change) => {
    const records = s3Records(read('samples', `s3-object-${change}.json`));
    expect(records.map(objectEvent)).toEqual([read('samples', `object-${change}.json`)]);
  });

  it('of Kinesis carry events of every kind', () => {
    const { Records } = read('samples', 'kinesis-batch.json') as KinesisStreamEvent;
    const records = Records.map(readStreamRecord);
    expect(records.map(({ malformed }) => malformed)).toEqual([null, null, null]);
    expect(records.flatMap(({ events }) => events.map(({ type }) => type))).toEqual([
      'io.millrace.object.created',
      'io.millrace.file.succeeded',
      'com.example.order.placed',
      'com.example.order.shipped',
    ]);
    const validate = validator('stream-record');
    for (const { kinesis } of Records) {
      expect(validate(JSON.parse(Buffer.from(kinesis.data, 'base64').toString()))).toBe(true);
    }
  });

  it('of S3 name a file, its key decoded', () => {
    const event = JSON.stringify(read('samples', 's3-object-created.json'));
    expect(announcedFiles(event)).toMatchObject([
      { file: { key: 'weather/seattle weather 2026+.csv', size: 48_219 } },
    ]);
  });

  it('of S3 tests name none', () => {
    expect(announcedFiles(JSON.stringify(read('samples', 's3-test-event.json')))).toEqual([]);
  });

  it('of SQS carry S3 events', () => {
    const { Records } = read('samples', 'sqs-batch.json') as SQSEvent;
    expect(Records.flatMap(({ body }) => announcedFiles(body))).toHaveLength(1);
  });

  it('of the state machine are its input', () => {
    expect(() => PipelineInput.parse(read('samples', 'file-pipeline-input.json'))).not.toThrow();
  });
});

describe('the published events', () => {
  const base = PipelineInput.parse(read('samples', 'file-pipeline-input.json'));
  const endedAt = '2026-11-20T08:15:31.020Z';
  const keys = { processedKey: null, rejectedKey: null, manifestKey: 'manifests/a.json' };
  const counts = { rowsRead: 2, rowsWritten: 1, rowsRejected: 1 };
  const contentHash = `blocks-sha256:${'0'.repeat(64)}`;
  const failure = { code: 'EMPTY_FILE', reason: 'the file has no bytes' } as const;
  const duplicateOf = { fileId: '9e8d7c6b5a493827160f', key: 'in/first.csv' };
  const rejection = { dataset: 'a', rejectedKey: null, manifestKey: 'manifests/a.json' };

  it.each<AttemptOutcome>([
    {
      ...base,
      endedAt,
      status: 'SUCCEEDED',
      details: { dataset: 'a', contentHash, ...counts, ...keys },
    },
    {
      ...base,
      endedAt,
      status: 'SUCCEEDED',
      details: { dataset: 'a', contentHash, ...counts, ...keys, duplicateOf },
    },
    {
      ...base,
      endedAt,
      status: 'SKIPPED',
      code: 'DUPLICATE_CONTENT',
      reason: skipReason(duplicateOf),
      details: {
        dataset: 'a',
        contentHash,
        rowsRead: 2,
        manifestKey: keys.manifestKey,
        duplicateOf,
      },
    },
    { ...base, endedAt, status: 'REJECTED', ...failure, details: rejection },
    { ...base, endedAt, status: 'FAILED', ...failure, code: 'UNEXPECTED_ERROR' },
  ])('of a file that has $status fit their schema, and so do those of its replay', (outcome) => {
    const validate = validator(`file-${outcome.status.toLowerCase()}`);
    const location = { bucket: 'target', key: 'archive/a.csv', versionId: null };
    const file = { ...outcome.file, replay: 'again', location };
    for (const each of [outcome, { ...outcome, file }]) {
      validate(fileEvent(each, { source: '/millrace/test/file-pipeline' }));
      expect(validate.errors).toBeNull();
    }
  });

  it('a request for a file fits its schema, and the sample is one that is understood', () => {
    const sample = JSON.stringify(read('samples', 'file-requested.json'));
    const [{ file, request }] = announcedFiles(sample) as [AnnouncedFile];
    const asked = { file, arrivedAt: base.arrivedAt, operationId: request!.operationId };
    const validate = validator('file-requested');
    validate(fileRequested(asked, { source: '/millrace/operator/test', time: new Date(0) }));
    expect(validate.errors).toBeNull();
    expect(request).toEqual({ operationId: asked.operationId, afterAttempt: 1 });
  });

  it('have a schema each', () => {
    const titles = SCHEMAS.map((file) => (read('schemas', file) as { title: string }).title);
    const others = [FILE_REQUESTED, 'CloudEvent', 'stream record'];
    expect(titles.sort()).toEqual([...KNOWN_TYPES, ...others].sort());
    expect([...FILE_EVENT_TYPES].sort()).toEqual(Object.values(FileEventType).sort());
  });
});

describe('the envelope', () => {
  const event = read('samples', 'application-event.json') as object;
  const validate = validator('event-envelope');

  it.each<[string, unknown]>([
    [
      'nothing but what it must have',
      { subject: undefined, data: undefined, datacontenttype: undefined },
    ],
    ['no subject, written as null', { subject: null, dataschema: null }],
    ['extensions', { traceparent: '00-0af7-01', sampled: true }],
    ['another zone', { time: '2026-11-20T18:05:09+02:00' }],
    ['no fraction of a second', { time: '2026-11-20T16:05:09Z' }],
    ['a relative source', { source: 'shop' }],
    ['data of any kind', { data: [1, 'a', null] }],
    ['data in base64', { data: undefined, data_base64: 'aGVsbG8=' }],
  ])('takes %s, in code and schema alike', (_, parts) => {
    const document: unknown = JSON.parse(JSON.stringify({ ...event, ...(parts as object) }));
    expect(() => checkEnvelope(document)).not.toThrow();
    expect(validate(document)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['another version', { specversion: '0.3' }],
    ['no id', { id: undefined }],
    ['an empty id', { id: '' }],
    ['an id that is a number', { id: 7 }],
    ['no source', { source: undefined }],
    ['a source that is no URI', { source: 'http://[' }],
    ['no type', { type: null }],
    ['no time', { time: undefined }],
    ['a time without a zone', { time: '2026-11-20T16:05:09' }],
    ['a day', { time: '2026-11-20' }],
    ['an empty subject', { subject: '' }],
  ])('refuses %s, in code and schema alike', (_, parts) => {
    const document: unknown = JSON.parse(JSON.stringify({ ...event, ...(parts as object) }));
    expect(() => checkEnvelope(document)).toThrow();
    expect(validate(document)).toBe(false);
  });
});

describe('asyncapi.json', () => {
  const text = readFileSync(join(EVENTS, 'asyncapi.json'), 'utf8');
  const api = JSON.parse(text) as {
    asyncapi: string;
    channels: Record<string, { description: string; messages: object }>;
    operations: Record<string, { channel: { $ref: string } }>;
    components: { messages: Record<string, { name: string; payload: object }> };
  };

  const follow = (pointer: string): unknown =>
    pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], api);

  it('refers only to what there is', () => {
    const targets = [...text.matchAll(/"(?:\$ref|url)": "([^"]+)"/g)].map(([, target]) => target!);
    const missing = targets.filter((target) =>
      target.startsWith('#') ? follow(target) === undefined : !existsSync(join(EVENTS, target)),
    );
    expect(targets.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  it('describes every published event', () => {
    const names = Object.values(api.components.messages).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...KNOWN_TYPES]));
  });

  it('names outputs of the stack and codes of the source', () => {
    const outputs = [...text.matchAll(/Output (\w+)/g)].map(([, output]) => output);
    expect(STACK_OUTPUTS).toEqual(expect.arrayContaining(outputs));
    const codes = [...text.matchAll(/"([A-Z]+_EVENT)"/g)].map(([, code]) => code);
    expect(Object.values(EventCode)).toEqual(expect.arrayContaining(codes));
  });

  it('has every channel used', () => {
    const used = Object.values(api.operations).map(({ channel }) => channel.$ref.split('/')[2]);
    const unused = Object.keys(api.channels).filter((channel) => !used.includes(channel));
    // Queues that only operators read.
    expect(unused).toEqual(['ingestDeadLetters']);
  });
});
