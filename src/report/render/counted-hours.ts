import type { Finding, Report } from '../report.ts';

/** Findings by which figures may be too low. */
const LACKING: ReadonlySet<Finding['code']> = new Set([
  'HOUR_NOT_COUNTED',
  'LEDGER_UNREADABLE',
  'MANIFEST_UNREADABLE',
  'MANIFEST_MISSING',
]);

/** Whether nothing is missing from the figures, so that a zero means none. */
export const isComplete = ({ findings }: Report): boolean =>
  !findings.some(({ code }) => LACKING.has(code));

/**
 * A sentence about what there is none of, which is known of the hours only that were counted.
 *
 * @param sentence without its full stop
 */
export function ofCountedHours({ hours }: Report, sentence: string): string {
  const counted = hours.filter(({ isCounted }) => isCounted).length;
  if (counted === hours.length) return `${sentence}.`;
  return counted === 0
    ? 'Not known: no hour could be counted.'
    : `${sentence} in the hours that were counted.`;
}
