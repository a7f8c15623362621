import { mailSubject } from '../../../../src/report/render/text/mail-subject.ts';
import fc from '../../../support/fast-check.ts';
import { badDay, emptyDay, figure, firstDay, SAMPLES, sampleReport } from '../../sample-report.ts';

describe('the subject of a mail', () => {
  it.each([
    [
      'a day with failures',
      sampleReport,
      'Millrace prod 2026-11-19: 1,234 files, 2 failed, 0.2 % rows rejected, 3 files rejected',
    ],
    ['an empty day', emptyDay, 'Millrace prod 2026-11-19: no files'],
    [
      'a day so far',
      firstDay,
      'Millrace prod 2026-11-19: 3 files so far, none failed, 0 % rows rejected',
    ],
    [
      'a revised report that lacks hours',
      badDay,
      'Millrace prod 2026-11-19 (revised, incomplete): 1,020 files, 212 failed, 0.2 % rows rejected',
    ],
    [
      'a day whose files are not known',
      { ...emptyDay, files: { ...emptyDay.files, arrived: figure(null), failed: figure(null) } },
      'Millrace prod 2026-11-19: files not counted',
    ],
  ])('of %s says so', (_, report, subject) => {
    expect(mailSubject(report)).toBe(subject);
  });

  it.each(SAMPLES)('of %s is what SNS takes', (_, report) => {
    expect(mailSubject(report)).toMatch(/^[A-Za-z][\x20-\x7e]{0,98}$/);
  });

  it('is what SNS takes whatever the stage is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (stage) => {
        expect(mailSubject({ ...badDay, stage })).toMatch(/^[A-Za-z][\x20-\x7e]{0,98}$/);
      }),
    );
  });
});
