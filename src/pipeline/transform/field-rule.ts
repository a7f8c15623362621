import type { ContractField } from '../../datasets/contract.ts';
import { RowCode } from '../../shared/error-codes.ts';
import { isExactNumber } from '../formats/json-record.ts';
import type { RowProblem } from '../formats/source-record.ts';

/** A value that was taken, as JSON text. */
export interface Taken {
  readonly json: string;
}

/** What a contract's field makes of one value: JSON text, or the reason why it cannot be taken. */
export type FieldResult = Taken | RowProblem;

export const isProblem = (result: FieldResult): result is RowProblem => 'code' in result;

const NULL: Taken = { json: 'null' };
const INTEGER = /^([+-]?)0*(\d+)$/;
const NUMBER = /^([+-]?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;
const TRUE_VALUES = new Set(['true', 'True', 'TRUE', '1']);
const FALSE_VALUES = new Set(['false', 'False', 'FALSE', '0']);
const SHOWN_CHARACTERS = 80;

/**
 * One field of a contract, compiled: its type is looked up and its constraints are prepared once per
 * file, not once per value.
 *
 * Types and constraints mean what Frictionless Table Schema says. Numbers keep every digit: their text
 * is brought into JSON's grammar, never through a floating-point value.
 */
export class FieldRule {
  readonly name: string;
  /** The property's name as JSON text with its colon, as it stands in every output line. */
  readonly property: string;
  readonly #type: ContractField['type'];
  readonly #required: boolean;
  readonly #missingValues: ReadonlySet<string>;
  readonly #constraints: readonly ((text: string) => RowProblem | null)[];

  constructor(field: ContractField, missingValues: readonly string[]) {
    this.name = field.name;
    this.property = `${JSON.stringify(field.name)}:`;
    this.#type = field.type;
    this.#required = field.constraints?.required ?? false;
    this.#missingValues = new Set(missingValues);
    this.#constraints = compileConstraints(field);
  }

  /** Takes a value from a text format. */
  fromText(text: string): FieldResult {
    if (this.#missingValues.has(text)) return this.missing();
    const taken = this.#convert(text);
    if (taken === null) return this.#invalidType(text);
    return this.#check(text) ?? taken;
  }

  /** Takes a value from a JSON format: strings as `fromText`, other values as they are typed. */
  fromJson(value: unknown): FieldResult {
    if (value === null || value === undefined) return this.missing();
    if (typeof value === 'string') return this.fromText(value);
    const json = JSON.stringify(value);
    if (this.#type === 'any') return { json };
    if (!this.#acceptsJson(value)) return this.#invalidType(json);
    return this.#check(json) ?? { json };
  }

  /** What becomes of a value that is absent. */
  missing(): FieldResult {
    if (!this.#required) return NULL;
    return this.#problem(RowCode.REQUIRED_VALUE_MISSING, 'a value is required');
  }

  #convert(text: string): Taken | null {
    switch (this.#type) {
      case 'string':
      case 'any':
        return { json: JSON.stringify(text) };
      case 'integer':
        return convertInteger(text);
      case 'number':
        return convertNumber(text);
      case 'boolean':
        return convertBoolean(text);
      case 'date':
        return isDate(text) ? { json: `"${text}"` } : null;
      case 'datetime':
        return isDateTime(text) ? { json: `"${text}"` } : null;
    }
  }

  #acceptsJson(value: unknown): boolean {
    if (this.#type === 'boolean') return typeof value === 'boolean';
    const isNumber = typeof value === 'number' || isExactNumber(value);
    if (this.#type === 'number') return isNumber;
    return this.#type === 'integer' && isNumber && INTEGER.test(JSON.stringify(value));
  }

  #check(text: string): RowProblem | null {
    for (const constraint of this.#constraints) {
      const problem = constraint(text);
      if (problem !== null) return problem;
    }
    return null;
  }

  #invalidType(text: string): RowProblem {
    return this.#problem(RowCode.INVALID_TYPE, `${shown(text)} is not ${article(this.#type)}`);
  }

  #problem(code: RowCode, reason: string): RowProblem {
    return { code, column: this.name, reason };
  }
}

function convertInteger(text: string): Taken | null {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  return digits === undefined ? null : { json: `${sign === '-' ? '-' : ''}${digits}` };
}

function convertNumber(text: string): Taken | null {
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent] = match;
  if (whole === '' && fraction === '' && !/\d/.test(text.split(/[eE]/)[0] ?? '')) return null;
  const decimals = fraction === '' ? '' : `.${fraction}`;
  const power = exponent === undefined ? '' : `e${exponent}`;
  return { json: `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${decimals}${power}` };
}

function convertBoolean(text: string): Taken | null {
  if (TRUE_VALUES.has(text)) return { json: 'true' };
  return FALSE_VALUES.has(text) ? { json: 'false' } : null;
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  return Number(day) >= 1 && Number(day) <= daysOfMonth(Number(year), Number(month));
}

function daysOfMonth(year: number, month: number): number {
  if (month < 1 || month > 12) return 0;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

function isDateTime(text: string): boolean {
  const date = DATE_TIME.exec(text)?.[1];
  return date !== undefined && isDate(date);
}

/** Constraints of a field as functions over the value's text, cheapest first. */
function compileConstraints(field: ContractField): ((text: string) => RowProblem | null)[] {
  const { constraints = {}, name: column } = field;
  const { minLength, maxLength, minimum, maximum, pattern } = constraints;
  const checks: ((text: string) => RowProblem | null)[] = [];
  const add = (code: RowCode, fails: (text: string) => boolean, rule: string): void => {
    checks.push((text) =>
      fails(text) ? { code, column, reason: `${shown(text)} ${rule}` } : null,
    );
  };
  if (minLength !== undefined) {
    add(RowCode.TOO_SHORT, (text) => text.length < minLength, `is shorter than ${minLength}`);
  }
  if (maxLength !== undefined) {
    add(RowCode.TOO_LONG, (text) => text.length > maxLength, `is longer than ${maxLength}`);
  }
  if (constraints.enum !== undefined) {
    const allowed = new Set(constraints.enum.map(String));
    add(RowCode.NOT_IN_ENUM, (text) => !allowed.has(text), `is not one of the allowed values`);
  }
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, 'u');
    add(RowCode.PATTERN_MISMATCH, (text) => !expression.test(text), `does not match ${pattern}`);
  }
  if (minimum !== undefined) {
    add(RowCode.BELOW_MINIMUM, isOrdered(field.type, minimum, -1), `is below ${minimum}`);
  }
  if (maximum !== undefined) {
    add(RowCode.ABOVE_MAXIMUM, isOrdered(field.type, maximum, 1), `is above ${maximum}`);
  }
  return checks;
}

/** Whether a text lies on the given side of a bound: as a number, or as ISO 8601 text. */
function isOrdered(
  type: ContractField['type'],
  bound: number | string,
  side: 1 | -1,
): (text: string) => boolean {
  if (type === 'integer' || type === 'number') {
    const limit = Number(bound);
    return (text) => (Number(text) - limit) * side > 0;
  }
  const limit = String(bound);
  return (text) => (side === 1 ? text > limit : text < limit);
}

function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(cut);
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}
