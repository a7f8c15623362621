import type { NestedType } from '../../datasets/field-type.ts';
import type { ValueType } from '../../datasets/values/value-type.ts';
import { parseJsonObject } from '../formats/json-record.ts';

/** The part of a type that fields of every type have. */
export type ReadableType = Pick<ValueType, 'read' | 'readJson'>;

const OPENING: Readonly<Record<NestedType, string>> = { object: '{', array: '[' };

/** Objects or arrays: in a text format, JSON of that kind, of which every digit is kept. */
export function nestedType(kind: NestedType): ReadableType {
  const isKind = (json: string): boolean => json.startsWith(OPENING[kind]);
  const read = kind === 'object' ? readObject : readArray;
  return { read, readJson: (json) => (isKind(json) ? json : null) };
}

/** How many elements or properties a nested value has, given as JSON text. */
export function sizeOf(json: string): number {
  const value = JSON.parse(json) as object;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function readObject(text: string): string | null {
  const { value, problem } = parseJsonObject(Buffer.from(text));
  return problem === null ? JSON.stringify(value) : null;
}

function readArray(text: string): string | null {
  if (!/^[ \t\r\n]*\[/.test(text) || !isJson(text)) return null;
  const { value, problem } = parseJsonObject(Buffer.from(`{"array":${text}}`));
  return problem === null ? JSON.stringify(value.array) : null;
}

/** A text that is no JSON by itself could become some inside of an object: `[1],"more":[2]`. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
