import type { Contract, ContractField } from '../../datasets/contract.ts';
import {
  constraintValue,
  valueConstraintsOf,
  valueTypeOf,
  type ScalarField,
} from '../../datasets/field-type.ts';
import {
  dayNumber,
  isIsoDate,
  isIsoDateTime,
  isIsoTime,
  isPlainInteger,
  isPlainNumber,
  isUuid,
  plainNumber,
  type ByteForm,
} from '../../datasets/values/byte-forms.ts';
import { isProblem, type FieldRule } from './field-rule.ts';
import type { ValueMemo } from './value-memo.ts';
import {
  mostJsonBytes,
  quoted,
  UNCERTAIN,
  verbatim,
  writeText,
  type ValueWriter,
} from './value-writer.ts';

/** How the values of a column are written. */
export interface ColumnWriter {
  /** What an empty value is: text, or no value, which may be there or not. */
  readonly whenEmpty: 'text' | 'null' | 'rejected';
  /** Writes the usual values that are not empty; what it is not certain of is for `byRule`. */
  readonly write: ValueWriter;
  /** Writes what the field's rule makes of a value; uncertain of those that the rule rejects. */
  readonly byRule: ValueWriter;
}

export interface ColumnWriterOptions {
  readonly contract: Pick<Contract, 'missingValues' | 'millrace'>;
  /** Index of the column among those that share the memo. */
  readonly column: number;
  readonly memo: ValueMemo;
}

/**
 * Compiles how the values of a field are written. Each writer takes only what the field's rule takes,
 * and writes exactly the JSON that the rule gives: property tests hold the two together.
 */
export function columnWriter(
  field: ContractField,
  rule: FieldRule,
  { contract, column, memo }: ColumnWriterOptions,
): ColumnWriter {
  const { missingValues, millrace } = contract;
  const byRule = ruleWriter(rule, memo, column);
  const certain = certainWriter(field, millrace.output.format === 'parquet');
  return {
    whenEmpty: whenEmpty(rule, missingValues),
    write: certain === null ? byRule : exceptFor(missingValues, certain),
    byRule,
  };
}

function whenEmpty(rule: FieldRule, missingValues: readonly string[]): ColumnWriter['whenEmpty'] {
  if (!missingValues.includes('')) return 'text';
  return isProblem(rule.missing()) ? 'rejected' : 'null';
}

/** A column that is kept as text. */
export const TEXT_COLUMN: ColumnWriter = {
  whenEmpty: 'text',
  write: writeText,
  byRule: writeText,
};

/** Makes a string of each value that is not remembered, and asks the rule. */
function ruleWriter(rule: FieldRule, memo: ValueMemo, column: number): ValueWriter {
  return (source, start, end, out, at) => {
    const place = memo.placeOf(column, source, start, end);
    if (memo.holds(place, column, source, start, end)) return memo.write(place, out, at);
    const json = rule.fromText(source.toString('utf8', start, end));
    if (isProblem(json) || Buffer.byteLength(json) > mostJsonBytes(end - start)) return UNCERTAIN;
    const to = at + out.write(json, at);
    memo.remember(place, column, source.subarray(start, end), out.subarray(at, to));
    return to;
  };
}

/** Leaves to the rule the missing values, other than the empty one, that the writer would take. */
function exceptFor(missingValues: readonly string[], write: ValueWriter): ValueWriter {
  const texts = missingValues
    .map((text) => Buffer.from(text))
    .filter(
      (text) => text.length > 0 && write(text, 0, text.length, scratchFor(text), 0) !== UNCERTAIN,
    );
  if (texts.length === 0) return write;
  const longest = Math.max(...texts.map(({ length }) => length));
  const isMissing: ByteForm = (bytes, start, end) =>
    texts.some((text) => isSame(text, bytes, start, end));
  return (source, start, end, out, at) =>
    end - start <= longest && isMissing(source, start, end)
      ? UNCERTAIN
      : write(source, start, end, out, at);
}

const scratchFor = ({ length }: Buffer): Buffer => Buffer.alloc(mostJsonBytes(length));

function isSame(text: Buffer, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== bytes[start + at]) return false;
  }
  return true;
}

/**
 * A writer for the usual values of a field; null where only its rule can judge.
 *
 * @param parquet whether values have to fit their Parquet columns
 */
function certainWriter(field: ContractField, parquet: boolean): ValueWriter | null {
  switch (field.type) {
    case 'string':
      return textWriter(field);
    case 'any':
      return field.constraints?.enum === undefined ? writeText : null;
    case 'integer':
    case 'number':
      return numberWriter(field, parquet);
    case 'date':
    case 'time':
    case 'datetime':
      return temporalWriter(field, parquet);
    case 'boolean':
    case 'year':
    case 'object':
    case 'array':
      return null;
  }
}

type FieldOf<Type extends ContractField['type']> = Extract<ContractField, { readonly type: Type }>;

