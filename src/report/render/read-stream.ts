import type { Logger } from '@aws-lambda-powertools/logger';
import { Dimension, WindowKind } from '../../shared/live-stats/live-stats-item.ts';
import type { LiveStatsReader } from '../../shared/live-stats/live-stats-reader.ts';
import { streamSpan, type StreamReading } from '../compose/stream-check.ts';

const DAY_MILLISECONDS = 86_400_000;
/** By then the last events of a day are counted, unless the stream is behind. */
const SETTLED_MILLISECONDS = 15 * 60_000;

export interface StreamReaderOptions {
  readonly liveStats: Pick<LiveStatsReader, 'windows'>;
  /** How long the live statistics are kept. */
  readonly retentionDays: number;
  readonly now: Date;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Reads what the stream has counted of a day. Never fails: the report is worth more than this check.
 *
 * @param latency how long files take at most, in milliseconds
 */
export async function readStream(
  day: string,
  latency: number,
  { liveStats, retentionDays, now, logger }: StreamReaderOptions,
): Promise<StreamReading> {
  const age = now.getTime() - Date.parse(day);
  if (age < DAY_MILLISECONDS + SETTLED_MILLISECONDS) return { state: 'unchecked' };
  if (age >= retentionDays * DAY_MILLISECONDS) return { state: 'unchecked' };
  const { from, to } = streamSpan(day, latency);
  try {
    const choice = { kind: WindowKind.MINUTE, by: Dimension.TYPE };
    return { state: 'read', minutes: await liveStats.windows(from, to, choice), latency };
  } catch (error) {
    logger.warn('the live statistics did not answer', error as Error);
    return { state: 'unknown', reason: 'its statistics did not answer' };
  }
}
