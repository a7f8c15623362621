import { columnWidth } from '../../../../src/report/render/columns.ts';
import { renderText } from '../../../../src/report/render/text/render-text.ts';
import fc from '../../../support/fast-check.ts';
import {
  badDay,
  emptyDay,
  firstDay,
  SAMPLES,
  sampleReport,
  withTexts,
} from '../../sample-report.ts';

const tooWide = (text: string): string[] =>
  text.split('\n').filter((line) => columnWidth(line) > 80);

/** Text without its line breaks, so that a sentence is found wherever it was wrapped. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

describe.each(SAMPLES)('the text of %s', (_, report) => {
  it('has lines of at most 80 columns, without controls and blanks at their ends', () => {
    const text = renderText(report);

    expect(tooWide(text)).toEqual([]);
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\u202a-\u202e\ufeff]|NaN|Infinity|undefined/);
    expect(text).not.toMatch(/ \n/);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('names the three forms of the report', () => {
    for (const form of ['html', 'json', 'txt']) {
      expect(renderText(report)).toContain(`daily-reports/2026-11-19/report.${form}`);
    }
  });
});

it('lines stay within 80 columns whatever files hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
  );
  fc.assert(
    fc.property(text, (part) => {
      expect(tooWide(renderText(withTexts(badDay, (old) => old + part)))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

describe('the text', () => {
  it.each([
    ['the day', 'Millrace prod: Thursday, 2026-11-19'],
    ['what stands out', '- Of 1,283,360 rows 2,930 were rejected (0.2 %)'],
    ['figures with the day before and the week', 'Arrived 1,234 1,198 (+3 %) 1,172 (+5.3 %)'],
    ['a figure that was nothing before', 'Failed 2 0 (new)'],
    ['how many times a figure grew', '22.4 s (11 times)'],
    ['rejects by code', '- TYPE_MISMATCH: 2,310 rows, 78.8 % of the rejected rows'],
    ['the columns at fault', 'In amount 2,098, occurred_at 212'],
    ['an example', 'partners/acme/events/2026-11-19/part-0014.csv: 2,071 rows'],
    ['failed files', '- FAILED TRANSFORM_TIMEOUT: 2 files'],
    ['a dataset', 'Files: 902 succeeded, 3 rejected, 2 failed, 1 open'],
    ['values', 'page_view 612,308 (60.1 %)'],
    ['how exact they are', 'at least 88,120 values (counts too high by 96 at most)'],
    ['a measure', 'sum 2,841,903.55, mean 46.587, least 0.99'],
    ['an hour', '09:00 131 136,240 96 ██████████████████████████████'],
    ['the oldest open file', 'RUNNING since 2026-11-19 23:58 UTC'],
    ['the cost', '- S3 $0.0081 (54.7 %): 1,240 PUT, 3,702 GET requests'],
  ])('says %s', (_, said) => {
    expect(unwrapped(renderText(sampleReport))).toContain(said);
  });

  it('of an empty day says what there was none of', () => {
    const text = unwrapped(renderText(emptyDay));

    expect(text).toContain('No file arrived.');
    expect(text).toContain('No dataset had files.');
    expect(text).toContain('No row was rejected, and no file was rejected or failed.');
  });

  it('of a day that is not over, without earlier reports, says so', () => {
    expect(renderText(firstDay)).toContain('The day was not over by then');
    expect(renderText(firstDay)).toContain('There is no earlier report to compare these with.');
  });

  it('says which report it replaces, and what could not be counted', () => {
    const text = unwrapped(renderText(badDay));

    expect(text).toContain('revision 3, in place of the report made 2026-11-20 08:00 UTC.');
    expect(text).toContain('14:00 not counted');
    expect(text).toContain('HOUR_NOT_COUNTED (2): These hours could not be read');
  });
});
