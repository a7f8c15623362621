import type { Figure, Report } from '../../src/report/report.ts';

/** A figure with its earlier ones. */
export const figure = (
  value: number | null,
  dayBefore: number | null = null,
  weekMean: number | null = null,
): Figure => ({ value, dayBefore, weekMean });

type Dataset = Report['datasets'][number];
type Hour = Report['hours'][number];

/** No file was skipped or forgotten. */
const NO_OTHERS = { skipped: 0, forgotten: 0 };

const FILES_BY_HOUR = [
  12, 8, 5, 3, 2, 4, 19, 64, 118, 131, 122, 97, 84, 92, 110, 104, 88, 61, 43, 29, 17, 11, 6, 4,
];
const REJECTED_BY_HOUR = [
  0, 0, 0, 0, 0, 0, 12, 40, 122, 96, 71, 60, 44, 39, 2_115, 260, 33, 20, 11, 7, 0, 0, 0, 0,
];

const hours: readonly Hour[] = FILES_BY_HOUR.map((files, hour) => ({
  hour,
  files,
  rowsRead: files * 1_040,
  rowsRejected: REJECTED_BY_HOUR[hour] ?? 0,
  isCounted: true,
}));

const EVENTS: Dataset = {
  dataset: 'events',
  files: { succeeded: 902, rejected: 3, failed: 2, open: 1, ...NO_OTHERS },
  rowsRead: 1_021_440,
  rowsWritten: 1_018_570,
  rowsRejected: 2_870,
  bytesRead: 148_203_441,
  bytesWritten: 31_940_112,
  dimensions: [
    {
      column: 'event_type',
      values: [
        { value: 'page_view', rows: 612_308 },
        { value: 'click', rows: 201_877 },
        { value: 'add_to_basket', rows: 98_410 },
        { value: 'purchase', rows: 61_002 },
        { value: 'search', rows: 44_973 },
      ],
      otherRows: 0,
      distinctValues: 5,
      isExact: true,
      maxError: 0,
    },
    {
      column: 'user_id',
      values: [
        { value: 'u-104233', rows: 1_904 },
        { value: 'u-000017', rows: 1_551 },
        { value: 'u-883201', rows: 1_202 },
        { value: null, rows: 310 },
      ],
      otherRows: 1_013_603,
      distinctValues: 88_120,
      isExact: false,
      maxError: 96,
    },
  ],
  measures: [
    {
      column: 'amount',
      count: 61_002,
      sum: '2841903.55',
      minimum: '0.99',
      maximum: '4999.00',
      mean: 46.587,
      p50: 29.9,
      p95: 149.2,
      p99: 402.7,
    },
  ],
  eventTime: {
    column: 'occurred_at',
    earliest: '2026-11-17T21:04:11Z',
    latest: '2026-11-19T23:59:58Z',
    lateRows: 18_223,
  },
};

const ORDERS: Dataset = {
  dataset: 'orders',
  files: { succeeded: 288, rejected: 0, failed: 0, open: 0, ...NO_OTHERS },
  rowsRead: 247_881,
  rowsWritten: 247_821,
  rowsRejected: 60,
  bytesRead: 51_330_087,
  bytesWritten: 9_102_552,
  dimensions: [
    {
      column: 'country',
      values: [
        { value: 'DE', rows: 98_120 },
        { value: 'FR', rows: 61_044 },
        { value: 'AT', rows: 40_113 },
        { value: 'CH', rows: 22_871 },
      ],
      otherRows: 25_673,
      distinctValues: 27,
      isExact: true,
      maxError: 0,
    },
  ],
  measures: [
    {
      column: 'total',
      count: 247_821,
      sum: '19822004.10',
      minimum: '-120.00',
      maximum: '18250.00',
      mean: 79.985,
      p50: 52.4,
      p95: 260.1,
      p99: 811.6,
    },
    {
      column: 'quantity',
      count: 247_821,
      sum: '771209',
      minimum: '1',
      maximum: '240',
      mean: 3.112,
      p50: 2,
      p95: 9,
      p99: 31,
    },
  ],
  eventTime: null,
};

const WEATHER: Dataset = {
  dataset: 'weather',
  files: { succeeded: 38, rejected: 0, failed: 0, open: 0, ...NO_OTHERS },
  rowsRead: 14_039,
  rowsWritten: 14_039,
  rowsRejected: 0,
  bytesRead: 812_004,
  bytesWritten: 104_225,
  dimensions: [],
  measures: [],
  eventTime: { column: 'date', earliest: '2012-01-01', latest: '2015-12-31', lateRows: 14_039 },
};

