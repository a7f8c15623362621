import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a span of time such as `30m`, `12h` or `7d`, in milliseconds.
 *
 * @throws InvalidArgumentError for anything else, and for a span that would begin before 1970
 */
export function parseSpan(text: string): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit ?? ''];
  if (count === undefined || milliseconds === undefined) {
    throw new InvalidArgumentError('Give minutes, hours or days, for example 30m, 12h or 7d.');
  }
  const span = Number(count) * milliseconds;
  if (span > Date.now()) throw new InvalidArgumentError('It would begin before 1970.');
  return span;
}
