import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import type { LocalAws } from '../../infra/local/local-aws.ts';

/** What fails at the edge of the local AWS; see `infra/local/engine/fault_plan.py`. */
export interface FaultSettings {
  readonly seed?: number;
  /** Raised after every crash, so that calls do not meet the same faults again. */
  readonly epoch?: number;
  /** Share of calls that fail, by service. */
  readonly rates?: Readonly<Record<string, number>>;
  readonly clockSkewSeconds?: number;
  /** Names that are made up, and version ids, are the same in every run that makes the same. */
  readonly fixedNames?: boolean;
  /** Counts every call of a function, whether it may fail or not. */
  readonly countOperations?: boolean;
}

const Counts = z.record(z.string(), z.number());
const FaultReport = z.object({
  calls: Counts,
  /** `service operation resource`; functions are `functions Invoke name`. */
  operations: Counts,
  injected: z.record(z.string(), Counts),
});

/**
 * Calls that could have failed, by service, the faults that did happen, by service and kind, and all
 * calls where they are counted.
 */
export type FaultReport = z.infer<typeof FaultReport>;

const CRASH_POLL_MILLISECONDS = 20;

/** The launcher's control of faults. */
export class FaultControl {
  readonly #aws: LocalAws;

  constructor(aws: LocalAws) {
    this.#aws = aws;
  }

  /** Sets what fails from now on; counting starts at zero. */
  async set(settings: FaultSettings): Promise<void> {
    await this.#request('/_millrace/faults', {
      method: 'POST',
      body: JSON.stringify(settings),
    });
  }

  async report(): Promise<FaultReport> {
    return FaultReport.parse(await (await this.#request('/_millrace/faults')).json());
  }

  /** Kills the engine without warning, with all that runs in it, and starts it again. */
  async crash(): Promise<void> {
    const { pid } = this.#aws.status();
    await this.#request('/_millrace/crash', { method: 'POST' }).catch(() => undefined);
    while (this.#aws.status().pid === pid) await delay(CRASH_POLL_MILLISECONDS);
    await this.#aws.start();
  }

  async #request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${this.#aws.status().endpoint ?? ''}${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

/** The sum of two reports. */
export function addReports(a: FaultReport, b: FaultReport): FaultReport {
  const services = new Set([...Object.keys(a.injected), ...Object.keys(b.injected)]);
  return {
    calls: addCounts(a.calls, b.calls),
    operations: addCounts(a.operations, b.operations),
    injected: Object.fromEntries(
      [...services]
        .sort()
        .map((service) => [
          service,
          addCounts(a.injected[service] ?? {}, b.injected[service] ?? {}),
        ]),
    ),
  };
}

function addCounts(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}