/** An ordinary day: 1,234 files of three datasets, a few of them rejected or failed. */
export const sampleReport: Report = {
  reportVersion: 1,
  stage: 'prod',
  day: '2026-11-19',
  generatedAt: '2026-11-20T08:00:07.412Z',
  isDayOver: true,
  revision: 1,
  replaces: null,
  headlines: [
    '2 files failed; the day before none did.',
    'Of 1,283,360 rows 2,930 were rejected (0.2 %), twice the share of the week before (0.1 %).',
    'Hour 14 had 72 % of the rejected rows.',
  ],
  files: {
    arrived: figure(1_234, 1_198, 1_172.4),
    succeeded: figure(1_228, 1_197, 1_170.1),
    rejected: figure(3, 1, 1.9),
    failed: figure(2, 0, 0.3),
    open: figure(1, 0, 0),
    skipped: figure(0, 0, 0),
    forgotten: figure(0, 0, 0),
  },
  rows: {
    read: figure(1_283_360, 1_240_112, 1_219_044.3),
    written: figure(1_280_430, 1_238_811, 1_217_713.7),
    rejected: figure(2_930, 1_301, 1_330.6),
  },
  bytes: {
    read: figure(200_345_532, 194_020_877, 190_344_102.4),
    written: figure(41_146_889, 39_888_021, 39_004_155.1),
  },
  latency: {
    p50: figure(1.42, 1.38, 1.4),
    p95: figure(3.91, 3.77, 3.8),
    p99: figure(14.2, 8.1, 8.83),
    maximum: figure(252.7, 22.4, 41.5),
  },
  hours: [...hours],
  rowRejects: [
    {
      code: 'TYPE_MISMATCH',
      rows: 2_310,
      columns: [
        { column: 'amount', rows: 2_098 },
        { column: 'occurred_at', rows: 212 },
      ],
      examples: [
        { key: 'partners/acme/events/2026-11-19/part-0014.csv', fileId: '8f3a1c22', rows: 2_071 },
        { key: 'partners/globex/events/2026-11-19/part-0002.csv', fileId: '19bd0f7e', rows: 104 },
      ],
    },
    {
      code: 'REQUIRED_MISSING',
      rows: 541,
      columns: [{ column: 'user_id', rows: 541 }],
      examples: [{ key: 'app/events/2026-11-19T09.jsonl.gz', fileId: 'c07720ab', rows: 388 }],
    },
    {
      code: 'ROW_WIDTH',
      rows: 79,
      columns: [{ column: null, rows: 79 }],
      examples: [{ key: 'shop/orders/eu-central/20261119_07.csv', fileId: '44e1f900', rows: 60 }],
    },
  ],
  fileEnds: [
    {
      status: 'FAILED',
      code: 'TRANSFORM_TIMEOUT',
      files: 2,
      examples: [
        {
          key: 'partners/acme/events/2026-11-19/full-export.csv.gz',
          fileId: '70aa4410',
          reason: 'Transform took longer than 270 seconds in each of 5 attempts.',
        },
      ],
    },
    {
      status: 'REJECTED',
      code: 'COLUMN_MISSING',
      files: 2,
      examples: [
        {
          key: 'partners/initech/events/2026-11-19.csv',
          fileId: 'be120044',
          reason: 'The header has no column "occurred_at", which the contract requires.',
        },
      ],
    },
    {
      status: 'REJECTED',
      code: 'EMPTY_FILE',
      files: 1,
      examples: [{ key: 'app/events/2026-11-19T03.jsonl.gz', fileId: '00fe2231' }],
    },
  ],
  datasets: [EVENTS, ORDERS, WEATHER],
  operations: {
    retries: figure(17, 4, 5.3),
    duplicateEvents: figure(21, 19, 20.1),
    duplicateContents: figure(2, 0, 0.9),
    lateRows: figure(32_262, 16_100, 17_880.7),
    deadLetters: figure(2, 0, 0.1),
    oldestOpen: {
      key: 'partners/acme/events/2026-11-19/replay.jsonl',
      fileId: '5512aa90',
      arrivedAt: '2026-11-19T23:58:41Z',
      status: 'RUNNING',
    },
  },
  cost: {
    usd: figure(0.0148, 0.0141, 0.0139),
    usdPerMillionFiles: 11.99,
    services: [
      { service: 'S3', usd: 0.0081, basis: '1,240 PUT, 3,702 GET requests' },
      { service: 'Lambda', usd: 0.0041, basis: '6,170 requests, 212 GB-seconds' },
      { service: 'Step Functions', usd: 0.0016, basis: '1,251 executions, 88 GB-seconds' },
      { service: 'DynamoDB', usd: 0.0008, basis: '3,702 writes, 1,234 reads' },
      { service: 'SQS and SNS', usd: 0.0002, basis: '2,468 requests' },
    ],
  },
  findings: [],
};

