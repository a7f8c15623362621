import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ParquetTable {
  /** DuckDB's types of the columns, in their order. */
  readonly types: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly Readonly<Record<string, DuckDBValue>>[];
}

let connection: DuckDBConnection | null = null;

/** A DuckDB that is in UTC, whatever zone the tests run in; one per process. */
export async function duckdb(): Promise<DuckDBConnection> {
  if (connection !== null) return connection;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** Lends a file of the given content to `use`. */
export async function withFile<T>(
  content: Uint8Array | string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-table-'));
  try {
    const path = join(folder, 'table');
    await writeFile(path, content);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The rows that a query gives, as arrays of values. */
export async function query(sql: string): Promise<DuckDBValue[][]> {
  const reader = await (await duckdb()).runAndReadAll(sql);
  return reader.getRows();
}

/** What an independent reader, DuckDB, finds in a Parquet file. */
export function readParquet(bytes: Uint8Array, columns = '*'): Promise<ParquetTable> {
  return withFile(bytes, async (path) => {
    const described = await query(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
    const reader = await (
      await duckdb()
    ).runAndReadAll(`SELECT ${columns} FROM read_parquet('${path}')`);
    return {
      types: described.map(([name, type]) => [String(name), String(type)] as const),
      rows: reader.getRowObjects(),
    };
  });
}
