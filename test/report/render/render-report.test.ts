import { SQSClient } from '@aws-sdk/client-sqs';
import { DayAggregate } from '../../../src/report/aggregate/day-aggregate.ts';
import { hourKey, putHour } from '../../../src/report/aggregate/hour-object.ts';
import { readManifest } from '../../../src/report/aggregate/manifest-facts.ts';
import {
  renderReport,
  type RenderedReport,
  type RenderInput,
} from '../../../src/report/render/render-report.ts';
import { Report, reportKeys } from '../../../src/report/report.ts';
import type { LiveWindow } from '../../../src/shared/live-stats/live-stats-reader.ts';
import { DAY, dayFile, itemOf, manifestOf, type DayFile } from '../day-files.ts';
import { MemoryBucket } from '../memory-bucket.ts';
import { streamMinutesOf } from '../stream-minutes.ts';

const WORK = 'work/execution-1/';
const KEYS = reportKeys(DAY);
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** The reports bucket of a day whose hours have been counted, and a dead-letter queue. */
class World {
  readonly bucket = new MemoryBucket();
  readonly warnings: string[] = [];
  /** Happens once, between the reading of earlier reports and the writing of this one. */
  meanwhile: (() => Promise<unknown>) | undefined;
  queue: Record<string, string> | Error = {
    ApproximateNumberOfMessages: '2',
    ApproximateNumberOfMessagesNotVisible: '1',
  };

  /** What the stream has counted. */
  minutes: LiveWindow[] | Error = [];

  /** Counts each hour with the files that arrived in it. */
  async count(...files: DayFile[]): Promise<this> {
    for (const hour of HOURS) {
      const aggregate = new DayAggregate(() => 'orders');
      for (const file of files.filter((each) => each.hour === hour)) {
        aggregate.addLedgerItem(itemOf(file));
        aggregate.addManifest(readManifest(JSON.stringify(manifestOf(file)))!);
      }
      aggregate.settle();
      const place = { bucket: 'reports', key: hourKey(WORK, hour) };
      await putHour(this.bucket.client, place, aggregate.toJson());
    }
    this.minutes = streamMinutesOf(files);
    return this;
  }

  render(input: Partial<RenderInput> = {}): Promise<RenderedReport> {
    const sqs = new SQSClient({ region: 'us-east-1' });
    sqs.send = async () => {
      const { meanwhile } = this;
      this.meanwhile = undefined;
      await meanwhile?.();
      if (this.queue instanceof Error) throw this.queue;
      return { Attributes: this.queue };
    };
    const hours = HOURS.map((hour) => ({ hour, key: hourKey(WORK, hour) }));
    return renderReport(
      { day: DAY, workPrefix: WORK, execution: 'execution-1', hours, ...input },
      {
        s3: this.bucket.client,
        sqs,
        reportsBucket: 'reports',
        liveStats: {
          windows: () =>
            this.minutes instanceof Error
              ? Promise.reject(this.minutes)
              : Promise.resolve(this.minutes),
        },
        retentionDays: 30,
        deadLetterQueueUrl: 'https://sqs.example/dead-letters',
        stage: 'test',
        billing: { logsExecutions: true },
        now: new Date('2026-11-21T08:00:00.000Z'),
        logger: { warn: (message) => this.warnings.push(JSON.stringify(message)) },
      },
    );
  }

  report(day = DAY): Report {
    return Report.parse(JSON.parse(this.bucket.text(reportKeys(day).json)));
  }
}

const files = [1, 5, 5, 23].map((hour, index) => dayFile({ key: `in/${index}.csv`, hour }));

it('writes page, text and data of all hours, the data last', async () => {
  const world = await new World().count(...files);
  const rendered = await world.render();
  expect(rendered).toEqual({
    day: DAY,
    revision: 1,
    keys: KEYS,
    subject: expect.stringContaining(DAY) as string,
  });
  expect(world.bucket.requests.slice(-3)).toEqual([
    `PUT ${KEYS.html}`,
    `PUT ${KEYS.text}`,
    `PUT ${KEYS.json}`,
  ]);
  expect(world.report()).toMatchObject({
    files: { succeeded: { value: 4 } },
    rows: { read: { value: 40 } },
    operations: { deadLetters: { value: 3 } },
    findings: [],
  });
  expect(world.bucket.text(KEYS.text)).toContain(DAY);
  expect(world.bucket.text(KEYS.html)).toMatch(/^<!doctype html>/i);
});

it('makes a report of a day without files', async () => {
  const world = await new World().count();
  await world.render();
  expect(world.report()).toMatchObject({ files: { arrived: { value: 0 } }, findings: [] });
});

it('compares with the reports of the days before', async () => {
  const world = await new World().count(...files);
  await world.render({ day: '2026-11-19' });
  await world.render();
  expect(world.report().files.succeeded).toEqual({ value: 4, dayBefore: 4, weekMean: 4 });
});

