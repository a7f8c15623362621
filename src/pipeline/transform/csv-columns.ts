import { isRequired, type Contract } from '../../datasets/contract.ts';
import { FileCode, NoticeCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { Dialect } from '../payload.ts';
import { FieldNames } from './field-names.ts';
import { shown } from './shown-text.ts';

/** Most columns that a reason names. */
const MOST_NAMED = 10;

/** The columns of a CSV file. */
export interface CsvColumns {
  /** A name for each column; no two are the same. */
  readonly names: readonly string[];
  /** For each of the contract's fields the index of its column, -1 where the file has none. */
  readonly ofFields: readonly number[];
  /** Indexes of the columns that the contract does not know. */
  readonly unknown: readonly number[];
  readonly trailingDelimiter: boolean;
  /** How many fields a row has to have, and who says so: `the header has 2 columns`. */
  readonly expectation: string;
  readonly notices: ReadonlyMap<NoticeCode, number>;
}

/**
 * The columns of a CSV file: named by its header, or where it has none by the contract's fields in
 * their order, or by position.
 *
 * @param first the file's first record: the header, where there is one
 * @throws FileRejected DUPLICATE_COLUMN, MISSING_REQUIRED_COLUMN or NO_KNOWN_COLUMN
 */
export function csvColumns(
  first: readonly string[],
  { header, trailingDelimiter }: Pick<Dialect, 'header' | 'trailingDelimiter'>,
  contract: Contract | null,
): CsvColumns {
  const cells = header
    ? withoutTrailing(first, trailingDelimiter)
    : (contract?.fields.map(({ name }) => name) ??
      withoutTrailing(first, trailingDelimiter).fill(''));
  const names = columnNames(cells);
  const notices = header ? headerNotices(cells) : new Map<NoticeCode, number>();
  const expectation = expectationOf(names.length, header, contract);
  const common = { names, trailingDelimiter, expectation, notices };
  if (contract === null) return { ...common, ofFields: [], unknown: [] };
  const ofFields = columnsOfFields(contract, cells);
  const known = new Set(ofFields);
  const unknown = [...names.keys()].filter((index) => !known.has(index));
  return { ...common, ofFields, unknown };
}

function expectationOf(count: number, header: boolean, contract: Contract | null): string {
  if (header) return `the header has ${counted(count, 'column')}`;
  return `the ${contract === null ? 'first row' : 'contract'} has ${counted(count, 'field')}`;
}

/** @example counted(2, 'field') // '2 fields' */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

function withoutTrailing(cells: readonly string[], trailingDelimiter: boolean): string[] {
  return trailingDelimiter && cells.at(-1) === '' ? cells.slice(0, -1) : [...cells];
}

/**
 * Column names for a header row: blank names become `column_3`, a repeated name gets a counter
 * (`name_2`), so that no value is lost under another's name. A name that the header itself gives is
 * never made up for another column.
 */
export function columnNames(header: readonly string[]): string[] {
  const given = new Set(header);
  const taken = new Set<string>();
  const counters = new Map<string, number>();
  return header.map((cell, index) => {
    const isBlank = cell.trim() === '';
    const name = isBlank ? `column_${index + 1}` : cell;
    let unique = name;
    let count = counters.get(name) ?? 2;
    while (taken.has(unique) || (unique !== cell && given.has(unique))) {
      unique = `${name}_${count}`;
      count += 1;
    }
    counters.set(name, count);
    taken.add(unique);
    return unique;
  });
}

function headerNotices(cells: readonly string[]): Map<NoticeCode, number> {
  const named = cells.filter((cell) => cell.trim() !== '');
  const counts: [NoticeCode, number][] = [
    [NoticeCode.EMPTY_COLUMN_NAME, cells.length - named.length],
    [NoticeCode.DUPLICATE_COLUMN_NAME, named.length - new Set(named).size],
  ];
  return new Map(counts.filter(([, count]) => count > 0));
}

/** Finds each field's column by name or alias. */
function columnsOfFields(contract: Contract, cells: readonly string[]): number[] {
  const fieldNames = new FieldNames(contract);
  const columns = contract.fields.map(() => -1);
  cells.forEach((cell, index) => {
    const field = fieldNames.indexOf(cell);
    if (field === undefined) return;
    const earlier = columns[field] ?? -1;
    if (earlier !== -1) rejectDuplicate(contract, [cells[earlier] ?? '', cell], field);
    columns[field] = index;
  });
  requireColumns(contract, columns);
  return columns;
}

function rejectDuplicate(contract: Contract, [a, b]: [string, string], field: number): never {
  const name = JSON.stringify(contract.fields[field]?.name);
  const reason =
    a === b
      ? `the header has the column ${shown(a)} twice`
      : `the header has the columns ${shown(a)} and ${shown(b)}, which both are ${name}`;
  throw new FileRejected(FileCode.DUPLICATE_COLUMN, `${reason} in the contract "${contract.name}"`);
}

function requireColumns(contract: Contract, columns: readonly number[]): void {
  const { name, fields } = contract;
  const missing = fields.filter(
    (field, index) => columns[index] === -1 && isRequired(contract, field),
  );
  if (missing.length > 0) {
    const names = named(missing.map((field) => field.name));
    const noun = missing.length === 1 ? 'column' : 'columns';
    const reason = `the contract "${name}" requires the ${noun} ${names}, which the file does not have`;
    throw new FileRejected(FileCode.MISSING_REQUIRED_COLUMN, reason);
  }
  if (columns.some((index) => index !== -1)) return;
  const reason = `the header has none of the columns of the contract "${name}"`;
  throw new FileRejected(FileCode.NO_KNOWN_COLUMN, reason);
}

function named(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMED).map((name) => shown(name));
  const further = names.length - first.length;
  return `${first.join(', ')}${further > 0 ? ` and ${further} more` : ''}`;
}

/** @throws FileRejected TOO_MANY_COLUMNS */
export function requireColumnLimit(columns: readonly string[], maxColumns: number): void {
  if (columns.length <= maxColumns) return;
  const reason = `the file has ${columns.length} columns, at most ${maxColumns} are allowed`;
  throw new FileRejected(FileCode.TOO_MANY_COLUMNS, reason);
}
