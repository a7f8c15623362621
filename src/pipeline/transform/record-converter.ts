import { RESCUED, type Contract } from '../../datasets/contract.ts';
import { FileCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { JsonRecord } from '../formats/json-record.ts';
import type { RowProblem, RowProblems } from '../formats/source-record.ts';
import { FieldRule, isProblem, type FieldResult } from './field-rule.ts';

/** A record as one line of JSON, or every reason why it cannot be taken. */
export type Conversion = { readonly line: string } | { readonly problems: RowProblems };

/** Converts the values of one record. */
export type RecordConverter<T> = (value: T) => Conversion;

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

/** Names of the contract's required fields that are not among `columns`. */
export function missingRequiredColumns(contract: Contract, columns: readonly string[]): string[] {
  const present = new Set(columns);
  return contract.fields
    .filter(({ name, constraints }) => constraints?.required === true && !present.has(name))
    .map(({ name }) => name);
}

/** Rejects a file whose header lacks columns that the contract requires. */
export function requireColumns(contract: Contract, columns: readonly string[]): void {
  const missing = missingRequiredColumns(contract, columns);
  if (missing.length === 0) return;
  const names = missing.map((name) => `"${name}"`).join(', ');
  const noun = missing.length === 1 ? 'column' : 'columns';
  throw new FileRejected(
    FileCode.MISSING_REQUIRED_COLUMN,
    `the contract "${contract.name}" requires the ${noun} ${names}, which the file does not have`,
  );
}

/** A converter for CSV records without a contract: every value stays text. */
export function textConverter(columns: readonly string[]): RecordConverter<string[]> {
  const properties = columns.map((name) => `${JSON.stringify(name)}:`);
  return (fields) => {
    const problem = fieldCountProblem(fields, columns.length);
    if (problem !== null) return { problems: [problem] };
    const parts = fields.map((text, index) => `${properties[index]}${JSON.stringify(text)}`);
    return { line: `{${parts.join(',')}}` };
  };
}

/** A converter for CSV records under a contract. */
export function csvConverter(
  contract: Contract,
  columns: readonly string[],
): RecordConverter<string[]> {
  requireColumns(contract, columns);
  const fields = contract.fields.map((field) => {
    const rule = new FieldRule(field, contract.missingValues);
    return { rule, index: columns.indexOf(field.name) };
  });
  const known = new Set(contract.fields.map(({ name }) => name));
  const unknown = columns.flatMap((name, index) => (known.has(name) ? [] : [{ name, index }]));
  return (values) => {
    const problem = fieldCountProblem(values, columns.length);
    if (problem !== null) return { problems: [problem] };
    const results = fields.map(({ rule, index }) => ({
      rule,
      result: index === -1 ? rule.missing() : rule.fromText(values[index] ?? ''),
    }));
    const rescued = unknown.map(({ name, index }) => property(name, values[index] ?? ''));
    return assemble(results, rescued);
  };
}

/** A converter for JSON records under a contract. */
export function jsonConverter(contract: Contract): RecordConverter<JsonRecord> {
  const rules = contract.fields.map((field) => new FieldRule(field, contract.missingValues));
  const known = new Set(rules.map(({ name }) => name));
  return (record) => {
    const results = rules.map((rule) => ({
      rule,
      result: Object.hasOwn(record, rule.name) ? rule.fromJson(record[rule.name]) : rule.missing(),
    }));
    const rescued = Object.entries(record)
      .filter(([name]) => !known.has(name))
      .map(([name, value]) => property(name, value));
    return assemble(results, rescued);
  };
}

/** A converter for JSON records without a contract: every value stays as it is. */
export const plainJsonConverter: RecordConverter<JsonRecord> = (record) => ({
  line: JSON.stringify(record),
});

function assemble(
  results: readonly { readonly rule: FieldRule; readonly result: FieldResult }[],
  rescued: readonly string[],
): Conversion {
  const problems: RowProblem[] = [];
  const parts: string[] = [];
  for (const { rule, result } of results) {
    if (isProblem(result)) problems.push(result);
    else parts.push(`${rule.property}${result.json}`);
  }
  const [first, ...further] = problems;
  if (first !== undefined) return { problems: [first, ...further] };
  if (rescued.length > 0) parts.push(`"${RESCUED}":{${rescued.join(',')}}`);
  return { line: `{${parts.join(',')}}` };
}

function property(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function fieldCountProblem(fields: readonly string[], expected: number): RowProblem | null {
  if (fields.length === expected) return null;
  const code = fields.length < expected ? RowCode.TOO_FEW_FIELDS : RowCode.TOO_MANY_FIELDS;
  const reason = `the row has ${fields.length} fields, the header has ${expected}`;
  return { code, column: null, reason };
}
