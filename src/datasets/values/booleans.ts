import { SAME_TEXT, type ValueType } from './value-type.ts';

/** The texts that stand for true where a field states none. */
export const TRUE_VALUES: readonly string[] = ['true', 'True', 'TRUE', '1'];
/** The texts that stand for false where a field states none. */
export const FALSE_VALUES: readonly string[] = ['false', 'False', 'FALSE', '0'];

/** Booleans, written in any of the given texts. */
export function booleanType(
  trueValues: readonly string[] = TRUE_VALUES,
  falseValues: readonly string[] = FALSE_VALUES,
): ValueType {
  const values = new Map<string, string>();
  for (const text of falseValues) values.set(text, 'false');
  for (const text of trueValues) values.set(text, 'true');
  return {
    read: (text) => values.get(text) ?? null,
    readJson: (json) => (json === 'true' || json === 'false' ? json : null),
    key: SAME_TEXT,
    compareWith: null,
  };
}
