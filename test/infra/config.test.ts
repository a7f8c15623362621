import { InvalidConfigError, readConfig, type MillraceConfig } from '../../infra/config.ts';
import { createApp } from './synthesize.ts';

const configOf = (settings: Record<string, unknown>): MillraceConfig =>
  readConfig(createApp(settings).node);

it('has a default for every setting but the address', () => {
  expect(configOf({})).toEqual({
    stage: 'dev',
    contractsFolder: 'src/datasets',
    reportCron: '0 8 * * ? *',
    reportTimeZone: 'UTC',
    reportWindowMinutes: 0,
    reportConcurrency: 24,
    reconcileCron: '0 6 * * ? *',
    reconcileLookbackDays: 3,
    streamMode: 'provisioned',
    streamShards: 1,
    streamRetentionHours: 24,
    forwardConcurrency: 5,
    analyseRetryAttempts: 10,
    maxLatenessHours: 24,
    liveStatsRetentionDays: 30,
    logLevel: 'INFO',
    executionLogLevel: 'ALL',
    logRetentionDays: 30,
    duplicateContentDays: 365,
    oldVersionDays: 90,
    maxConcurrency: 20,
    retryBaseSeconds: 10,
    retryMaxSeconds: 900,
    maxReceiveCount: 5,
    maxFileBytes: 10_737_418_240,
    maxUnsplitBytes: 134_217_728,
    chunkThresholdBytes: 67_108_864,
    rangeBytes: 33_554_432,
    chunkConcurrency: 40,
    maxRecordBytes: 8_388_608,
    maxColumns: 10_000,
    maxExpansionRatio: 250,
  });
});

it.each([
  ['stage', 'prod', 'prod'],
  ['reportEmail', 'data@example.com', 'data@example.com'],
  ['reportCron', '30 6 ? * MON-FRI *', '30 6 ? * MON-FRI *'],
  ['reportTimeZone', 'Europe/Berlin', 'Europe/Berlin'],
  ['reportWindowMinutes', '1440', 1_440],
  ['reportConcurrency', '1', 1],
  ['reconcileCron', '15 5,17 * * ? *', '15 5,17 * * ? *'],
  ['reconcileLookbackDays', '7', 7],
  ['streamMode', 'on-demand', 'on-demand'],
  ['streamShards', '4', 4],
  ['streamRetentionHours', '8760', 8_760],
  ['analyseRetryAttempts', 0, 0],
  ['logLevel', 'DEBUG', 'DEBUG'],
  ['executionLogLevel', 'ERROR', 'ERROR'],
  ['maxConcurrency', 2, 2],
  ['maxConcurrency', '1000', 1_000],
  ['logRetentionDays', '365', 365],
  ['maxReceiveCount', '2', 2],
] as const)('takes millrace.%s = %j', (name, value, expected) => {
  expect(configOf({ [`millrace.${name}`]: value })[name]).toBe(expected);
});

it('leaves the context of others alone', () => {
  expect(configOf({ 'other.stage': 'x', millrace: 'y' }).stage).toBe('dev');
});

const WHOLE = 'must be a whole number';

