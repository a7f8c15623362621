import { onlyEntry, variablesOf } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

const template = synthesize({
  'millrace.liveStatsRetentionDays': 90,
  'millrace.maxLatenessHours': 48,
});
const [, table] = onlyEntry(template, 'AWS::DynamoDB::Table', 'AnalyticsLiveStats');

it('is keyed by window, then group', () => {
  expect(table.Properties.KeySchema).toEqual([
    { AttributeName: 'window', KeyType: 'HASH' },
    { AttributeName: 'group', KeyType: 'RANGE' },
  ]);
});

it('forgets its items when they expire', () => {
  expect(table.Properties.TimeToLiveSpecification).toEqual({
    AttributeName: 'expiresAt',
    Enabled: true,
  });
});

it('is paid for on demand, and goes with the stack', () => {
  expect(table.Properties.BillingMode).toBe('PAY_PER_REQUEST');
  expect(table.DeletionPolicy).toBe('Delete');
});

it('Analyse knows how long windows are kept, and which events are late', () => {
  expect(variablesOf(template, 'Analyse')).toMatchObject({
    LIVE_STATS_RETENTION_DAYS: '90',
    MAX_LATENESS_HOURS: '48',
  });
});
