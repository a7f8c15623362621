import type { Contract } from '../../datasets/contract.ts';
import { FieldNames } from '../transform/field-names.ts';
import { FieldRule, isProblem } from '../transform/field-rule.ts';
import { cellKind, isValueKind, type CellKind } from './cell-kind.ts';

type Records = readonly (readonly string[])[];

/** Columns beyond these are not looked at: what they would add does not change the answer. */
const COLUMNS_COMPARED = 200;
/** A column is of a kind when this share of its values is. */
const TYPED_SHARE = 0.8;
/** Fewer values do not show that a column repeats itself, or that its codes are of one shape. */
const VALUES_TO_COMPARE = 2;
const LONGEST_CODE = 12;
const LONGEST_NAME = 60;

/**
 * Tells whether the first record of a CSV file names the columns.
 *
 * What the contract states holds. Under a contract, the first record is a header if it has the name
 * of a field, or if it is no row that the contract takes. Without one, columns vote: those whose
 * values are of a kind that the first cell is not say that it is a name; those where it is of the
 * same kind, or comes again below, say that it is a value. In doubt it is a header.
 *
 * @param records the file's first records
 */
export function hasHeader(records: Records, contract: Contract | null): boolean {
  const stated = contract?.millrace.dialect.header;
  const [first, ...body] = records;
  if (stated !== undefined || first === undefined) return stated ?? true;
  // A draft of a contract has no fields yet.
  const isDescribed = contract !== null && contract.fields.length > 0;
  if (isDescribed) return !isRowOf(contract, first);
  return body.length === 0 ? !isPlainlyData(first) : votes(first, body) >= 0;
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
  const names = new FieldNames(contract);
  if (record.some((cell) => names.indexOf(cell) !== undefined)) return false;
  const rules = contract.fields.map((field) => new FieldRule(field, contract.missingValues));
  if (record.length !== rules.length) return false;
  const present = rules.filter((_, index) => !contract.missingValues.includes(record[index] ?? ''));
  return (
    rules.every((rule, index) => !isProblem(rule.fromText(record[index] ?? ''))) &&
    present.some(refusesNames)
  );
}

/** A field that would take its own name as a value cannot tell a row from a header. */
const refusesNames = (rule: FieldRule): boolean => isProblem(rule.fromText(rule.name));

/** A record that stands alone is data when most of it are values. */
function isPlainlyData(record: readonly string[]): boolean {
  const kinds = record
    .slice(0, COLUMNS_COMPARED)
    .map(cellKind)
    .filter((kind) => kind !== 'empty');
  return kinds.filter(isValueKind).length * 2 > kinds.length;
}

/** Sum of the columns' votes: above zero for a header, below zero for data. */
function votes(first: readonly string[], body: Records): number {
  if (isRepeated(first, body)) return 1;
  const columns = first.slice(0, COLUMNS_COMPARED);
  const ofColumns = columns.map((cell, column) => {
    const values = body.map((record) => record[column] ?? '').filter((value) => value !== '');
    return vote(cell, values);
  });
  const named = first.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const twice = named.length - new Set(named).size;
  return ofColumns.reduce((sum, one) => sum + one, -twice / 2);
}

/** A header that comes again, as in files that were joined, is still a header. */
function isRepeated(first: readonly string[], body: Records): boolean {
  const looksLikeNames = first.every((cell) => cellKind(cell) === 'text');
  return looksLikeNames && first.length > 1 && body.some((row) => isSame(row, first));
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((cell, index) => cell === b[index]);

function vote(cell: string, values: readonly string[]): number {
  const kind = cellKind(cell);
  if (kind === 'empty' || values.length === 0) return 0;
  const ofValues = kindOf(values);
  if (ofValues !== null && isValueKind(ofValues)) {
    if (kind === 'missing') return 0;
    if (kind !== ofValues) return 2;
    return isYearAbove(cell, values) ? 1 : -2;
  }
  if (isValueKind(kind) || isSentence(cell)) return -1;
  return ofValues === 'text' ? textVote(cell, values) : 0;
}

/** Longer than names are, or ended as sentences and verses are; a question may name a column. */
function isSentence(cell: string): boolean {
  const text = cell.trim();
  if (text.endsWith('?')) return false;
  return text.length > LONGEST_NAME || /; |\S+\s+\S+\s+\S+.*[.,;!]$/.test(text);
}

/** The kind of most values; null when there is none. */
function kindOf(values: readonly string[]): CellKind | null {
  const kinds = values.map(cellKind).filter((kind) => kind !== 'missing' && kind !== 'empty');
  const [first] = kinds;
  const counts = new Map<CellKind, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (first === undefined) return null;
  const [most, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  return count >= kinds.length * TYPED_SHARE ? most : null;
}

/** Years name the columns of many tables; above other years they are values. */
function isYearAbove(cell: string, values: readonly string[]): boolean {
  return isYear(cell) && values.filter(isYear).length * 2 < values.length;
}

const isYear = (cell: string): boolean => /^(?:19|20)\d\d$/.test(cell);

/** Text says less: a value that comes again is no name, codes of one shape are told from names. */
function textVote(cell: string, values: readonly string[]): number {
  if (values.length < VALUES_TO_COMPARE) return 0;
  if (values.includes(cell)) return -1.5;
  return shapeVote(cell, values, groupsOf) || shapeVote(cell, values, firstWordOf);
}

function shapeVote(
  cell: string,
  values: readonly string[],
  shapeOf: (cell: string) => string,
): number {
  const [shape = '', ...others] = new Set(values.map(shapeOf));
  if (others.length > 0 || !isCode(shape)) return 0;
  return shapeOf(cell) === shape ? -1 : 1;
}

/** Codes have digits, or at least no small letters: words are no codes. */
function isCode(shape: string): boolean {
  return shape.length <= LONGEST_CODE && (shape.includes('9') || /^[^a]*A[^a]*$/.test(shape));
}

/** A cell by its groups of characters: `B-MW 1234` and `HH-X 7` have the same. */
function groupsOf(cell: string): string {
  const shape = cell
    .replace(/\p{Lu}+/gu, 'A')
    .replace(/\p{Ll}+/gu, 'a')
    .replace(/\d+/g, '9');
  return shape.includes('9') ? shape : '';
}

/** The characters of a cell's first word: `[12] note` and `[3] other note` have the same. */
function firstWordOf(cell: string): string {
  const [word = ''] = cell.trim().split(/\s/, 1);
  return word
    .replace(/\p{Lu}/gu, 'A')
    .replace(/\p{Ll}/gu, 'a')
    .replace(/\d+/g, '9');
}
