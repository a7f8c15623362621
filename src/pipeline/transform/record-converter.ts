import { isRequired, RESCUED, RESERVED_NAMES, type Contract } from '../../datasets/contract.ts';
import { NoticeCode, RowCode } from '../../shared/error-codes.ts';
import type { JsonRecord } from '../formats/json-record.ts';
import type { RowProblem, RowProblems } from '../formats/source-record.ts';
import { counted, type CsvColumns } from './csv-columns.ts';
import { FieldNames } from './field-names.ts';
import { FieldRule, isProblem, type FieldResult } from './field-rule.ts';
import { Uniqueness } from './uniqueness.ts';

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

/**
 * A converter for CSV records under a contract.
 *
 * @param fields the contract's, which remember what has to be unique
 */
export function csvConverter(
  contract: Contract,
  columns: CsvColumns,
  fields = new ContractFields(contract),
): RecordConverter<string[]> {
  const { names, ofFields, unknown } = columns;
  return (values, row) => {
    const problem = fieldCountProblem(values, columns);
    if (problem !== null) return { problems: [problem] };
    fields.rules.forEach((rule, field) => {
      const index = ofFields[field] ?? -1;
      fields.results[field] = index === -1 ? rule.missing() : rule.fromText(values[index] ?? '');
    });
    const rescued = unknown.map((index) => property(names[index] ?? '', values[index] ?? ''));
    return fields.conversion(rescued, row);
  };
}

/**
 * A converter for JSON records under a contract.
 *
 * @param fields the contract's, which remember what has to be unique
 */
export function jsonConverter(
  contract: Contract,
  fields = new ContractFields(contract),
): RecordConverter<JsonRecord> {
  const fieldNames = new FieldNames(contract);
  return (record, row) => {
    const given = new Map<number, unknown>();
    const rescued: string[] = [];
    for (const [name, value] of Object.entries(record)) {
      const field = fieldNames.indexOf(name);
      if (field === undefined) {
        rescued.push(property(name, value));
      } else if (given.has(field)) {
        return { problems: [duplicateProperty(name, fields.rules[field])] };
      } else {
        given.set(field, value);
      }
    }
    fields.rules.forEach((rule, field) => {
      fields.results[field] = given.has(field) ? rule.fromJson(given.get(field)) : rule.missing();
    });
    return fields.conversion(rescued, row);
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

/** The fields of a contract, and what they make of the record at hand. */
export class ContractFields {
  readonly rules: readonly FieldRule[];
  /** One for each rule; the array is used again for every record. */
  readonly results: FieldResult[];
  readonly uniqueness: Uniqueness;

  constructor(contract: Contract) {
    const { fields, missingValues, millrace } = contract;
    const output = millrace.output.format;
    this.rules = fields.map(
      (field) =>
        new FieldRule(field, missingValues, { required: isRequired(contract, field), output }),
    );
    this.results = this.rules.map((rule) => rule.missing());
    this.uniqueness = new Uniqueness(contract, this.rules);
  }

  /** The record at hand as a line, or all its problems. */
  conversion(rescued: readonly string[], row: number): Conversion {
    const values: string[] = [];
    const problems: RowProblem[] = [];
    for (const result of this.results) {
      if (isProblem(result)) problems.push(result);
      else values.push(result);
    }
    if (problems.length === 0) problems.push(...this.uniqueness.problemsOf(values, row));
    const [first, ...further] = problems;
    if (first !== undefined) return { problems: [first, ...further] };
    return line(
      this.rules.map(({ property }, field) => `${property}${values[field]}`),
      rescued,
    );
  }
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
  { names, trailingDelimiter, expectation }: CsvColumns,
): RowProblem | null {
  const expected = names.length;
  if (fields.length === expected) return null;
  if (trailingDelimiter && fields.length === expected + 1 && fields[expected] === '') return null;
  const code = fields.length < expected ? RowCode.TOO_FEW_FIELDS : RowCode.TOO_MANY_FIELDS;
  const reason = `the row has ${counted(fields.length, 'field')}, ${expectation}`;
  return { code, column: null, reason };
}
