import type { Report } from '../../report.ts';
import { html, type Part } from './markup.ts';
import { PAGE_STYLE } from './page-style.ts';
import { allFiguresSection } from './sections/all-figures.ts';
import { datasetsSection } from './sections/datasets.ts';
import { hoursSection } from './sections/hours.ts';
import { problemsSection } from './sections/problems.ts';
import { costSection, findingsSection, footer, openFilesSection } from './sections/rest.ts';
import { tilesSection } from './sections/tiles.ts';
import { titleSection } from './sections/title.ts';

/**
 * The report as one page: no script, nothing loaded from elsewhere, charts as SVG, for screens of any
 * width, light or dark, and for print. The same report gives the same bytes.
 */
export const renderHtml = (report: Report): string => page(report, bodyOf(report));

const bodyOf = (report: Report): Part =>
  html`${titleSection(report)}
    <main>${sectionsOf(report)}</main>
    ${footer(report)}`;

const sectionsOf = (report: Report): Part => [
  tilesSection(report),
  hoursSection(report),
  problemsSection(report),
  datasetsSection(report),
  allFiguresSection(report),
  openFilesSection(report),
  costSection(report),
  findingsSection(report),
];

const page = ({ stage, day }: Report, body: Part): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>Millrace ${stage} ${day}: daily report</title>
        <style>
          ${PAGE_STYLE}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
