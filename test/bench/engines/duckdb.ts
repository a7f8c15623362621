import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, EngineOutcome } from './engine.ts';

const SHARED_MEMORY = '/dev/shm';
const DIALECT = `header = true, delim = ',', quote = '"', escape = '"'`;
/** Keeps empty values empty text, as the other engines do: no value is equal to it. */
const NO_NULLS = `nullstr = '\\N'`;

// The database is started before the clock, as the other engines' code is loaded before it.
const database = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await database.connect();

/** DuckDB with every column as text. */
export const duckdb: Engine = (path) => copy(path, `all_varchar = true, ${NO_NULLS}`);

/** DuckDB with the types that the events contract states, and a stop at the first bad value. */
export const duckdbTyped: Engine = (path) =>
  copy(
    path,
    `columns = {event_id: 'VARCHAR', timestamp: 'TIMESTAMP', event_type: 'VARCHAR',
      user_id: 'VARCHAR', user_action: 'VARCHAR', amount: 'DOUBLE', country: 'VARCHAR'}`,
  );

/** Lets DuckDB write a file, in memory where the system has such a folder: it has no other output. */
async function copy(path: string, options: string): Promise<EngineOutcome> {
  const folder = mkdtempSync(
    join(existsSync(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), 'millrace-'),
  );
  const target = join(folder, 'output.json');
  try {
    const { rowsChanged } = await connection.run(
      `COPY (FROM read_csv(${literal(path)}, ${DIALECT}, ${options}))
       TO ${literal(target)} (FORMAT json)`,
    );
    return { rows: rowsChanged, outputBytes: statSync(target).size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
