import { renderHtml } from '../../../src/report/render/html/render-html.ts';
import { renderText } from '../../../src/report/render/text/render-text.ts';
import type { Report } from '../../../src/report/report.ts';
import { emptyDay } from '../sample-report.ts';

/** A day without a file in the hours that were counted. */
function dayWithoutHours(missing: readonly number[]): Report {
  return {
    ...emptyDay,
    hours: emptyDay.hours.map((each) => ({ ...each, isCounted: !missing.includes(each.hour) })),
    findings: [
      {
        code: 'HOUR_NOT_COUNTED',
        count: missing.length,
        detail: 'Files are missing.',
        examples: [],
      },
    ],
  };
}

const EVERY_HOUR = Array.from({ length: 24 }, (_, hour) => hour);

describe.each([
  ['text', renderText],
  ['page', renderHtml],
])('the %s', (_, render) => {
  it('claims of the hours alone that were counted that there was nothing', () => {
    const rendered = render(dayWithoutHours([6])).replace(/\s+/g, ' ');
    expect(rendered).toContain('No dataset had files in the hours that were counted.');
    expect(rendered).toContain('No row was rejected, and no file was rejected or failed in the');
    expect(rendered).toContain('None in the hours that were counted.');
  });

  it('claims nothing where no hour was counted', () => {
    const rendered = render(dayWithoutHours(EVERY_HOUR));
    expect(rendered).toContain('Not known: no hour could be counted.');
    expect(rendered).not.toMatch(/No dataset had files|No row was rejected[.,]/);
  });
});

it('the text stays within 80 columns', () => {
  for (const missing of [[6], EVERY_HOUR]) {
    const long = renderText(dayWithoutHours(missing))
      .split('\n')
      .filter((line) => line.length > 80);
    expect(long).toEqual([]);
  }
});

it('a page that lacks an hour finds nothing good', () => {
  expect(renderHtml(emptyDay)).toContain('class="tile good"');
  expect(renderHtml(dayWithoutHours([6]))).not.toContain('class="tile good"');
});
