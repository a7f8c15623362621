import type { Report } from '../../../report.ts';
import { cutMiddle, oneLine } from '../../columns.ts';
import { ofCountedHours } from '../../counted-hours.ts';
import { formatCount, formatShare } from '../../format.ts';
import { shareBar } from '../charts/share-bar.ts';
import { codeText, fileText, section, table } from '../elements.ts';
import { html, type Markup, type Part } from '../markup.ts';

/** Rejected rows by code, and files that were rejected or failed, with files that show it. */
export function problemsSection(report: Report): Markup {
  const { rowRejects, fileEnds, rows } = report;
  const title = 'What went wrong';
  if (rowRejects.length === 0 && fileEnds.length === 0) {
    return section(
      'problems',
      title,
      html`<p>
        ${ofCountedHours(report, 'No row was rejected, and no file was rejected or failed')}
      </p>`,
    );
  }
  return section(
    'problems',
    title,
    html`<h3>Files</h3> `,
    fileEnds.length === 0
      ? html`<p>${ofCountedHours(report, 'No file was rejected or failed')}</p>`
      : fileEnds.map(fileEndMarkup),
    html` <h3>Rows</h3> `,
    rowRejects.length === 0
      ? html`<p>${ofCountedHours(report, 'No row was rejected')}</p>`
      : [rowRejectTable(rowRejects, rows.rejected.value), rowRejects.map(rowRejectMarkup)],
  );
}

function fileEndMarkup({ status, code, files, examples }: Report['fileEnds'][number]): Markup {
  const tone = status === 'FAILED' ? 'bad' : 'warn';
  return html`<div class="problem">
    <h4>
      <span class="status ${tone}"
        ><span aria-hidden="true">${status === 'FAILED' ? '✕' : '!'}</span>
        ${status.toLowerCase()}</span
      >
      ${codeText(code)}
      <span class="count">${formatCount(files)} ${files === 1 ? 'file' : 'files'}</span>
    </h4>
    <ul class="examples">
      ${examples.map(
        ({ key, reason }) =>
          html`<li>
            ${fileText(key)}${reason === undefined ? null : html`<br /><span class="muted">${cutMiddle(240, oneLine(reason))}</span>`}
          </li> `,
      )}
    </ul>
  </div> `;
}

const rowRejectTable = (rejects: Report['rowRejects'], allRows: number | null): Markup =>
  table({
    caption: 'Rejected rows by code',
    columns: [
      { title: 'Code', holds: 'text' },
      { title: 'Rows', holds: 'number' },
      { title: 'Share', holds: 'number' },
      { title: '', holds: 'bar' },
    ],
    rows: rejects.map(({ code, rows }): Part[] => [
      codeText(code),
      formatCount(rows),
      formatShare(rows, allRows),
      shareBar(rows, allRows ?? rows),
    ]),
  });

function rowRejectMarkup({ code, columns, examples }: Report['rowRejects'][number]): Markup {
  const named = columns.map(
    ({ column, rows }, index) =>
      html`${index === 0 ? null : ', '}${column === null ? 'the row as a whole' : fileText(column, 40)}
      (${formatCount(rows)})`,
  );
  return html`<div class="problem">
    <h4>${codeText(code)}</h4>
    ${columns.length === 0 ? null : html`<p>At fault: ${named}</p> `}
    <ul class="examples">
      ${examples.map(
        ({ key, rows }) =>
          html`<li>
            ${fileText(key)}
            <span class="count">${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}</span>
          </li> `,
      )}
    </ul>
  </div> `;
}
