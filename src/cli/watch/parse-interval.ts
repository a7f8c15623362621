import { InvalidArgumentError } from 'commander';

const SECOND = 1_000;
const LONGEST_SECONDS = 3_600;

/**
 * Reads the time between two readings, such as `2s` or `1m`, in milliseconds.
 *
 * @throws InvalidArgumentError for anything else, and for what is not between a second and an hour
 */
export function parseInterval(text: string): number {
  const [, count, unit] = /^(\d+)([sm])$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === 'm' ? 60 : 1);
  if (seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds * SECOND;
  throw new InvalidArgumentError('Give seconds or minutes up to an hour, for example 2s or 1m.');
}
