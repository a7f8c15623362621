import { reportKeys, type Report } from '../../report.ts';
import { cutMiddle, oneLine } from '../columns.ts';
import { COST_LACKS, formatCostPerMillion } from '../cost-words.ts';
import { ofCountedHours } from '../counted-hours.ts';
import {
  formatCount,
  formatCounted,
  formatMoment,
  formatShare,
  formatUsd,
  weekdayOf,
} from '../format.ts';
import { datasetsText } from './datasets-text.ts';
import { figuresText } from './figures-text.ts';
import { hoursText } from './hours-text.ts';
import { item, LINE_WIDTH, section, wrap } from './layout.ts';
import { findingsText, problemsText } from './problems-text.ts';

/**
 * The report as text for a mail: lines of at most 80 columns, what stands out first. Keys and values
 * of files are shortened, and cannot bring controls or lines of their own.
 */
export function renderText(report: Report): string {
  const lines = [
    ...titleText(report),
    ...section(
      'What stands out',
      report.headlines.flatMap((headline) => item(oneLine(headline))),
    ),
    ...figuresText(report),
    ...problemsText(report),
    ...datasetsText(report),
    ...hoursText(report),
    ...waitingText(report),
    ...costText(report),
    ...findingsText(report),
    ...keysText(report),
  ];
  return `${lines.join('\n')}\n`;
}

function titleText({ day, stage, generatedAt, revision, replaces, isDayOver }: Report): string[] {
  const made = `Made ${formatMoment(generatedAt)}`;
  const earlier =
    replaces === null ? '' : `, in place of the report made ${formatMoment(replaces)}`;
  return [
    ...wrap(`Millrace ${oneLine(stage)}: ${weekdayOf(day)}, ${day}`),
    ...wrap(revision === 1 ? `${made}.` : `${made}, revision ${formatCount(revision)}${earlier}.`),
    ...(isDayOver ? [] : wrap('The day was not over by then: the figures are those so far.')),
  ];
}

/** The file that has waited longest; its status says where it stands. */
function waitingText(report: Report): string[] {
  const {
    operations: { oldestOpen },
    files: { open },
  } = report;
  if (oldestOpen === null) return section('Files still open', [ofCountedHours(report, 'None')]);
  const { key, status, arrivedAt } = oldestOpen;
  return section('Files still open', [
    ...wrap(
      `${formatCounted(open.value, 'file')}; the oldest, ${oneLine(status)} since ${formatMoment(arrivedAt)}:`,
    ),
    `  ${cutMiddle(LINE_WIDTH - 2, oneLine(key))}`,
  ]);
}

function costText({ cost: { usd, usdPerMillionFiles, services } }: Report): string[] {
  return section('Cost', [
    ...wrap(
      `${formatUsd(usd.value)} at list prices of us-east-1 without free tier${formatCostPerMillion(usdPerMillionFiles)}. ${COST_LACKS}`,
    ),
    ...services.flatMap((service) =>
      item(
        `${oneLine(service.service)} ${formatUsd(service.usd)} (${formatShare(service.usd, usd.value)}): ${oneLine(service.basis)}`,
      ),
    ),
  ]);
}

function keysText({ day }: Report): string[] {
  const { html, json, text } = reportKeys(day);
  return section('Where to find the rest', [
    'In the reports bucket:',
    `  ${html}  (charts and tables, opens in a browser)`,
    `  ${json}  (every figure, for programs)`,
    `  ${text}  (this text)`,
  ]);
}