function textWriter({
  format = 'default',
  constraints = {},
}: FieldOf<'string'>): ValueWriter | null {
  const { minLength = 0, maxLength = Infinity } = constraints;
  if (constraints.enum !== undefined || constraints.pattern !== undefined) return null;
  const hasLength = minLength > 0 || maxLength < Infinity;
  if (format === 'uuid') return hasLength ? null : quoted(isUuid);
  if (format !== 'default') return null;
  return hasLength ? textOfLength(minLength, maxLength) : writeText;
}

/** Lengths are characters; those beyond ASCII take two to four bytes. */
function textOfLength(minLength: number, maxLength: number): ValueWriter {
  const certainly = 4 * minLength;
  return (source, start, end, out, at) => {
    const bytes = end - start;
    if (bytes < certainly || bytes > maxLength) {
      const length = characters(source, start, end);
      if (length < minLength || length > maxLength) return UNCERTAIN;
    }
    return writeText(source, start, end, out, at);
  };
}

function characters(source: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) {
    // Every character has one byte that does not continue another.
    if (((source[at] ?? 0) & 0xc0) !== 0x80) count += 1;
  }
  return count;
}

/** Values that are shorter certainly fit an INT64 and a DOUBLE. */
const PARQUET_BYTES = { integer: 18, number: 15 } as const;

function numberWriter(field: FieldOf<'integer' | 'number'>, parquet: boolean): ValueWriter | null {
  const { type, groupChar, bareNumber = true, constraints = {} } = field;
  const decimalChar = 'decimalChar' in field ? field.decimalChar : undefined;
  const isUsual = groupChar === undefined && decimalChar === undefined && bareNumber;
  if (!isUsual || constraints.enum !== undefined) return null;
  const isPlain = type === 'integer' ? isPlainInteger : isPlainNumber;
  const bounded = withinBounds(field, isPlain);
  return verbatim(parquet ? atMost(PARQUET_BYTES[type], bounded) : bounded);
}

/**
 * Values strictly between the bounds, compared as doubles, which is certain. Equal doubles may stand
 * for different numbers: those are for the rule.
 */
function withinBounds(field: ScalarField, isOfForm: ByteForm): ByteForm {
  const { minimum, maximum } = boundsOf(field);
  if (minimum === null && maximum === null) return isOfForm;
  const least = minimum === null ? -Infinity : Number(minimum);
  const most = maximum === null ? Infinity : Number(maximum);
  return (bytes, start, end) => {
    if (!isOfForm(bytes, start, end)) return false;
    const value = plainNumber(bytes, start, end);
    return value > least && value < most;
  };
}

/** The bounds of a field as JSON text; null where it has none. */
function boundsOf(field: ScalarField): { minimum: string | null; maximum: string | null } {
  const type = valueTypeOf(field);
  const { minimum, maximum } = valueConstraintsOf(field);
  return {
    minimum: minimum === undefined ? null : constraintValue(field, type, minimum),
    maximum: maximum === undefined ? null : constraintValue(field, type, maximum),
  };
}

const TEMPORAL_FORMS = { date: isIsoDate, time: isIsoTime, datetime: isIsoDateTime } as const;
/** Values that are not longer have six digits at most behind the decimal point. */
const MICROSECOND_BYTES = {
  date: Infinity,
  time: '23:59:59.123456'.length,
  datetime: '2026-11-20T23:59:59.123456'.length,
} as const;

function temporalWriter(
  field: FieldOf<'date' | 'time' | 'datetime'>,
  parquet: boolean,
): ValueWriter | null {
  const { type, format = 'default', constraints = {} } = field;
  if (format !== 'default' || constraints.enum !== undefined) return null;
  const bounded = withinDays(field, TEMPORAL_FORMS[type]);
  if (bounded === null) return null;
  return quoted(parquet ? atMost(MICROSECOND_BYTES[type], bounded) : bounded);
}

/** Zones move a moment and a bound by less than a day each. */
const DAYS_OF_ZONES = { date: 0, datetime: 2 } as const;
const DAY_MILLISECONDS = 86_400_000;

/** Values of days strictly between the bounds, so far from them that no zone matters. */
function withinDays(
  field: FieldOf<'date' | 'time' | 'datetime'>,
  isOfForm: ByteForm,
): ByteForm | null {
  const { minimum, maximum } = boundsOf(field);
  if (minimum === null && maximum === null) return isOfForm;
  if (field.type === 'time') return null;
  const days = DAYS_OF_ZONES[field.type];
  const least = minimum === null ? -Infinity : dayBeside(minimum, days);
  const most = maximum === null ? Infinity : dayBeside(maximum, -days);
  return (bytes, start, end) => {
    if (!isOfForm(bytes, start, end)) return false;
    const day = dayNumber(bytes, start);
    return day > least && day < most;
  };
}

/** The day of a bound, moved by some days, as `dayNumber` has it. */
function dayBeside(bound: string, days: number): number {
  const day = new Date(`${bound.slice(1, 11)}T00:00:00Z`).getTime() + days * DAY_MILLISECONDS;
  const moved = new Date(day);
  return moved.getUTCFullYear() * 10_000 + (moved.getUTCMonth() + 1) * 100 + moved.getUTCDate();
}

function atMost(length: number, isOfForm: ByteForm): ByteForm {
  return (bytes, start, end) => end - start <= length && isOfForm(bytes, start, end);
}
