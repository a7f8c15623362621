import type { Contract } from '../../datasets/contract.ts';
import { FieldRule, isProblem } from '../transform/field-rule.ts';

const NUMBER_OR_DATE =
  /^[+-]?((\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*)$/;

/**
 * Tells whether the first record of a CSV file names the columns. Under a contract it does unless it
 * is a row that the contract takes; without one it does when its cells are not of the same kinds as
 * the cells below them.
 *
 * @param records the file's first records
 */
export function hasHeader(
  records: readonly (readonly string[])[],
  contract: Contract | null,
): boolean {
  const [first, ...body] = records;
  if (first === undefined) return true;
  return contract === null ? differsFrom(body, first) : !isRowOf(contract, first);
}

function differsFrom(body: readonly (readonly string[])[], first: readonly string[]): boolean {
  const looksLikeData = first.some((cell) => cell === '' || NUMBER_OR_DATE.test(cell));
  if (!looksLikeData || body.length === 0) return true;
  return first.some((cell, column) => isDataColumn(body, column) && !NUMBER_OR_DATE.test(cell));
}

function isDataColumn(body: readonly (readonly string[])[], column: number): boolean {
  const cells = body.map((record) => record[column] ?? '').filter((cell) => cell !== '');
  return cells.length > 0 && cells.every((cell) => NUMBER_OR_DATE.test(cell));
}

/**
 * Whether a record is a row of the contract by position: a field for each of the contract's, every
 * one taken by its rule, none the name of a column.
 *
 * In doubt it is a header. A wrong header is refused for the columns it lacks; columns mapped by
 * position on a guess become wrong data that looks right: a header in another language once swapped
 * the lowest and the highest temperature.
 */
function isRowOf(contract: Contract, record: readonly string[]): boolean {
  const rules = contract.fields.map((field) => new FieldRule(field, contract.missingValues));
  const names = new Set(rules.map(({ name }) => name));
  if (record.length !== rules.length || record.some((cell) => names.has(cell))) return false;
  const present = rules.filter((_, index) => !contract.missingValues.includes(record[index] ?? ''));
  return (
    rules.every((rule, index) => !isProblem(rule.fromText(record[index] ?? ''))) &&
    present.some(refusesNames)
  );
}

/** A field that would take its own name as a value cannot tell a row from a header. */
const refusesNames = (rule: FieldRule): boolean => isProblem(rule.fromText(rule.name));
