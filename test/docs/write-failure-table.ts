import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, FAILURE_COLUMNS, failureRows } from './failure-table.ts';

/*
 * Writes the table of `docs/failures.md` anew: `node test/docs/write-failure-table.ts`, then
 * `npm run format`.
 */

const PAGE = join(import.meta.dirname, '../../docs/failures.md');
const TABLE = /(?<=## What a step may meet\n[^|]*)\|[\s\S]*?\|\n(?=\n)/;

const rows = [FAILURE_COLUMNS, FAILURE_COLUMNS.map(() => '---'), ...failureRows().map(cellsOf)];
const table = `${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
writeFileSync(
  PAGE,
  readFileSync(PAGE, 'utf8').replace(TABLE, () => table),
);
