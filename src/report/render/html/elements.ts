import { columnWidth, cutMiddle, oneLine } from '../columns.ts';
import { html, type Markup, type Part } from './markup.ts';

const LONGEST_TEXT = 96;
const LONGEST_CODE = 40;

/** A key or value of a file: shortened in the middle where it is long, with all of it as its title. */
export function fileText(text: string, longest = LONGEST_TEXT): Markup {
  const line = oneLine(text);
  if (columnWidth(line) <= longest) return html`<span class="file-text">${line}</span>`;
  return html`<span class="file-text" title="${line}">${cutMiddle(longest, line)}</span>`;
}

/** A code of a rejection, a failure or a finding. */
export const codeText = (code: string): Markup =>
  html`<code>${cutMiddle(LONGEST_CODE, oneLine(code))}</code>`;

/** A column of a table: its title and what its cells hold. */
export interface Column {
  readonly title: string;
  readonly holds: 'text' | 'number' | 'bar';
}

export interface TableProps {
  /** Says what the table shows, for who hears it and for who sees it. */
  readonly caption: string;
  /** For where a heading says the same. @default false */
  readonly isCaptionUnseen?: boolean;
  /** The first holds the rows' names. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Part[])[];
}

/** A table that scrolls on its own where the page is too narrow for it. */
export function table({ caption, isCaptionUnseen = false, columns, rows }: TableProps): Markup {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption class="${isCaptionUnseen ? 'unseen' : 'seen'}">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(headCell)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, index) => bodyCell(cell, index, columns))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A part of the page with its heading. */
export const section = (id: string, title: string, ...content: Part[]): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section> `;

const headCell = ({ title, holds }: Column): Markup =>
  holds === 'bar'
    ? html`<td class="bar-cell"></td>`
    : html`<th scope="col" class="${holds}">${title}</th>`;

function bodyCell(cell: Part, index: number, columns: readonly Column[]): Markup {
  const holds = columns[index]?.holds ?? 'text';
  if (index === 0) return html`<th scope="row" class="${holds}">${cell}</th>`;
  return html`<td class="${holds === 'bar' ? 'bar-cell' : holds}">${cell}</td>`;
}