it('replaces an earlier report of the day, and says so', async () => {
  const world = await new World().count(...files);
  await world.render();
  expect((await world.render({ execution: 'execution-2' })).revision).toBe(2);
  expect(world.report().replaces).toBe('2026-11-21T08:00:00.000Z');
});

it('makes the same revision when it is run again', async () => {
  const world = await new World().count(...files);
  await world.render();
  const first = world.bucket.text(KEYS.json);
  expect((await world.render()).revision).toBe(1);
  expect(world.bucket.text(KEYS.json)).toBe(first);
});

it.each([1, 2])(
  'does not mix with the report that another execution makes at the same time (revision %i)',
  async (revision) => {
    const world = await new World().count(...files);
    if (revision > 1) await world.render({ execution: 'execution-0' });
    world.meanwhile = () => world.render({ execution: 'execution-1' });
    const outrun = world.render({ execution: 'execution-2' });
    await expect(outrun).rejects.toMatchObject({
      name: 'TransientFault',
      message: expect.stringMatching(/^STEP_IN_PROGRESS: /) as string,
    });
    // The state machine runs it again.
    await world.render({ execution: 'execution-2' });
    expect(world.report()).toMatchObject({ execution: 'execution-2', revision: revision + 1 });
    expect(world.bucket.text(KEYS.text)).toContain(`revision ${revision + 1}`);
  },
);

describe('says what it lacks:', () => {
  const cause = JSON.stringify({ errorMessage: 'ACCESS_DENIED: not allowed' });
  const failed = { hour: 5, error: { Error: 'PermanentFault', Cause: cause } };

  it('an hour that failed', async () => {
    const world = await new World().count(...files);
    const hours = HOURS.map((hour) => (hour === 5 ? failed : { hour, key: hourKey(WORK, hour) }));
    await world.render({ hours });
    expect(world.report()).toMatchObject({
      files: { arrived: { value: 2 } },
      findings: [
        { code: 'HOUR_NOT_COUNTED', count: 1, examples: ['05:00 (ACCESS_DENIED: not allowed)'] },
      ],
    });
  });

  it('an hour whose sums are gone', async () => {
    const world = await new World().count(...files);
    world.bucket.objects.delete(hourKey(WORK, 23));
    await world.render();
    expect(world.report().findings).toMatchObject([
      { code: 'HOUR_NOT_COUNTED', examples: [expect.stringMatching(/^23:00 /)] },
    ]);
  });

  it('earlier reports that cannot be read', async () => {
    const world = await new World().count(...files);
    const broken = reportKeys('2026-11-18').json;
    world.bucket.put(broken, '{"reportVersion": 1').put(KEYS.json, 'null');
    await world.render();
    expect(world.report().findings).toMatchObject([
      { code: 'EARLIER_REPORT_UNREADABLE', count: 2, examples: [KEYS.json, broken] },
    ]);
  });

  it.each([
    ['does not answer', new Error('away')],
    ['tells no number', {}],
  ])('the backlog when the queue %s', async (_, queue) => {
    const world = await new World().count(...files);
    world.queue = queue;
    await world.render();
    expect(world.report()).toMatchObject({
      operations: { deadLetters: { value: null } },
      findings: [{ code: 'BACKLOG_UNKNOWN' }],
    });
    expect(world.warnings).toHaveLength(1);
  });
});

describe('the stream', () => {
  it('that has counted otherwise is a finding with both numbers, and a headline', async () => {
    const world = await new World().count(...files);
    world.minutes = streamMinutesOf(files.slice(1));
    await world.render();
    const { findings, headlines } = world.report();
    expect(findings).toMatchObject([{ code: 'STREAM_DIFFERS', count: 3 }]);
    expect(findings[0]!.examples[0]).toBe('files arrived: 4 by the report, 3 by the stream');
    expect(headlines[0]).toContain('files arrived: 4 by the report, 3 by the stream');
    expect(world.bucket.text(KEYS.text)).toContain('STREAM_DIFFERS');
  });

  it('that does not answer is a finding', async () => {
    const world = await new World().count(...files);
    world.minutes = new Error('away');
    await world.render();
    expect(world.report().findings).toMatchObject([
      { code: 'STREAM_UNKNOWN', count: 1, examples: ['its statistics did not answer'] },
    ]);
    expect(world.warnings).toHaveLength(1);
  });

  it('is not compared with a report that lacks hours', async () => {
    const world = await new World().count(...files);
    world.bucket.objects.delete(hourKey(WORK, 23));
    await world.render();
    expect(world.report().findings.map(({ code }) => code)).toEqual(['HOUR_NOT_COUNTED']);
  });
});

it('fails when an earlier report cannot be fetched, so that it is tried again', async () => {
  const world = await new World().count(...files);
  world.bucket.denied.add(KEYS.json);
  await expect(world.render()).rejects.toThrow('AccessDenied');
});
