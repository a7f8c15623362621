import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { ZodMiniType } from 'zod/mini';
import { classifyError } from './aws-errors.ts';
import { createLogger, createMetrics, flushMetrics, Metric } from './observability.ts';

/** What a task's work gets beside its input. */
export interface TaskTools {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface TaskOptions<Input, Output> {
  /** Service name in logs and metrics. */
  readonly name: string;
  readonly input: ZodMiniType<Input>;
  /** What every log line says about the input. */
  readonly identity: (input: Input) => Record<string, unknown>;
  readonly work: (input: Input, tools: TaskTools, context: Context) => Promise<Output> | Output;
  /**
   * The Millrace error that stands for one that was thrown.
   *
   * @default classifyError
   */
  readonly classify?: (error: unknown) => unknown;
}

/**
 * The frame around a function behind a Task state: parses the input, logs, flushes metrics, and gives
 * every error the class that the state machine matches on. The work may be repeated.
 */
export function taskHandler<Input, Output>(
  options: TaskOptions<Input, Output>,
): (event: unknown, context: Context) => Promise<Output> {
  const { name, input: schema, identity, work, classify = classifyError } = options;
  let tools: TaskTools | null = null;

  return async (event, context) => {
    const used = (tools ??= { logger: createLogger(name), metrics: createMetrics(name) });
    const { logger, metrics } = used;
    const startedAt = performance.now();
    logger.addContext(context);
    try {
      const input = schema.parse(event);
      logger.appendKeys(identity(input));
      const output = await work(input, used, context);
      metrics.addMetric(Metric.StepDuration, 'Milliseconds', performance.now() - startedAt);
      return output;
    } catch (error) {
      const classified = classify(error);
      logger.error(`${name} failed`, classified as Error);
      metrics.addMetric(Metric.StepErrors, 'Count', 1);
      throw classified;
    } finally {
      flushMetrics(metrics);
      logger.resetKeys();
    }
  };
}
