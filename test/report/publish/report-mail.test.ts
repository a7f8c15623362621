import { LONGEST_MAIL_BYTES, reportMail } from '../../../src/report/publish/report-mail.ts';
import { reportKeys } from '../../../src/report/report.ts';

const location = { bucket: 'reports', keys: reportKeys('2026-11-19') };
const SNS_LIMIT = 256 * 1024;

it('brings the text, then where to find the rest', () => {
  const mail = reportMail('Millrace prod 2026-11-19: 12 files', 'All is well.\n', location);

  expect(mail).toEqual({
    subject: 'Millrace prod 2026-11-19: 12 files',
    text: [
      'All is well.',
      '',
      'The whole report:',
      '  page  s3://reports/daily-reports/2026-11-19/report.html',
      '  text  s3://reports/daily-reports/2026-11-19/report.txt',
      '  data  s3://reports/daily-reports/2026-11-19/report.json',
      '',
    ].join('\n'),
  });
});

it('cuts a text that SNS would refuse between lines, says so, and keeps the links', () => {
  const lines = Array.from({ length: 20_000 }, (_, row) => `row ${row}: größer`);

  const { text } = reportMail('subject', lines.join('\n'), location);

  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(SNS_LIMIT);
  expect(Buffer.byteLength(text)).toBeGreaterThan(LONGEST_MAIL_BYTES - 100);
  const shown = text.split('\n');
  const cut = shown.findIndex((line) => line.startsWith('[Cut here: '));
  expect(shown.slice(0, cut - 1)).toEqual(lines.slice(0, cut - 1));
  expect(shown[cut]).toMatch(/^\[Cut here: [\d,]+ more bytes do not fit into a mail\.\]$/);
  expect(text).toContain('s3://reports/daily-reports/2026-11-19/report.html');
});
