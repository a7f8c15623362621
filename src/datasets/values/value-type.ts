/**
 * A field's type, compiled: what text it takes and how its values compare. Values are passed on as the
 * JSON text that they become in a record.
 */
export interface ValueType {
  /** The value that a text stands for, as JSON text; null when it stands for none. */
  read(text: string): string | null;
  /** A value that JSON does not hold as a string, as JSON text; null when it is none of the type. */
  readJson(json: string): string | null;
  /** A text that equal values share and different values do not. */
  key(json: string): string;
  /** Compares values with a bound, both JSON text; null for a type without an order. */
  readonly compareWith: ((bound: string) => Comparison) | null;
}

/** Below zero for a value below the bound, above zero for one above, 0 for an equal one. */
export type Comparison = (json: string) => number;

/** What a type is when JSON holds it as a string only. */
export const NO_JSON = (): null => null;
/** The key of values whose JSON text is the same whenever they are equal. */
export const SAME_TEXT = (json: string): string => json;
