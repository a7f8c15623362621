import {
  WATCHED_MINUTES,
  type MinuteCounts,
  type Snapshot,
} from '../../../src/cli/watch/snapshot.ts';

const NOTHING: MinuteCounts = { events: 0, files: 0, rows: 0 };

/** A snapshot of a busy deployment, with what a test asks for. */
export function snapshot(parts: Partial<Snapshot> = {}): Snapshot {
  return {
    at: '2026-11-20T16:05:15.000Z',
    minutes: [
      ...Array.from({ length: WATCHED_MINUTES - 2 }, () => NOTHING),
      { events: 1_200, files: 12, rows: 120_000 },
      { events: 300, files: 0, rows: 0 },
    ],
    statuses: [
      { value: 'SUCCEEDED', events: 10 },
      { value: 'REJECTED', events: 2 },
    ],
    types: Array.from({ length: 12 }, (_, index) => ({ value: `type-${index}`, events: 100 })),
    latency: { p50: 1_200, p95: 3_400, p99: 5_600 },
    queues: ['Files', 'Files given up', 'Events', 'Events given up', 'Records given up'].map(
      (name, index) => ({
        name,
        waiting: index,
        inWork: 0,
        isDeadLetters: name.endsWith('given up'),
      }),
    ),
    failures: Array.from({ length: 40 }, (_, index) => failure({ fileId: `id-${index}` })),
    ...parts,
  };
}

/** A rejected file. */
export function failure(
  parts: Partial<Snapshot['failures'][number]> = {},
): Snapshot['failures'][number] {
  return {
    fileId: 'id',
    key: 'in/a.csv',
    status: 'REJECTED',
    attempt: 1,
    at: '2026-11-20T16:04:09.123Z',
    code: 'EMPTY_FILE',
    reason: 'the file has no bytes',
    ...parts,
  };
}
