import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aggregateHour, type ArrivalReader } from '../../../src/report/aggregate/aggregate-hour.ts';
import { DayAggregate } from '../../../src/report/aggregate/day-aggregate.ts';
import type { ManifestSource } from '../../../src/report/aggregate/manifest-source.ts';
import { composeReport } from '../../../src/report/compose/compose-report.ts';
import type { LedgerItem } from '../../../src/shared/ledger/ledger-item.ts';
import { peakMemory } from '../peak-memory.ts';
import { BENCH_DAY } from './report-inputs.ts';

const HOURS = 24;

/** The manifests in a folder whose paths are their keys. */
class FolderManifests implements ManifestSource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async *list(prefix: string): AsyncGenerator<string> {
    await Promise.resolve();
    for (const name of readdirSync(join(this.#folder, prefix))) yield `${prefix}${name}`;
  }

  /** Without a thread of its own: what is measured is one core. */
  read(key: string): Promise<string> {
    return Promise.resolve(readFileSync(join(this.#folder, key), 'utf8'));
  }
}

/** The ledger's items in a file for each hour. */
class FolderLedger implements ArrivalReader {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async *arrivedBetween(from: Date): AsyncGenerator<LedgerItem> {
    await Promise.resolve();
    const file = join(this.#folder, `ledger/${from.toISOString().slice(11, 13)}.jsonl`);
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line !== '') yield JSON.parse(line) as LedgerItem;
    }
  }
}

// One run in a process of its own: `node run-report.ts FOLDER` counts the hours one after the other, puts
// them together, composes the report, and prints what that took.
const [folder = ''] = process.argv.slice(2);
const startBytes = peakMemory();
const start = performance.now();
const startUsage = process.cpuUsage();
const day = new DayAggregate(() => 'none');
let largestHourBytes = 0;
for (let hour = 0; hour < HOURS; hour += 1) {
  const counted = await aggregateHour({
    day: BENCH_DAY,
    hour,
    manifests: new FolderManifests(folder),
    ledger: new FolderLedger(folder),
    datasetOf: () => 'none',
  });
  const json = JSON.stringify(counted.toJson());
  largestHourBytes = Math.max(largestHourBytes, json.length);
  day.merge(JSON.parse(json) as ReturnType<DayAggregate['toJson']>);
}
const report = composeReport({
  stage: 'bench',
  day: BENCH_DAY,
  now: new Date('2026-11-20T08:00:00.000Z'),
  execution: 'bench',
  aggregate: day,
  missingHours: [],
  earlier: [],
  previous: null,
  unreadableReports: [],
  deadLetters: 0,
  // The files of the folder have never been on a stream.
  stream: { state: 'unchecked' },
  billing: { logsExecutions: true },
});
const { user, system } = process.cpuUsage(startUsage);
console.log(
  JSON.stringify({
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - start) / 1_000,
    startBytes,
    peakBytes: peakMemory(),
    largestHourBytes,
    files: report.files.arrived.value,
    rows: report.rows.read.value,
    findings: report.findings.length,
  }),
);
