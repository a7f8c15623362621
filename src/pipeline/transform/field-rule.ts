import type { ContractField, Output } from '../../datasets/contract.ts';
import { isScalar, valueTypeOf } from '../../datasets/field-type.ts';
import type { ValueType } from '../../datasets/values/value-type.ts';
import { RowCode } from '../../shared/error-codes.ts';
import type { RowProblem } from '../formats/source-record.ts';
import { constraintsOf, type Constraint } from './constraints.ts';
import { nestedType, type ReadableType } from './nested-type.ts';
import { parquetFit } from './parquet-fit.ts';
import { shown } from './shown-text.ts';

/** What a contract's field makes of one value: JSON text, or the reason why it cannot be taken. */
export type FieldResult = string | RowProblem;

export const isProblem = (result: FieldResult): result is RowProblem => typeof result !== 'string';

const NULL = 'null';

export interface FieldRuleOptions {
  /**
   * Whether a value has to be there.
   * @default the field's own constraint
   */
  readonly required?: boolean;
  /**
   * Where records go: in Parquet a value has to fit its column's type.
   * @default 'jsonl', which holds every value
   */
  readonly output?: Output['format'];
}

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
  /** Null for objects and arrays, which are not compared. */
  readonly #scalar: ValueType | null = null;
  readonly #type: ReadableType;
  readonly #required: boolean;
  readonly #missingValues: ReadonlySet<string>;
  readonly #constraints: readonly Constraint[];
  readonly #expected: string;

  constructor(
    field: ContractField,
    missingValues: readonly string[],
    { required = field.constraints?.required ?? false, output = 'jsonl' }: FieldRuleOptions = {},
  ) {
    this.name = field.name;
    this.property = `${JSON.stringify(field.name)}:`;
    if (isScalar(field)) this.#type = this.#scalar = valueTypeOf(field);
    else this.#type = nestedType(field.type);
    this.#required = required;
    this.#missingValues = new Set(missingValues);
    this.#constraints = [
      ...constraintsOf(field, this.#scalar),
      ...(output === 'parquet' ? representable(field) : []),
    ];
    this.#expected = expectedOf(field);
  }

  /** Takes a value from a text format. */
  fromText(text: string): FieldResult {
    if (this.#missingValues.has(text)) return this.missing();
    const json = this.#type.read(text);
    return json === null ? this.#invalidType(text) : this.#checked(text, json);
  }

  /** Takes a value from a JSON format: strings as `fromText`, other values as they are typed. */
  fromJson(value: unknown): FieldResult {
    if (value === null || value === undefined) return this.missing();
    if (typeof value === 'string') return this.fromText(value);
    const text = JSON.stringify(value);
    const json = this.#type.readJson(text);
    return json === null ? this.#invalidType(text) : this.#checked(text, json);
  }

  /** What becomes of a value that is absent. */
  missing(): FieldResult {
    if (!this.#required) return NULL;
    return this.#problem(RowCode.REQUIRED_VALUE_MISSING, 'a value is required');
  }

  /**
   * A text that equal values of the field share and different ones do not; null for no value.
   *
   * @param json a value that the field took
   */
  keyOf(json: string): string | null {
    return json === NULL ? null : (this.#scalar?.key(json) ?? json);
  }

  #checked(text: string, json: string): FieldResult {
    for (const { isBroken, code, rule } of this.#constraints) {
      if (isBroken(text, json)) return this.#problem(code, `${shown(text)} ${rule}`);
    }
    return json;
  }

  #invalidType(text: string): RowProblem {
    return this.#problem(RowCode.INVALID_TYPE, `${shown(text)} is not ${this.#expected}`);
  }

  #problem(code: RowCode, reason: string): RowProblem {
    return { code, column: this.name, reason };
  }
}

function representable(field: ContractField): Constraint[] {
  const fit = parquetFit(field.type);
  if (fit === null) return [];
  const { fits, reason: rule } = fit;
  return [{ code: RowCode.NOT_REPRESENTABLE, rule, isBroken: (text, json) => !fits(text, json) }];
}

/** What a value should have been: `an integer`, `a date in the format "%d.%m.%Y"`. */
function expectedOf({ type, format = 'default' }: ContractField): string {
  const noun = `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
  return format === 'default' ? noun : `${noun} in the format "${format}"`;
}
