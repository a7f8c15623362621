import { reportKeys, type Report } from '../../../report.ts';
import { formatCount, formatCounted, formatMoment, formatShare, formatUsd } from '../../format.ts';
import { cutMiddle, oneLine } from '../../columns.ts';
import { COST_LACKS, formatCostPerMillion } from '../../cost-words.ts';
import { ofCountedHours } from '../../counted-hours.ts';
import { shareBar } from '../charts/share-bar.ts';
import { codeText, fileText, section, table } from '../elements.ts';
import { html, type Markup } from '../markup.ts';

/** The file that has waited longest for its end. */
export function openFilesSection(report: Report): Markup {
  const {
    operations: { oldestOpen },
    files: { open },
  } = report;
  if (oldestOpen === null) {
    const none = ofCountedHours(report, 'None');
    return section('open-files', 'Files still open', html`<p>${none}</p>`);
  }
  const { key, status, arrivedAt } = oldestOpen;
  return section(
    'open-files',
    'Files still open',
    html`<p>
      ${formatCounted(open.value, 'file')}. The oldest arrived ${formatMoment(arrivedAt)} and is
      ${status}:<br />${fileText(key)}
    </p>`,
  );
}

/** What the day cost, by service. */
export function costSection({ cost: { usd, usdPerMillionFiles, services } }: Report): Markup {
  return section(
    'cost',
    'Cost',
    html`<p>
      ${formatUsd(usd.value)} at list prices of us-east-1 without free
      tier${formatCostPerMillion(usdPerMillionFiles)}. ${COST_LACKS}
    </p> `,
    services.length === 0
      ? null
      : table({
          caption: 'Cost by service, from counted calls and durations',
          columns: [
            { title: 'Service', holds: 'text' },
            { title: 'Cost', holds: 'number' },
            { title: 'Share', holds: 'number' },
            { title: '', holds: 'bar' },
            { title: 'Counted', holds: 'text' },
          ],
          rows: services.map((service) => [
            cutMiddle(40, oneLine(service.service)),
            formatUsd(service.usd),
            formatShare(service.usd, usd.value),
            shareBar(service.usd, usd.value ?? service.usd),
            cutMiddle(120, oneLine(service.basis)),
          ]),
        }),
  );
}

/** What could not be counted, and what that means for the figures. */
export function findingsSection({ findings }: Report): Markup {
  const title = 'What could not be counted';
  if (findings.length === 0) {
    return section(
      'findings',
      title,
      html`<p>
        <span class="status good"><span aria-hidden="true">✓</span> nothing</span> Everything was
        counted, and ledger and manifests agree.
      </p>`,
    );
  }
  return section('findings', title, findings.map(findingMarkup));
}

const findingMarkup = ({ code, count, detail, examples }: Report['findings'][number]): Markup =>
  html`<div class="problem">
    <h3>
      <span class="status warn"><span aria-hidden="true">!</span> ${codeText(code)}</span>
      <span class="count">${formatCount(count)}</span>
    </h3>
    <p>${detail}</p>
    ${
      examples.length === 0
        ? null
        : html`<ul class="examples">
            ${examples.map((example) => html`<li>${fileText(example)}</li>`)}
          </ul> `
    }
  </div> `;

/** Where the report's other forms are. */
export function footer({ day }: Report): Markup {
  const { json, text } = reportKeys(day);
  return html`<footer>
    <p>
      In the reports bucket beside this page: <code>${json}</code> with every figure for programs,
      and <code>${text}</code>, the text of the mail. Times are UTC.
    </p>
  </footer> `;
}
