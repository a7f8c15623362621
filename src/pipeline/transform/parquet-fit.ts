import type { ContractField } from '../../datasets/contract.ts';
import { isExactDouble } from '../../datasets/values/decimal.ts';
import { fractionDigits } from '../../datasets/values/instant.ts';

/** Whether a value's Parquet column holds it exactly. */
export interface ParquetFit {
  /** Judges a value by its text in the source and by the JSON that it became. */
  readonly fits: (text: string, json: string) => boolean;
  /** Why a value does not fit, as it follows the value. */
  readonly reason: string;
}

const INT64_MAX = '9223372036854775807';
const INT64_MIN = '-9223372036854775808';
const MICROSECOND_DIGITS = 6;

/**
 * What a field's Parquet column holds exactly; null where it holds every value of the type.
 *
 * Integers are INT64, numbers DOUBLE, times and datetimes count microseconds, text is UTF-8. Dates,
 * booleans and years always fit, and nested values are kept as JSON text.
 */
export function parquetFit(type: ContractField['type']): ParquetFit | null {
  switch (type) {
    case 'integer':
      return { fits: fitsInt64, reason: 'is beyond 64 bits' };
    case 'number':
      return {
        fits: (_text, json) => isExactDouble(json),
        reason: 'has more digits than a DOUBLE holds',
      };
    case 'time':
    case 'datetime':
      return { fits: fitsMicroseconds, reason: 'is finer than a microsecond' };
    case 'string':
      return {
        fits: (text) => text.isWellFormed(),
        reason: 'has half of a surrogate pair, which UTF-8 cannot hold',
      };
    case 'boolean':
    case 'date':
    case 'year':
    case 'object':
    case 'array':
    case 'any':
      return null;
  }
}

function fitsInt64(_text: string, json: string): boolean {
  const limit = json.startsWith('-') ? INT64_MIN : INT64_MAX;
  return json.length < limit.length || (json.length === limit.length && json <= limit);
}

function fitsMicroseconds(_text: string, json: string): boolean {
  return fractionDigits(json) <= MICROSECOND_DIGITS;
}
