import { readLedgerItem } from '../../../src/report/aggregate/ledger-facts.ts';
import { readManifest } from '../../../src/report/aggregate/manifest-facts.ts';
import { usageOfItem, usageOfManifest } from '../../../src/report/cost/file-usage.ts';
import type { Usage } from '../../../src/report/cost/usage.ts';
import { dayFile, itemOf, manifestOf, type DayFile } from '../day-files.ts';

const ofManifest = (parts: Partial<DayFile> = {}): Usage =>
  usageOfManifest(readManifest(JSON.stringify(manifestOf(dayFile(parts))))!);

const ofItem = (parts: Partial<DayFile> = {}): Usage =>
  usageOfItem(readLedgerItem(itemOf(dayFile(parts)))!, 1_500);

describe('the steps', () => {
  it('of a file in one piece are Validate, Transform and Write', () => {
    expect(ofManifest()).toMatchObject({
      lambdaRequests: 3,
      s3Reads: 3,
      s3Writes: 2,
      writeUnits: 7,
    });
  });

  it('of a file in three chunks are three scans and three transforms', () => {
    // Validate, three scans, Resolve, three Transform Parts, Write Split.
    expect(ofManifest({ chunks: 3 }).lambdaRequests).toBe(9);
  });

  it.each([
    ['by Validate', 'EMPTY_FILE', 2],
    ['by Transform', 'UNCLOSED_QUOTE', 3],
    ['by Write', 'TOO_MANY_REJECTED_ROWS', 4],
  ])('of a file that was rejected %s end with Quarantine', (_, code, functions) => {
    expect(ofManifest({ status: 'REJECTED', code })).toMatchObject({
      lambdaRequests: functions,
      s3Writes: 3,
    });
  });
});

describe('an attempt', () => {
  it('is an execution, a message and two events', () => {
    expect(ofItem()).toMatchObject({
      expressRequests: 1,
      // 500 ms, as they are billed.
      expressMibMilliseconds: 500 * 64,
      // Dispatch and Notify.
      lambdaRequests: 2,
      sqsRequests: 3,
      // The upload's and ours.
      snsPublishes: 2,
      // Index, claim, hold, record, and Notify's two idempotency records.
      writeUnits: 1 + 1 + 1 + 2 + 2,
    });
  });

  it('that failed has run steps for nothing, and is put back', () => {
    const once = ofItem();
    const twice = ofItem({ attempts: 2 });
    expect(twice.expressRequests - once.expressRequests).toBe(1);
    expect(twice.s3Reads).toBe(3);
    expect(twice.sqsRequests - once.sqsRequests).toBe(4);
    // The upload is published once.
    expect(twice.snsPublishes - once.snsPublishes).toBe(1);
  });

  it('that is under way has told nobody of its end', () => {
    expect(ofItem({ status: 'RUNNING' })).toMatchObject({
      expressRequests: 1,
      expressMibMilliseconds: 0,
      snsPublishes: 1,
    });
  });
});

it('a duplicate event is received, refused and counted', () => {
  const { lambdaRequests, writeUnits, expressRequests } = ofItem({ duplicateEvents: 2 });
  const without = ofItem();
  expect(lambdaRequests - without.lambdaRequests).toBe(2);
  expect(writeUnits - without.writeUnits).toBe(4);
  expect(expressRequests).toBe(without.expressRequests);
});

describe('the archive of a file', () => {
  const without = ofItem();
  const withArchive = (archive: object): Usage =>
    usageOfItem(readLedgerItem({ ...itemOf(dayFile()), archive })!, 1_500);
  const { endedAt } = itemOf(dayFile());
  const at = new Date(Date.parse(endedAt!) + 2_000).toISOString();

  it.each([
    ['ARCHIVED', 1, 1, 1],
    ['TAGGED', 1, 1, 0],
    ['NOT_ARCHIVED', 0, 1, 0],
    ['FAILED', 1, 2, 0],
  ])('that is %s takes what its step calls, and the news of a removal', (...row) => {
    const [status, puts, functions, removals] = row;
    const usage = withArchive({ status, at });
    expect(usage.s3Writes - without.s3Writes).toBe(puts);
    expect(usage.s3Reads - without.s3Reads).toBe(puts);
    expect(usage.lambdaRequests - without.lambdaRequests).toBe(functions + removals);
    // Idempotency records, and the ledger's item of two units, each time it is written.
    expect(usage.writeUnits - without.writeUnits).toBe(functions * 2 + 2 + removals * 2);
  });

  it('keeps the execution and two functions busy until it is done', () => {
    const usage = withArchive({ status: 'ARCHIVED', at });
    expect(usage.expressMibMilliseconds - without.expressMibMilliseconds).toBe(2_000 * 64);
    expect(usage.lambdaMibMilliseconds - without.lambdaMibMilliseconds).toBe(2_000 * (256 + 1_769));
  });

  it('that an operator asked for days later took no longer than a step may', () => {
    const later = new Date(Date.parse(endedAt!) + 864e5).toISOString();
    const usage = withArchive({ status: 'ARCHIVED', at: later });
    expect(usage.expressMibMilliseconds - without.expressMibMilliseconds).toBe(50_000 * 64);
  });
});
