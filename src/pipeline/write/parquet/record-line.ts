/**
 * Takes the values of one record's line apart, as JSON text: every digit stays, and a nested value is
 * passed on as it stands.
 *
 * The lines are Millrace's own: compact, and with the properties in the order of the columns. A column
 * that a line does not have gives null.
 *
 * @param properties the columns' names as they stand in a line, quoted and with a colon
 * @returns the values in the order of the columns; undefined for a line of another shape, so that
 * nothing that it holds is lost unseen
 */
export function lineValues(
  line: string,
  properties: readonly string[],
): (string | null)[] | undefined {
  const values: (string | null)[] = [];
  // Where the separator before the next property stands, the opening brace included.
  let at = 0;
  for (const property of properties) {
    if (!line.startsWith(property, at + 1)) {
      values.push(null);
      continue;
    }
    const start = at + 1 + property.length;
    at = endOfValue(line, start);
    values.push(at === start + 4 && line.startsWith('null', start) ? null : line.slice(start, at));
  }
  const isWhole = line.startsWith('{') && at === line.length - 1 && line.endsWith('}');
  return isWhole ? values : undefined;
}

/** Index of the comma or brace that follows a value. */
function endOfValue(line: string, start: number): number {
  const first = line[start];
  if (first === '"') return endOfString(line, start);
  if (first === '{' || first === '[') return endOfNested(line, start);
  let at = start;
  while (at < line.length && line[at] !== ',' && line[at] !== '}') at += 1;
  return at;
}

/** Index behind the quote that closes the string. */
function endOfString(line: string, start: number): number {
  let quote = line.indexOf('"', start + 1);
  while (isEscaped(line, quote)) quote = line.indexOf('"', quote + 1);
  return quote === -1 ? line.length : quote + 1;
}

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(line: string, at: number): boolean {
  let start = at;
  while (line[start - 1] === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

/** Index behind the bracket that closes an object or array. */
function endOfNested(line: string, start: number): number {
  let depth = 0;
  for (let at = start; at < line.length; at += 1) {
    const character = line[at];
    if (character === '"') at = endOfString(line, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return line.length;
}
