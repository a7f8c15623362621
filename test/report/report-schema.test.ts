import { Ajv } from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportJsonSchema } from '../../src/report/report-schema.ts';
import { sampleReport, SAMPLES } from './sample-report.ts';

const published = JSON.parse(
  readFileSync(join(__dirname, '../../src/report/report.schema.json'), 'utf8'),
) as object;

it('is the schema of what the code writes', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
});

const isReport = new Ajv().compile(published);

it.each(SAMPLES)('takes %s', (_, report) => {
  isReport(report);
  expect(isReport.errors).toBeNull();
});

it.each([
  ['no headline', { headlines: [] }],
  ['a negative count', { hours: [{ ...sampleReport.hours[0], files: -1 }] }],
  ['an unknown property', { surprise: 1 }],
])('does not take a report with %s', (_, change) => {
  expect(isReport({ ...sampleReport, ...change })).toBe(false);
});
