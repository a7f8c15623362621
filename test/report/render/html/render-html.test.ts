import type { Report } from '../../../../src/report/report.ts';
import { renderHtml } from '../../../../src/report/render/html/render-html.ts';
import fc from '../../../support/fast-check.ts';
import {
  badDay,
  emptyDay,
  figure,
  firstDay,
  hostileReport,
  SAMPLES,
  sampleReport,
  withTexts,
} from '../../sample-report.ts';
import { allElements, parsePage, textOf, type PageElement } from './parse-page.ts';

const parsed = (report: Report): PageElement => parsePage(renderHtml(report));
const elementsOf = (report: Report): PageElement[] => allElements(parsed(report));
const textOfReport = (report: Report): string => textOf(parsed(report)).replace(/\s+/g, ' ');
const named = (elements: readonly PageElement[], name: string): PageElement[] =>
  elements.filter((element) => element.name === name);

describe.each(SAMPLES)('the page of %s', (_, report) => {
  const page = renderHtml(report);
  const elements = elementsOf(report);

  it('is well formed and the same each time', () => {
    expect(() => parsePage(page)).not.toThrow();
    expect(renderHtml(structuredClone(report))).toBe(page);
  });

  it('stands alone: no script, no style of an element, nothing loaded from elsewhere', () => {
    const attributes = elements.flatMap(({ attributes }) => Object.entries(attributes));

    expect(named(elements, 'script')).toEqual([]);
    expect(named(elements, 'link')).toEqual([]);
    expect(attributes.filter(([name]) => /^(src|style|on.*|xlink:href)$/.test(name))).toEqual([]);
    expect(attributes.filter(([name, value]) => name === 'href' && !value.startsWith('#'))).toEqual(
      [],
    );
    expect(page).not.toMatch(/@import|url\((?!#)/);
  });

  it('has each id once, and every reference to one leads somewhere', () => {
    const ids = elements.flatMap(({ attributes: { id } }) => id ?? []);
    const references = elements.flatMap(({ attributes }) => [
      ...(attributes['aria-labelledby']?.split(' ') ?? []),
      ...(attributes.href === undefined ? [] : [attributes.href.slice(1)]),
      ...(/^url\(#(.+)\)$/.exec(attributes.fill ?? '')?.slice(1) ?? []),
    ]);

    expect(new Set(ids).size).toBe(ids.length);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('has its headings in order, none skipped', () => {
    const levels = elements
      .filter(({ name }) => /^h[1-6]$/.test(name))
      .map(({ name }) => Number(name.slice(1)));

    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.slice(1).forEach((level, index) => {
      expect(level).toBeLessThanOrEqual(levels[index]! + 1);
    });
  });

  it('has a caption and scopes in each table', () => {
    for (const table of named(elements, 'table')) {
      const inside = allElements(table);
      expect(textOf(named(inside, 'caption')[0]!).trim()).not.toBe('');
      for (const { attributes } of named(inside, 'th')) {
        expect(attributes.scope).toMatch(/^(col|row)$/);
      }
    }
  });

  it('has each chart either described or hidden, because its numbers stand beside it', () => {
    const charts = elements.filter(
      ({ name, attributes }) => name === 'svg' && attributes.class !== 'over',
    );

    for (const chart of charts) {
      const inside = chart.children.flatMap((child) =>
        typeof child === 'string' ? [] : child.name,
      );
      if (chart.attributes['aria-hidden'] === 'true') continue;
      expect(chart.attributes.role).toBe('img');
      expect(inside).toEqual(expect.arrayContaining(['title', 'desc']));
    }
  });

  it('draws no length that is not a number', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });
});

describe('texts of files', () => {
  const outline = (report: Report): string[] => elementsOf(report).map(({ name }) => name);

  it('never become a part of the page', () => {
    const pieces = [
      '<',
      '>',
      '"',
      "'",
      '&',
      '&lt;',
      '</td>',
      '<script>',
      '-->',
      '`',
      '${',
      ' ',
      'x',
    ];
    const hostile = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), {
      minLength: 1,
      maxLength: 8,
    });
    const expected = outline(badDay);

    fc.assert(
      fc.property(hostile, (parts) => {
        const report = withTexts(badDay, (text) => text + parts.join(''));
        expect(outline(report)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('are shown as they are', () => {
    const report = withTexts(sampleReport, (text) => `${text}<&">`);

    expect(textOfReport(report)).toContain('page_view<&">');
    expect(textOfReport(report)).toContain('Step Functions<&">');
  });

  it('cannot turn the direction of the page, nor bring controls into it', () => {
    expect(renderHtml(hostileReport)).not.toMatch(/[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]/);
  });
});

describe('the page', () => {
  it.each([
    ['the day', 'Thursday, 2026-11-19'],
    ['what stands out', '2 files failed; the day before none did.'],
    ['a figure', 'Files arrived 1,234'],
    ['its change', '3 % up on the day before'],
    ['that a figure grew from nothing', 'up from none on the day before'],
    ['a code of rows', 'TYPE_MISMATCH'],
    ['the columns at fault', 'amount (2,098)'],
    ['an example', 'partners/acme/events/2026-11-19/part-0014.csv'],
    ['why a file failed', 'Transform took longer than 270 seconds'],
    ['how exact a count is', 'counts are too high by 96 at most'],
    ['the rest of a dimension', 'all others 1,013,603'],
    ['an exact sum', '2,841,903.55'],
    ['the cost', '$11.99 for a million such files'],
    ['that all was counted', 'Everything was counted'],
  ])('says %s', (_, text) => {
    expect(textOfReport(sampleReport)).toContain(text);
  });

  it.each([
    'No file arrived in any hour.',
    'No row was rejected, and no file was rejected or failed.',
    'No dataset had files.',
    'No file came to its end',
    'not known',
  ])('of an empty day says %j', (text) => {
    expect(textOfReport(emptyDay)).toContain(text);
  });

  it('of a day that is not over says so, and that there is nothing to compare it with', () => {
    expect(textOfReport(firstDay)).toContain('The day was not over when this was made');
    expect(textOfReport(firstDay)).toContain('no earlier report to compare these with');
  });

  it('that replaces another says so', () => {
    expect(textOfReport(badDay)).toContain(
      'revision 3; it replaces the report made 2026-11-20 08:00 UTC.',
    );
  });

  it('names hours that were not counted in chart and table', () => {
    const [chart] = named(elementsOf(badDay), 'desc');

    expect(textOf(chart!)).toContain('Not counted: 03:00, 14:00.');
    expect(textOfReport(badDay)).toContain('14:00 not counted not counted not counted');
    expect(textOfReport(badDay)).toContain('Not everything could be counted.');
  });

  it('shows every finding with its code', () => {
    for (const { code, detail } of badDay.findings) {
      expect(textOfReport(badDay)).toContain(code);
      expect(textOfReport(badDay)).toContain(detail);
    }
  });

  it('shows a measure below zero as a bar up to zero', () => {
    const [dataset] = sampleReport.datasets;
    const measures = [{ ...dataset!.measures[0]!, p50: -10, p95: -1, p99: null }];
    const page = renderHtml({ ...sampleReport, datasets: [{ ...dataset!, measures }] });

    expect(page).toMatch(/class="accent"\s+x="90%"\s+y="\d+"\s+width="10%"/);
  });

  it('shows no bars of figures that may be below zero', () => {
    expect(() =>
      renderHtml({ ...sampleReport, cost: { ...sampleReport.cost, usd: figure(-1, 1, 1) } }),
    ).not.toThrow();
  });
});
