import { plainLines } from '../../../src/cli/watch/plain-lines.ts';
import { failure, snapshot } from './snapshots.ts';

describe('the lines for a log', () => {
  it('are one when nothing has failed since the last look', () => {
    expect(plainLines(snapshot(), snapshot())).toEqual([
      '2026-11-20 16:05:15Z  events 1,200/min 20/s  files 12/min 0.15/s  rows 120,000/min 1,500/s' +
        '  backlog: files 0, files given up 1, events 2, events given up 3, records given up 4',
    ]);
  });

  it('leave out what had failed before the first look', () => {
    expect(plainLines(snapshot(), null)).toHaveLength(1);
  });

  it('tell each new failure once, oldest first, and a file that failed again', () => {
    const before = snapshot({ failures: [failure({ fileId: 'a', status: 'FAILED' })] });
    const failures = [
      failure({ fileId: 'b', key: 'in/\x1b[2Jb.csv' }),
      failure({ fileId: 'a', status: 'FAILED', attempt: 2 }),
      ...before.failures,
    ];
    const lines = plainLines(snapshot({ failures }), before);
    expect(lines.slice(0, -1)).toEqual([
      '2026-11-20 16:04:09Z  FAILED in/a.csv: EMPTY_FILE: the file has no bytes',
      '2026-11-20 16:04:09Z  REJECTED in/\\u001b[2Jb.csv: EMPTY_FILE: the file has no bytes',
    ]);
  });
});
