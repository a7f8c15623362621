import type { Contract } from '../../datasets/contract.ts';

type Rows = readonly (readonly string[])[];

/** Share of records that at least end in an empty field, and that at most have a value there. */
const EMPTY_SHARE = 0.9;
const VALUE_SHARE = 0.02;

/**
 * Whether records end with a delimiter: behind the last column that has a name, nearly all records
 * have one more field, which is empty. An empty column that has a name is a column.
 *
 * @param rows a file's first records
 * @param header whether the first of them names the columns
 */
export function hasTrailingDelimiter(
  rows: Rows,
  header: boolean,
  contract: Contract | null,
): boolean {
  const [first, ...body] = rows;
  if (first === undefined) return false;
  const isUnnamed = first.length > 1 && first.at(-1) === '';
  const named = first.length - (isUnnamed ? 1 : 0);
  if (header && body.length === 0) return isUnnamed;
  // A draft of a contract has no fields yet.
  const described = contract?.fields.length ?? 0;
  const columns = header || described === 0 ? named : described;
  const records = header ? body : rows;
  const longer = records.filter((row) => row.length > columns);
  const empty = longer.filter((row) => row.length === columns + 1 && row[columns] === '');
  return (
    empty.length >= records.length * EMPTY_SHARE &&
    longer.length - empty.length <= records.length * VALUE_SHARE
  );
}

/** Rows without a last column in which none has anything, unless the contract has a field for it. */
export function withoutEmptyEnd(rows: Rows, contract: Contract | null): Rows {
  const isField = rows[0]?.length === contract?.fields.length;
  const isEmptyAtEnd = rows.every((row) => row.length > 1 && row.at(-1) === '');
  return isEmptyAtEnd && !isField ? rows.map((row) => row.slice(0, -1)) : rows;
}
