import type { Report } from '../../../report.ts';
import { cutMiddle, oneLine } from '../../columns.ts';
import { formatCount, formatMoment, weekdayOf } from '../../format.ts';
import { html, type Markup, type Part } from '../markup.ts';

/** Whose day it is, how it went in a few sentences, and when that was found. */
export function titleSection(report: Report): Markup {
  const { stage, day, headlines, isDayOver, findings } = report;
  const [first = '', ...others] = headlines;
  return html`<header>
    <p class="kicker">Millrace <b>${cutMiddle(40, oneLine(stage))}</b> daily report</p>
    <h1>${weekdayOf(day)}, <time datetime="${day}">${day}</time></h1>
    <p class="lead">${first}</p>
    ${
      others.length === 0
        ? null
        : html`<ul class="headlines">
            ${others.map((headline) => html`<li>${headline}</li>`)}
          </ul> `
    }${isDayOver ? null : notice('The day was not over when this was made: the figures are those so far.')}${
      findings.length === 0
        ? null
        : notice(
            html`Not everything could be counted.
              <a href="#findings">What that means for the figures</a>`,
          )
    }
    <p class="made">${madeSentence(report)}</p>
  </header> `;
}

const notice = (text: Part): Markup =>
  html`<p class="notice"><span aria-hidden="true">!</span> ${text}</p> `;

function madeSentence({ generatedAt, revision, replaces }: Report): string {
  const made = `Made ${formatMoment(generatedAt)}`;
  if (revision === 1) return `${made}.`;
  const earlier =
    replaces === null ? '' : `; it replaces the report made ${formatMoment(replaces)}`;
  return `${made}, revision ${formatCount(revision)}${earlier}.`;
}
