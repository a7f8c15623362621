import { readStream } from '../../../src/report/render/read-stream.ts';

const DAY = '2026-11-20';

function read(now: string, answer: () => Promise<never[]> = () => Promise.resolve([])) {
  const asked: [from: Date, to: Date, choice: object][] = [];
  const warnings: unknown[] = [];
  const windows = (from: Date, to: Date, choice: object): Promise<never[]> => {
    asked.push([from, to, choice]);
    return answer();
  };
  const reading = readStream(DAY, 120_000, {
    liveStats: { windows },
    retentionDays: 30,
    now: new Date(now),
    logger: { warn: (...parts: unknown[]) => warnings.push(parts) },
  });
  return { reading, asked, warnings };
}

it('reads the minutes of the day, and so long as files take', async () => {
  const { reading, asked } = read('2026-11-21T08:00:00Z');
  expect(await reading).toEqual({ state: 'read', minutes: [], latency: 120_000 });
  expect(asked).toEqual([
    [
      new Date('2026-11-19T23:59:00Z'),
      new Date('2026-11-21T00:02:00Z'),
      { kind: 'minute', by: 'type' },
    ],
  ]);
});

it.each([
  ['2026-11-20T12:00:00Z', { state: 'unchecked' }],
  ['2026-11-21T00:14:59Z', { state: 'unchecked' }],
  ['2026-12-20T00:00:00Z', { state: 'unchecked' }],
])('asks nothing at %s: %j', async (now, expected) => {
  const { reading, asked } = read(now);
  expect(await reading).toEqual(expected);
  expect(asked).toEqual([]);
});

it('does not fail when the statistics do not answer', async () => {
  const { reading, warnings } = read('2026-11-21T08:00:00Z', () => Promise.reject(new Error('no')));
  expect(await reading).toEqual({ state: 'unknown', reason: 'its statistics did not answer' });
  expect(warnings).toHaveLength(1);
});
