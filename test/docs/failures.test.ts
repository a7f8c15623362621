import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../infra/config.ts';
import { backOffSeconds } from '../../src/pipeline/dispatch/back-off.ts';
import { FaultCode } from '../../src/shared/error-codes.ts';
import { cellsOf, FAILURE_COLUMNS, failureRows } from './failure-table.ts';

const page = readFileSync(join(__dirname, '../../docs/failures.md'), 'utf8');

/** The cells of the table under a heading, its head first. */
function tableUnder(heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return section
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| --'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('docs/failures.md', () => {
  it('says of every failure of a step what code and state machine make of it', () => {
    expect(tableUnder('What a step may meet')).toEqual([
      [...FAILURE_COLUMNS],
      ...failureRows().map(cellsOf),
    ]);
  });

  it('leaves out no code that an attempt can fail with', () => {
    // With this one nothing fails: the object is left where it is.
    const named = new Set([...failureRows().map(({ code }) => code), 'ARCHIVE_TOO_LARGE']);
    expect(Object.values(FaultCode).filter((code) => !named.has(code))).toEqual([]);
  });

  it('says how long the queue waits before each try', () => {
    const { retryBaseSeconds, retryMaxSeconds, maxReceiveCount } = readConfig({
      getAllContext: () => ({}),
    });
    const backOff = { baseSeconds: retryBaseSeconds, maxSeconds: retryMaxSeconds };
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, index) => [
      String(index + 2),
      [0, 1].map((random) => backOffSeconds(index + 1, backOff, random)).join(' to ') + ' s',
    ]);
    const [head, ...rows] = tableUnder('What the queue does');
    expect(head!.slice(0, 2)).toEqual(['Try', 'Waits before it']);
    expect(rows.map((cells) => cells.slice(0, 2))).toEqual(waits);
  });
});