const nothing = figure(0, 1_234, 1_101.5);

/** A day without files. */
export const emptyDay: Report = {
  ...sampleReport,
  headlines: ['No files arrived; on each of the seven days before some did.'],
  files: {
    arrived: nothing,
    succeeded: nothing,
    rejected: figure(0, 3),
    failed: figure(0, 2),
    open: figure(0, 0),
    skipped: figure(0, 0),
    forgotten: figure(0, 0),
  },
  rows: { read: nothing, written: nothing, rejected: figure(0, 2_930) },
  bytes: { read: figure(0, 200_345_532), written: figure(0, 41_146_889) },
  latency: { p50: figure(null), p95: figure(null), p99: figure(null), maximum: figure(null) },
  hours: hours.map(({ hour }) => ({
    hour,
    files: 0,
    rowsRead: 0,
    rowsRejected: 0,
    isCounted: true,
  })),
  rowRejects: [],
  fileEnds: [],
  datasets: [],
  operations: {
    retries: figure(0),
    duplicateEvents: figure(0),
    duplicateContents: figure(0),
    lateRows: figure(0),
    deadLetters: figure(0),
    oldestOpen: null,
  },
  cost: { usd: figure(0), usdPerMillionFiles: null, services: [] },
};

/** The very first report: nothing to compare with, on a day that is not over. */
export const firstDay: Report = {
  ...emptyDay,
  isDayOver: false,
  headlines: ['3 files so far, all succeeded; nothing stands out.'],
  files: {
    arrived: figure(3),
    succeeded: figure(3),
    rejected: figure(0),
    failed: figure(0),
    open: figure(0),
    skipped: figure(0),
    forgotten: figure(0),
  },
  rows: { read: figure(42), written: figure(42), rejected: figure(0) },
  bytes: { read: figure(1_877), written: figure(702) },
  latency: { p50: figure(0.412), p95: figure(0.988), p99: figure(0.988), maximum: figure(0.988) },
  hours: emptyDay.hours.map((hour) =>
    hour.hour === 9 ? { ...hour, files: 3, rowsRead: 42 } : hour,
  ),
  datasets: [
    {
      ...WEATHER,
      files: { succeeded: 3, rejected: 0, failed: 0, open: 0, ...NO_OTHERS },
      rowsRead: 42,
      rowsWritten: 42,
    },
  ],
  cost: {
    usd: figure(0.00004),
    usdPerMillionFiles: 13.1,
    services: [{ service: 'S3', usd: 0.00004, basis: '9 requests' }],
  },
};

/** A bad day: hours that were not counted, manifests that cannot be read; a second report of it. */
export const badDay: Report = {
  ...sampleReport,
  revision: 3,
  replaces: '2026-11-20T08:00:07.412Z',
  generatedAt: '2026-11-20T11:31:40.001Z',
  headlines: [
    'Hours 03 and 14 could not be counted: every figure of the day lacks their files.',
    '212 of 1,020 files failed (20.8 %); the day before none did.',
    'The dead-letter queue holds 212 messages.',
  ],
  files: {
    arrived: figure(1_020, 1_198, 1_172.4),
    succeeded: figure(804, 1_197, 1_170.1),
    rejected: figure(3, 1, 1.9),
    failed: figure(212, 0, 0.3),
    open: figure(1, 0, 0),
    skipped: figure(0, 0, 0),
    forgotten: figure(0, 0, 0),
  },
  hours: hours.map((hour) =>
    hour.hour === 3 || hour.hour === 14
      ? { ...hour, files: 0, rowsRead: 0, rowsRejected: 0, isCounted: false }
      : hour,
  ),
  operations: { ...sampleReport.operations, deadLetters: figure(null, 0, 0.1) },
  findings: [
    {
      code: 'HOUR_NOT_COUNTED',
      count: 2,
      detail: 'These hours could not be read; no figure has their files.',
      examples: ['03:00', '14:00'],
    },
    {
      code: 'MANIFEST_UNREADABLE',
      count: 1,
      detail: 'These manifests are not valid JSON; their rows are not counted.',
      examples: ['manifests/dt=2026-11-19/hh=07/8f3a1c22.json'],
    },
    {
      code: 'BACKLOG_UNKNOWN',
      count: 1,
      detail: 'The dead-letter queue did not answer; how many messages it holds is not known.',
      examples: [],
    },
  ],
};

