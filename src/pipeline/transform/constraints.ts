import type { ContractField } from '../../datasets/contract.ts';
import {
  constraintValue,
  isScalar,
  valueConstraintsOf,
  type ScalarField,
  type Stated,
} from '../../datasets/field-type.ts';
import type { ValueType } from '../../datasets/values/value-type.ts';
import { RowCode } from '../../shared/error-codes.ts';
import { sizeOf } from './nested-type.ts';

/** A rule that a value of the right type may break. */
export interface Constraint {
  readonly code: RowCode;
  /** What is wrong with a value that breaks it, as it follows the value. */
  readonly rule: string;
  /** Judges a value by its text in the source and by the JSON that it became. */
  readonly isBroken: (text: string, json: string) => boolean;
}

/**
 * Longest value that a pattern is tried on, in JavaScript's code units. Expressions such as `.*a.*b` take
 * time that grows with a power of the length.
 */
const LONGEST_MATCHED = 1_000;
const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/**
 * The constraints of a field, compiled, cheapest first.
 *
 * @param type the field's compiled type; null for objects and arrays
 */
export function constraintsOf(field: ContractField, type: ValueType | null): Constraint[] {
  const lengths = lengthConstraints(field);
  if (type === null || !isScalar(field)) return lengths;
  return [
    ...lengths,
    ...enumConstraint(field, type),
    ...patternConstraint(field),
    ...boundConstraints(field, type),
  ];
}

function lengthConstraints(field: ContractField): Constraint[] {
  if (field.type !== 'string' && isScalar(field)) return [];
  const { minLength = 0, maxLength = Infinity } = field.constraints ?? {};
  const length = isScalar(field) ? characters : (_text: string, json: string) => sizeOf(json);
  const constraints: Constraint[] = [];
  if (minLength > 0) {
    constraints.push({
      code: RowCode.TOO_SHORT,
      rule: `is shorter than ${minLength}`,
      isBroken: (text, json) => length(text, json) < minLength,
    });
  }
  if (maxLength < Infinity) {
    constraints.push({
      code: RowCode.TOO_LONG,
      rule: `is longer than ${maxLength}`,
      isBroken: (text, json) => length(text, json) > maxLength,
    });
  }
  return constraints;
}

/** Length in characters, of which those beyond U+FFFF take two of JavaScript's code units. */
function characters(text: string): number {
  return text.length - (text.match(SURROGATE_PAIR)?.length ?? 0);
}

/** Values are compared, not texts: 007 is 7. */
function enumConstraint(field: ScalarField, type: ValueType): Constraint[] {
  const values = valueConstraintsOf(field).enum;
  if (values === undefined) return [];
  const allowed = new Set(
    values.map((stated) => type.key(constraintValue(field, type, stated) ?? '')),
  );
  return [
    {
      code: RowCode.NOT_IN_ENUM,
      rule: 'is not one of the allowed values',
      isBroken: (_text, json) => !allowed.has(type.key(json)),
    },
  ];
}

function patternConstraint(field: ScalarField): Constraint[] {
  const pattern = field.type === 'string' ? field.constraints?.pattern : undefined;
  if (pattern === undefined) return [];
  // As in XML Schema, whose expressions Table Schema prescribes, a pattern is for the whole value.
  const expression = new RegExp(`^(?:${pattern})$`, 'u');
  return [
    {
      code: RowCode.PATTERN_MISMATCH,
      rule: 'is longer than the 1,000 characters that a pattern is tried on',
      isBroken: (text) => text.length > LONGEST_MATCHED,
    },
    {
      code: RowCode.PATTERN_MISMATCH,
      rule: `does not match ${pattern}`,
      isBroken: (text) => !expression.test(text),
    },
  ];
}

function boundConstraints(field: ScalarField, type: ValueType): Constraint[] {
  const { minimum, maximum } = valueConstraintsOf(field);
  return [
    ...boundConstraint(field, type, minimum, {
      side: -1,
      code: RowCode.BELOW_MINIMUM,
      is: 'below',
    }),
    ...boundConstraint(field, type, maximum, { side: 1, code: RowCode.ABOVE_MAXIMUM, is: 'above' }),
  ];
}

function boundConstraint(
  field: ScalarField,
  type: ValueType,
  stated: Stated | undefined,
  { side, code, is }: { readonly side: -1 | 1; readonly code: RowCode; readonly is: string },
): Constraint[] {
  if (stated === undefined || type.compareWith === null) return [];
  const compare = type.compareWith(constraintValue(field, type, stated) ?? '');
  const isBroken = (_text: string, json: string): boolean => compare(json) * side > 0;
  return [{ code, rule: `is ${is} ${stated}`, isBroken }];
}
