import { run } from './state-machines.ts';

/** A Map whose iterations each wait for a second. */
const waiting = (concurrency: object): Record<string, object> => ({
  Each: {
    Type: 'Map',
    ItemsPath: '$.items',
    ...concurrency,
    ItemProcessor: {
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 1, End: true } },
    },
    End: true,
  },
});

it.each([
  [1, 3],
  [3, 1],
])('MaxConcurrencyPath runs %d iterations at once', async (limit, seconds) => {
  const started = performance.now();

  const { status } = await run(waiting({ MaxConcurrencyPath: '$.limit' }), {
    items: [1, 2, 3],
    limit,
  });

  const took = (performance.now() - started) / 1_000;
  expect(status).toBe('SUCCEEDED');
  expect(took).toBeGreaterThanOrEqual(seconds - 0.1);
  expect(took).toBeLessThan(seconds + 0.9);
});

it('a MaxConcurrencyPath that leads to no number fails the execution', async () => {
  const { status, error } = await run(waiting({ MaxConcurrencyPath: '$.limit' }), {
    items: [1],
    limit: 'many',
  });

  expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
});
