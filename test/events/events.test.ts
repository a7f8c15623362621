import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { PipelineInput } from '../../src/pipeline/payload.ts';
import { arrivedFiles } from '../../src/pipeline/dispatch/s3-event.ts';
import { fileEvent, FileEventType } from '../../src/pipeline/notify/file-event.ts';
import type { AttemptOutcome } from '../../src/shared/ledger/ledger.ts';

const EVENTS = join(__dirname, '../../events');

const read = (...path: string[]): unknown =>
  JSON.parse(readFileSync(join(EVENTS, ...path), 'utf8'));

const validator = (kind: string): ValidateFunction =>
  new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    formats: {
      'date-time': (text) => !Number.isNaN(Date.parse(text)),
      'uri-reference': (text) => URL.canParse(text, 'https://example.org'),
    },
  }).compile(read('schemas', `file-${kind}.schema.json`) as object);

describe('the sample payloads', () => {
  it.each(['succeeded', 'rejected', 'failed'])('of io.millrace.file.%s fit its schema', (kind) => {
    const validate = validator(kind);
    validate(read('samples', `file-${kind}.json`));
    expect(validate.errors).toBeNull();
  });

  it('of S3 name a file, its key decoded', () => {
    const event = JSON.stringify(read('samples', 's3-object-created.json'));
    expect(arrivedFiles(event)).toMatchObject([
      { file: { key: 'weather/seattle weather 2026+.csv', size: 48_219 } },
    ]);
  });

  it('of S3 tests name none', () => {
    expect(arrivedFiles(JSON.stringify(read('samples', 's3-test-event.json')))).toEqual([]);
  });

  it('of SQS carry S3 events', () => {
    const { Records } = read('samples', 'sqs-batch.json') as SQSEvent;
    expect(Records.flatMap(({ body }) => arrivedFiles(body))).toHaveLength(1);
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
  const rejection = { dataset: 'a', rejectedKey: null, manifestKey: 'manifests/a.json' };

  it.each<AttemptOutcome>([
    {
      ...base,
      endedAt,
      status: 'SUCCEEDED',
      details: { dataset: 'a', contentHash, ...counts, ...keys },
    },
    { ...base, endedAt, status: 'REJECTED', ...failure, details: rejection },
    { ...base, endedAt, status: 'FAILED', ...failure, code: 'UNEXPECTED_ERROR' },
  ])('of a file that has $status fit their schema', (outcome) => {
    const validate = validator(outcome.status.toLowerCase());
    validate(fileEvent(outcome, '/millrace/test/file-pipeline'));
    expect(validate.errors).toBeNull();
  });

  it('have a schema each', () => {
    const schemas = readdirSync(join(EVENTS, 'schemas')).map(
      (file) => (read('schemas', file) as { title: string }).title,
    );
    expect(schemas.sort()).toEqual(Object.values(FileEventType).sort());
  });
});
