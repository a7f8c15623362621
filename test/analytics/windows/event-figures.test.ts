import failedSample from '../../../events/samples/file-failed.json' with { type: 'json' };
import { checkEnvelope, MalformedEvent } from '../../../src/analytics/event-envelope.ts';
import { figuresOf, type EventFigures } from '../../../src/analytics/windows/event-figures.ts';
import fc from '../../support/fast-check.ts';
import { applicationEvent, fileEventOf } from '../support/events.ts';

const figures = (event: object): EventFigures => figuresOf(checkEnvelope(event));
const NOTHING = { rows: 0, bytes: 0, rejects: 0, latency: null };

describe('figuresOf', () => {
  it('reads the end of a file', () => {
    expect(figures(fileEventOf())).toMatchObject({
      rows: 10,
      bytes: 1_000,
      rejects: 1,
      latency: 1_500,
      anchor: Date.parse('2026-11-20T16:05:08.000Z'),
    });
  });

  it('reads the sample of a file that failed, which has no rows', () => {
    expect(figures(failedSample)).toMatchObject({
      rows: 0,
      bytes: 48_219,
      latency: 897,
      values: new Map([
        ['type', 'io.millrace.file.failed'],
        ['source', '/millrace/dev/file-pipeline'],
        ['status', 'FAILED'],
      ]),
    });
  });

  it('reads an object that was created', () => {
    const type = 'io.millrace.object.created';
    expect(figures(applicationEvent({ type, data: { size: 7 } }))).toMatchObject({
      ...NOTHING,
      bytes: 7,
    });
  });

  it('reads what an application states', () => {
    const { values, ...counts } = figures(applicationEvent());
    expect(counts).toMatchObject({ rows: 3, bytes: 120, rejects: 1, latency: null });
    expect([...values]).toEqual([
      ['type', 'com.example.order.placed'],
      ['source', '/shop/orders'],
      ['dataset', 'orders'],
      ['status', 'PAID'],
    ]);
  });

  it.each([
    ['no data', undefined],
    ['empty data', {}],
    ['data that is no object', 'hello'],
    ['figures that are none', { rows: -1, bytes: 1.5, rejects: '3' }],
    ['figures beyond all measure', { rows: 1e300, bytes: 2e12 }],
    ['names that are none', { dataset: 7, status: {} }],
  ])('counts %s as nothing', (_, data) => {
    const { values, ...counts } = figures(applicationEvent({ data }));
    expect(counts).toMatchObject(NOTHING);
    expect(values.size).toBe(2);
  });

  it('takes a file event that is none for an application event', () => {
    const type = 'io.millrace.file.succeeded';
    expect(figures(applicationEvent({ type, data: { rows: 4 } }))).toMatchObject({
      ...NOTHING,
      rows: 4,
      anchor: Date.parse('2026-11-20T16:05:09.123Z'),
    });
  });

  it.each([
    ['2026-11-20T16:05:00.000Z', 0],
    ['2026-11-25T16:05:08.000Z', 86_400_000],
  ])('keeps the latency of a file that ended at %s within a day', (time, latency) => {
    expect(figures(fileEventOf({ time })).latency).toBe(latency);
  });

  it('cuts long values', () => {
    const { values } = figures(applicationEvent({ type: 'x'.repeat(100_000) }));
    expect(values.get('type')!.length).toBeLessThanOrEqual(128);
  });

  it('reads whatever passes the envelope', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.string(), (data, subject, type) => {
        try {
          const { rows, bytes, rejects } = figures(
            applicationEvent({ data, type, subject: subject as string }),
          );
          expect([rows, bytes, rejects].every(Number.isSafeInteger)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedEvent);
        }
      }),
    );
  });
});
