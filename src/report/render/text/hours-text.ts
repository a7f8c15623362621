import { cutMiddle } from '../columns.ts';
import { formatCount, formatHour } from '../format.ts';
import type { Report } from '../../report.ts';
import { columns, LINE_WIDTH, section } from './layout.ts';

const BAR = '█';
const LONGEST_BAR = 30;

/** Files and rejected rows by hour of arrival, with a bar as long as there were files. */
export function hoursText({ hours }: Report): string[] {
  const most = Math.max(0, ...hours.map(({ files }) => files));
  if (most === 0 && hours.every(({ isCounted }) => isCounted)) {
    return section('By hour of arrival (UTC)', ['No file arrived.']);
  }
  const rows = columns([
    ['hour', 'files', 'rows read', 'rejected'],
    ...hours.map(({ hour, files, rowsRead, rowsRejected }) => [
      formatHour(hour),
      ...[files, rowsRead, rowsRejected].map(formatCount),
    ]),
  ]);
  return section(
    'By hour of arrival (UTC)',
    [
      rows[0] ?? '',
      ...hours.map((hour, index) =>
        hour.isCounted
          ? `${rows[index + 1]}  ${barOf(hour.files, most)}`.trimEnd()
          : `${formatHour(hour.hour)}  not counted`,
      ),
    ].map((line) => cutMiddle(LINE_WIDTH, line)),
  );
}

/** At least one block where there was a file. */
const barOf = (files: number, most: number): string =>
  BAR.repeat(Math.ceil((LONGEST_BAR * files) / Math.max(1, most)));