/** Every text of a report changed by a function; numbers, days, moments and codes stay. */
export function withTexts(report: Report, change: (text: string) => string): Report {
  const file = <T extends { key: string; fileId: string; reason?: string | undefined }>(
    example: T,
  ): T => ({
    ...example,
    key: change(example.key),
    fileId: change(example.fileId),
    ...(example.reason === undefined ? {} : { reason: change(example.reason) }),
  });
  const { oldestOpen } = report.operations;
  return {
    ...report,
    stage: change(report.stage),
    headlines: report.headlines.map(change),
    rowRejects: report.rowRejects.map((reject) => ({
      ...reject,
      code: change(reject.code),
      columns: reject.columns.map(({ column, rows }) => ({
        column: column && change(column),
        rows,
      })),
      examples: reject.examples.map(file),
    })),
    fileEnds: report.fileEnds.map((end) => ({
      ...end,
      code: change(end.code),
      examples: end.examples.map(file),
    })),
    datasets: report.datasets.map((dataset) => withDatasetTexts(dataset, change)),
    operations: {
      ...report.operations,
      oldestOpen: oldestOpen && { ...file(oldestOpen), status: change(oldestOpen.status) },
    },
    cost: {
      ...report.cost,
      services: report.cost.services.map(({ service, usd, basis }) => ({
        service: change(service),
        usd,
        basis: change(basis),
      })),
    },
    findings: report.findings.map((finding) => ({
      ...finding,
      detail: change(finding.detail),
      examples: finding.examples.map(change),
    })),
  };
}

function withDatasetTexts(dataset: Dataset, change: (text: string) => string): Dataset {
  const { eventTime } = dataset;
  const maybe = (text: string | null): string | null => text && change(text);
  return {
    ...dataset,
    dataset: change(dataset.dataset),
    dimensions: dataset.dimensions.map((dimension) => ({
      ...dimension,
      column: change(dimension.column),
      values: dimension.values.map(({ value, rows }) => ({ value: maybe(value), rows })),
    })),
    measures: dataset.measures.map((measure) => ({
      ...measure,
      column: change(measure.column),
      sum: maybe(measure.sum),
    })),
    eventTime: eventTime && {
      ...eventTime,
      column: change(eventTime.column),
      earliest: maybe(eventTime.earliest),
      latest: maybe(eventTime.latest),
    },
  };
}

const LONG = 'a-rather-long-name-without-any-place-to-break-it-'.repeat(20);

/** Texts with markup in every place that holds one. */
export const hostileReport: Report = withTexts(
  badDay,
  (text) =>
    `</title><script>alert("${text}")</script>&amp;'<img src=x onerror=alert(1)>\u202e\u0000\n${text}`,
);

/** Very long texts, ten datasets, and the greatest numbers that a report can hold. */
export const hugeReport: Report = {
  ...withTexts(badDay, (text) => `${text}/${LONG}${text}`),
  datasets: Array.from({ length: 10 }, (_, index) => ({
    ...withDatasetTexts(EVENTS, (text) => `語${index}😀${text}${LONG}`),
    rowsRead: Number.MAX_SAFE_INTEGER,
    bytesRead: Number.MAX_SAFE_INTEGER,
  })),
  files: {
    arrived: figure(Number.MAX_SAFE_INTEGER, 1, 1e15),
    succeeded: figure(9_999_999_999, 9_999_999_998, 1_234_567_890.1),
    rejected: figure(999_999_999, 1_234_567_890, 1),
    failed: figure(1e13, 1, 1e13 - 1),
    open: figure(0, 9_999_999_999, 9_999_999_999.9),
    skipped: figure(0, 0, 0),
    forgotten: figure(0, 0, 0),
  },
  hours: hours.map((hour) => ({
    ...hour,
    files: hour.files * 1e9,
    rowsRead: hour.files * 1e12,
    rowsRejected: 9_999_999_999,
  })),
  cost: { ...sampleReport.cost, usd: figure(9_999_999_999.99, 1e-7, 1e15) },
};

/** The samples by name. */
export const SAMPLES: readonly (readonly [string, Report])[] = [
  ['an ordinary day', sampleReport],
  ['an empty day', emptyDay],
  ['the first day, not over', firstDay],
  ['a bad day', badDay],
  ['a day of hostile texts', hostileReport],
  ['a day of long texts and great numbers', hugeReport],
];
