/** How long a message waits before it is tried again. */
export interface BackOff {
  /** Wait after the first failure, in seconds. */
  readonly baseSeconds: number;
  /** Longest wait, in seconds. */
  readonly maxSeconds: number;
}

/**
 * SQS keeps a message invisible for at most 12 hours, counted from its receive; the time that it was
 * worked on is part of them.
 */
const LONGEST_VISIBILITY_SECONDS = 11 * 3_600;

/**
 * Exponential back-off with equal jitter: the wait doubles with every receive, half of it is certain
 * and half is random, so that files that failed together do not come back together.
 *
 * With the defaults of 10 s and 900 s: 5 to 10 s after the first receive, then 10 to 20, 20 to 40,
 * 40 to 80 …, never more than 15 minutes.
 *
 * @param receiveCount how often the message has been received, 1 for the first time
 * @param random a number in [0, 1)
 * @returns whole seconds, at least 1
 */
export function backOffSeconds(
  receiveCount: number,
  { baseSeconds, maxSeconds }: BackOff,
  random: number,
): number {
  const ceiling = Math.min(
    baseSeconds * 2 ** Math.max(0, receiveCount - 1),
    maxSeconds,
    LONGEST_VISIBILITY_SECONDS,
  );
  return Math.max(1, Math.round(ceiling / 2 + (ceiling / 2) * random));
}
