import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventCode } from '../../src/analytics/event-code.ts';
import { FaultCode, FileCode, NoticeCode, RowCode } from '../../src/shared/error-codes.ts';

const page = readFileSync(join(__dirname, '../../docs/error-codes.md'), 'utf8');

/** The codes that a section's table lists. */
function codesUnder(heading: string): string[] {
  const section = page.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return [...section.matchAll(/^\| `([A-Z_]+)`\s*\|/gm)].map(([, code]) => code!);
}

describe('docs/error-codes.md', () => {
  it.each([
    ['Rejected rows', RowCode],
    ['Rejected files', FileCode],
    ['Notices', NoticeCode],
    ['Failed attempts', FaultCode],
    ['Events', EventCode],
  ])('lists under "%s" exactly the codes of the source', (heading, codes) => {
    expect(codesUnder(heading).sort()).toEqual(Object.values(codes).sort());
  });
});
