import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';

/** Adds up what is measured. */
export class FakeMetrics {
  readonly totals: Record<string, number> = {};
  readonly metrics = {
    addMetric: (name: string, _unit: string, value: number) => {
      this.totals[name] = (this.totals[name] ?? 0) + value;
    },
  } as unknown as Metrics;
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Keeps what is logged. */
export class FakeLogger {
  readonly lines: LogLine[] = [];
  readonly logger = Object.fromEntries(
    ['info', 'warn', 'error'].map((level) => [
      level,
      (message: string, details: LogLine['details']) =>
        this.lines.push({ level, message, details }),
    ]),
  ) as unknown as Logger;
}
