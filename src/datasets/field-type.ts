import type { ContractField } from './contract-field.ts';
import { booleanType } from './values/booleans.ts';
import { temporalType } from './values/dates.ts';
import { integerType, numberType, yearType } from './values/numbers.ts';
import { ANY_TYPE, stringType } from './values/strings.ts';
import type { ValueType } from './values/value-type.ts';

/** The types whose values are nested JSON: without an order, an enum or a key. */
export type NestedType = 'object' | 'array';
export type ScalarField = Exclude<ContractField, { readonly type: NestedType }>;

export function isScalar(field: ContractField): field is ScalarField {
  return field.type !== 'object' && field.type !== 'array';
}

/**
 * Compiles the type of a field, with its format and options.
 *
 * @throws InvalidPatternError
 */
export function valueTypeOf(field: ScalarField): ValueType {
  switch (field.type) {
    case 'string':
      return stringType(field.format);
    case 'integer':
      return integerType(field);
    case 'number':
      return numberType(field);
    case 'boolean':
      return booleanType(field.trueValues, field.falseValues);
    case 'date':
    case 'time':
    case 'datetime':
      return temporalType(field.type, field.format);
    case 'year':
      return yearType();
    case 'any':
      return ANY_TYPE;
  }
}

/** A value as a constraint states it. */
export type Stated = string | number | boolean;

/** The constraints of a field that state values, whatever its type. */
export interface ValueConstraints {
  readonly enum?: readonly Stated[] | undefined;
  readonly minimum?: Stated | undefined;
  readonly maximum?: Stated | undefined;
}

export function valueConstraintsOf({ constraints = {} }: ScalarField): ValueConstraints {
  return constraints;
}

/**
 * The value that a constraint states, as JSON text: JSON's numbers and booleans mean themselves, text
 * is read as a file's text is. Null when it is no value of the field's type.
 */
export function constraintValue(
  field: ScalarField,
  type: ValueType,
  stated: Stated,
): string | null {
  if (typeof stated !== 'string') return type.readJson(String(stated));
  return type.read(stated) ?? wholeDay(field, stated);
}

/** A datetime's bound may be a day: its first moment. */
function wholeDay(field: ScalarField, stated: string): string | null {
  const isDateTime = field.type === 'datetime' && (field.format ?? 'default') === 'default';
  return isDateTime ? temporalType('date').read(stated) : null;
}