it.each([
  ['stage', 'Prod', 'must be 1 to 16 lower-case letters or digits, got "Prod"'],
  ['stage', '1st', 'must be 1 to 16 lower-case letters or digits, got "1st"'],
  ['stage', '', 'must be 1 to 16 lower-case letters or digits, got ""'],
  ['stage', 'a-b', 'must be 1 to 16 lower-case letters or digits, got "a-b"'],
  ['contractsFolder', '', 'must be a path, got ""'],
  ['reportEmail', 'nobody', 'must be an e-mail address, got "nobody"'],
  ['reportCron', '0 8 * * *', 'must be six fields such as 0 8 * * ? *, got "0 8 * * *"'],
  ['reportCron', '0 8 * * * *', 'must be six fields such as 0 8 * * ? *, got "0 8 * * * *"'],
  ['reportCron', 'cron(0 8 * * ? *)', 'must be six fields'],
  ['reportTimeZone', 'Mars/Olympus', 'must be a time zone such as Europe/Berlin'],
  ['reportWindowMinutes', 1_441, `${WHOLE} from 0 to 1440, got 1441`],
  ['reportConcurrency', 25, `${WHOLE} from 1 to 24, got 25`],
  ['reconcileCron', '0 6 * * *', 'must be six fields such as 0 6 * * ? *, got "0 6 * * *"'],
  ['reconcileLookbackDays', 0, `${WHOLE} from 1 to 365, got 0`],
  ['streamMode', 'ON_DEMAND', 'got "ON_DEMAND"'],
  ['streamShards', 0, `${WHOLE} from 1 to 10000, got 0`],
  ['streamRetentionHours', 23, `${WHOLE} from 24 to 8760, got 23`],
  ['forwardConcurrency', 1, `${WHOLE} from 2 to 1000, got 1`],
  ['analyseRetryAttempts', -1, `${WHOLE} from 0 to 10000, got -1`],
  ['maxLatenessHours', 169, `${WHOLE} from 1 to 168, got 169`],
  ['liveStatsRetentionDays', 7, `${WHOLE} from 8 to 3650, got 7`],
  ['logLevel', 'info', 'got "info"'],
  ['executionLogLevel', 'SOME', 'got "SOME"'],
  ['logRetentionDays', 31, 'got 31'],
  ['oldVersionDays', 0, `${WHOLE} from 1 to 9007199254740991, got 0`],
  ['maxConcurrency', 1, `${WHOLE} from 2 to 1000, got 1`],
  ['maxConcurrency', 1_001, `${WHOLE} from 2 to 1000, got 1001`],
  ['maxConcurrency', 2.5, `${WHOLE} from 2 to 1000, got 2.5`],
  ['maxConcurrency', '2.5', `${WHOLE} from 2 to 1000, got "2.5"`],
  ['maxConcurrency', 'many', `${WHOLE} from 2 to 1000, got "many"`],
  ['maxConcurrency', null, `${WHOLE} from 2 to 1000, got null`],
  ['retryBaseSeconds', 0, `${WHOLE} from 1 to 3600, got 0`],
  ['retryMaxSeconds', 39_601, `${WHOLE} from 1 to 39600, got 39601`],
  ['maxReceiveCount', 1, `${WHOLE} from 2 to 100, got 1`],
  ['maxFileBytes', -1, `${WHOLE} from 1 to 10737418240, got -1`],
  ['maxUnsplitBytes', 268_435_457, `${WHOLE} from 1 to 268435456, got 268435457`],
  ['chunkThresholdBytes', 0, `${WHOLE} from 1 to 9007199254740991, got 0`],
  ['rangeBytes', 268_435_457, `${WHOLE} from 1 to 268435456, got 268435457`],
  ['chunkConcurrency', 41, `${WHOLE} from 1 to 40, got 41`],
  ['maxRecordBytes', 67_108_865, `${WHOLE} from 1 to 67108864, got 67108865`],
  ['maxColumns', 100_001, `${WHOLE} from 1 to 100000, got 100001`],
  ['maxExpansionRatio', 1, `${WHOLE} from 2 to 9007199254740991, got 1`],
])('refuses millrace.%s = %j and says why', (name, value, message) => {
  const read = (): MillraceConfig => configOf({ [`millrace.${name}`]: value });

  expect(read).toThrow(InvalidConfigError);
  expect(read).toThrow(`  - millrace.${name}: `);
  expect(read).toThrow(message);
});

it('refuses a setting that does not exist', () => {
  expect(() => configOf({ 'millrace.maxConcurency': 5 })).toThrow(
    'millrace.maxConcurency is not a setting',
  );
});

it('names every setting at fault at once', () => {
  expect(() => configOf({ 'millrace.stage': 'X', 'millrace.maxReceiveCount': 0 })).toThrow(
    /^INVALID_CONFIG:\n {2}- millrace\.stage: .+\n {2}- millrace\.maxReceiveCount: .+$/,
  );
});

it.each([
  ['a first wait that is longer than the longest', 'retryBaseSeconds', 60, 'retryMaxSeconds', 30],
  [
    'files that are neither split nor small enough to be read in one piece',
    'chunkThresholdBytes',
    60,
    'maxUnsplitBytes',
    30,
  ],
])('refuses %s', (_, lower, least, upper, most) => {
  expect(() => configOf({ [`millrace.${lower}`]: least, [`millrace.${upper}`]: most })).toThrow(
    `millrace.${lower} (${least}) is above millrace.${upper} (${most})`,
  );
});
