import type { SNSClient } from '@aws-sdk/client-sns';
import { publishOutcome } from '../../../src/pipeline/notify/publish-outcome.ts';
import { AttemptSuperseded } from '../../../src/shared/errors.ts';
import type { AttemptOutcome, Ledger, OutcomeHold } from '../../../src/shared/ledger/ledger.ts';

const OUTCOME: AttemptOutcome = {
  file: {
    fileId: '0123456789abcdef0123',
    bucket: 'source',
    key: 'a.csv',
    versionId: 'v1',
    etag: 'e1',
    size: 3,
    sequencer: null,
  },
  attempt: 1,
  arrivedAt: '2026-11-20T08:00:00.000Z',
  startedAt: '2026-11-20T08:00:01.000Z',
  endedAt: '2026-11-20T08:00:02.000Z',
  status: 'FAILED',
  code: 'SERVICE_THROTTLED',
  reason: 'slow down',
};

/** Records in which order ledger and topic are used. */
function world(hold: () => Promise<OutcomeHold>) {
  const steps: string[] = [];
  const ledger: Partial<Ledger> = {
    holdForOutcome: () => {
      steps.push('hold');
      return hold();
    },
    recordOutcome: () => {
      steps.push('record');
      return Promise.resolve(true);
    },
  };
  const sns: Partial<SNSClient> = {
    send: () => {
      steps.push('publish');
      return Promise.resolve();
    },
  };
  return { steps, sinks: { ledger: ledger as Ledger, sns: sns as SNSClient } };
}

beforeAll(() => {
  process.env.EVENT_SOURCE = '/millrace/test/file-pipeline';
  process.env.EVENTS_TOPIC_ARN = 'arn:aws:sns:us-east-1:111122223333:events';
});

describe('publishOutcome', () => {
  it('publishes between making sure of the claim and closing it', async () => {
    const { steps, sinks } = world(() => Promise.resolve({ isRecorded: false, earlierEnds: 0 }));
    expect(await publishOutcome(OUTCOME, sinks)).toBe(true);
    expect(steps).toEqual(['hold', 'publish', 'record']);
  });

  it('publishes nothing for an attempt that has been superseded', async () => {
    const superseded = new AttemptSuperseded(OUTCOME.file.fileId, 1);
    const { steps, sinks } = world(() => Promise.reject(superseded));
    await expect(publishOutcome(OUTCOME, sinks)).rejects.toBe(superseded);
    expect(steps).toEqual(['hold']);
  });

  it('does nothing again for an outcome that has been recorded', async () => {
    const { steps, sinks } = world(() => Promise.resolve({ isRecorded: true }));
    expect(await publishOutcome(OUTCOME, sinks)).toBe(false);
    expect(steps).toEqual(['hold']);
  });
});
