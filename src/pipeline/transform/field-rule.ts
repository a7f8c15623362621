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
// After the leading zeros a group starts with another digit: were both free to take a zero, a field of
// many zeros would take quadratic time.
const INTEGER = /^([+-]?)0*(0|[1-9]\d*)$/;
const NUMBER = /^([+-]?)0*((?:[1-9]\d*)?)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;
const TRUE_VALUES = new Set(['true', 'True', 'TRUE', '1']);
const FALSE_VALUES = new Set(['false', 'False', 'FALSE', '0']);
const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;
const SHOWN_CHARACTERS = 80;

/** Judges a value by its text in the source and by the JSON that it became. */
type Constraint = (text: string, taken: Taken) => RowProblem | null;

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
  readonly #constraints: readonly Constraint[];

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
    const taken = convert(this.#type, text);
    if (taken === null) return this.#invalidType(text);
    return this.#check(text, taken) ?? taken;
  }

  /** Takes a value from a JSON format: strings as `fromText`, other values as they are typed. */
  fromJson(value: unknown): FieldResult {
    if (value === null || value === undefined) return this.missing();
    if (typeof value === 'string') return this.fromText(value);
    const json = JSON.stringify(value);
    if (!this.#acceptsJson(value)) return this.#invalidType(json);
    return this.#check(json, { json }) ?? { json };
  }

  /** What becomes of a value that is absent. */
  missing(): FieldResult {
    if (!this.#required) return NULL;
    return this.#problem(RowCode.REQUIRED_VALUE_MISSING, 'a value is required');
  }

  #acceptsJson(value: unknown): boolean {
    if (this.#type === 'any') return true;
    if (this.#type === 'boolean') return typeof value === 'boolean';
    const isNumber = typeof value === 'number' || isExactNumber(value);
    if (this.#type === 'number') return isNumber;
    return this.#type === 'integer' && isNumber && INTEGER.test(JSON.stringify(value));
  }

  #check(text: string, taken: Taken): RowProblem | null {
    for (const constraint of this.#constraints) {
      const problem = constraint(text, taken);
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

/** A text as a value of a type; null when it is none. */
function convert(type: ContractField['type'], text: string): Taken | null {
  switch (type) {
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
    default:
      return null;
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

/** Constraints of a field as functions over the value, cheapest first. */
function compileConstraints(field: ContractField): Constraint[] {
  const { constraints = {}, name: column } = field;
  const { minLength, maxLength, minimum, maximum, pattern } = constraints;
  const checks: Constraint[] = [];
  const add = (
    code: RowCode,
    fails: (text: string, taken: Taken) => boolean,
    rule: string,
  ): void => {
    checks.push((text, taken) =>
      fails(text, taken) ? { code, column, reason: `${shown(text)} ${rule}` } : null,
    );
  };
  if (minLength !== undefined) {
    add(RowCode.TOO_SHORT, (text) => characters(text) < minLength, `is shorter than ${minLength}`);
  }
  if (maxLength !== undefined) {
    add(RowCode.TOO_LONG, (text) => characters(text) > maxLength, `is longer than ${maxLength}`);
  }
  if (constraints.enum !== undefined) {
    add(RowCode.NOT_IN_ENUM, isOutside(field.type, constraints.enum), NOT_ALLOWED);
  }
  if (pattern !== undefined) {
    // As in XML Schema, whose expressions Table Schema prescribes, a pattern is for the whole value.
    const expression = new RegExp(`^(?:${pattern})$`, 'u');
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

const NOT_ALLOWED = 'is not one of the allowed values';

/** Length in characters, of which those beyond U+FFFF take two of JavaScript's code units. */
function characters(text: string): number {
  return text.length - (text.match(SURROGATE_PAIR)?.length ?? 0);
}

/** Whether a value is none of the allowed ones; values are compared, so 007 is 7. */
function isOutside(
  type: ContractField['type'],
  values: readonly (string | number | boolean)[],
): (text: string, taken: Taken) => boolean {
  const texts = values.map(String);
  const allowed = new Set(texts.map((text) => convert(type, text)?.json));
  const allowedTexts = new Set(texts);
  return (text, { json }) => !allowed.has(json) && !allowedTexts.has(text);
}

/** Whether a value lies on the given side of a bound: as a number, or in time. */
function isOrdered(
  type: ContractField['type'],
  bound: number | string,
  side: 1 | -1,
): (text: string) => boolean {
  const order = type === 'date' || type === 'datetime' ? instantOf : Number;
  const limit = order(String(bound));
  return (text) => (order(text) - limit) * side > 0;
}

/** A date or time in milliseconds since 1970; without a zone it counts as UTC. */
function instantOf(text: string): number {
  if (DATE.test(text)) return Date.parse(text);
  const iso = text
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
  return Date.parse(/(?:Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso}Z`);
}

function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return JSON.stringify(cut);
}

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}
