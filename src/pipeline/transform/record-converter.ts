import { RESCUED, RESERVED_NAMES, type Contract } from '../../datasets/contract.ts';
import { NoticeCode, RowCode } from '../../shared/error-codes.ts';
import type { JsonRecord } from '../formats/json-record.ts';
import type { RowProblem, RowProblems } from '../formats/source-record.ts';
import type { CsvColumns } from './csv-columns.ts';
import { FieldNames } from './field-names.ts';
import { FieldRule, isProblem, type FieldResult } from './field-rule.ts';

/** A record as one line of JSON, or every reason why it cannot be taken. */
export type Conversion =
  { readonly line: string; readonly notice?: NoticeCode } | { readonly problems: RowProblems };

/**
 * Converts the values of one record, the records of a file in their order.
 *
 * @param row the record's number
 */
export type RecordConverter<T> = (value: T, row: number) => Conversion;

/** A converter for CSV records without a contract: every value stays text. */
export function textConverter(columns: CsvColumns): RecordConverter<string[]> {
  const { names } = columns;
  const properties = names.map((name) => `${JSON.stringify(name)}:`);
  const isReserved = names.map((name) => RESERVED_NAMES.has(name));
  return (values) => {
    const problem = fieldCountProblem(values, columns);
    if (problem !== null) return { problems: [problem] };
    const parts: string[] = [];
    const rescued: string[] = [];
    for (let index = 0; index < names.length; index += 1) {
      const part = `${properties[index]}${JSON.stringify(values[index])}`;
      (isReserved[index] ? rescued : parts).push(part);
    }
    return line(parts, rescued);
  };
}

/** A converter for CSV records under a contract. */
export function csvConverter(contract: Contract, columns: CsvColumns): RecordConverter<string[]> {
  const { names, ofFields, unknown } = columns;
  const rules = contract.fields.map((field) => new FieldRule(field, contract.missingValues));
  return (values) => {
    const problem = fieldCountProblem(values, columns);
    if (problem !== null) return { problems: [problem] };
    const results = rules.map((rule, field) => {
      const index = ofFields[field] ?? -1;
      return { rule, result: index === -1 ? rule.missing() : rule.fromText(values[index] ?? '') };
    });
    const rescued = unknown.map((index) => property(names[index] ?? '', values[index] ?? ''));
    return assemble(results, rescued);
  };
}

/** A converter for JSON records under a contract. */
export function jsonConverter(contract: Contract): RecordConverter<JsonRecord> {
  const rules = contract.fields.map((field) => new FieldRule(field, contract.missingValues));
  const fieldNames = new FieldNames(contract);
  return (record) => {
    const given = new Map<number, unknown>();
    const rescued: string[] = [];
    for (const [name, value] of Object.entries(record)) {
      const field = fieldNames.indexOf(name);
      if (field === undefined) rescued.push(property(name, value));
      else if (given.has(field)) return { problems: [duplicateProperty(name, rules[field])] };
      else given.set(field, value);
    }
    const results = rules.map((rule, field) => ({
      rule,
      result: given.has(field) ? rule.fromJson(given.get(field)) : rule.missing(),
    }));
    return assemble(results, rescued);
  };
}

/** A converter for JSON records without a contract: every value stays as it is. */
export function plainJsonConverter(): RecordConverter<JsonRecord> {
  return (record) => {
    const names = Object.keys(record);
    if (!names.some((name) => RESERVED_NAMES.has(name))) return { line: JSON.stringify(record) };
    const parts: string[] = [];
    const rescued: string[] = [];
    for (const name of names) {
      (RESERVED_NAMES.has(name) ? rescued : parts).push(property(name, record[name]));
    }
    return line(parts, rescued);
  };
}

function duplicateProperty(name: string, rule: FieldRule | undefined): RowProblem {
  const reason = `"${name}" is a second property for "${rule?.name}"`;
  return { code: RowCode.DUPLICATE_PROPERTY, column: rule?.name ?? null, reason };
}

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
  return line(parts, rescued);
}

function line(parts: string[], rescued: readonly string[]): Conversion {
  if (rescued.length === 0) return { line: `{${parts.join(',')}}` };
  parts.push(`"${RESCUED}":{${rescued.join(',')}}`);
  return { line: `{${parts.join(',')}}`, notice: NoticeCode.VALUES_RESCUED };
}

function property(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

function fieldCountProblem(
  fields: string[],
  { names, trailingDelimiter }: CsvColumns,
): RowProblem | null {
  const expected = names.length;
  if (fields.length === expected) return null;
  if (trailingDelimiter && fields.length === expected + 1 && fields[expected] === '') return null;
  const code = fields.length < expected ? RowCode.TOO_FEW_FIELDS : RowCode.TOO_MANY_FIELDS;
  const reason = `the row has ${fields.length} fields, the file has ${expected} columns`;
  return { code, column: null, reason };
}
