import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { Environment, requiredNumber, requiredString } from '../../shared/environment.ts';
import { createLogger, createMetrics, flushMetrics } from '../../shared/observability.ts';
import { LiveStatsStore } from '../windows/live-stats-store.ts';
import { Analyser } from './analyser.ts';

const logger = createLogger('analyse');
let metrics: Metrics | null = null;
let analyser: Analyser | null = null;

/** Reads the stream and keeps the live stats. */
export async function handler(
  event: KinesisStreamEvent,
  context: Context,
): Promise<KinesisStreamBatchResponse> {
  logger.addContext(context);
  metrics ??= createMetrics('analyse');
  analyser ??= createAnalyser(metrics);
  try {
    return await analyser.analyse(event.Records, new Date());
  } finally {
    flushMetrics(metrics);
  }
}

function createAnalyser(metrics: Metrics): Analyser {
  return new Analyser({
    store: new LiveStatsStore({ table: requiredString(Environment.LIVE_STATS_TABLE) }),
    windows: {
      maxLatenessHours: requiredNumber(Environment.MAX_LATENESS_HOURS),
      retentionDays: requiredNumber(Environment.LIVE_STATS_RETENTION_DAYS),
    },
    logger,
    metrics,
  });
}
