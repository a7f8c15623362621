const LINE_WIDTH = 100;

/**
 * A contract as the text of its file, laid out as Prettier does: what fits a line is on one, so that
 * every field can be read at a glance.
 */
export const formatContract = (contract: object): string => `${expanded(contract, '')}\n`;

function formatValue(value: unknown, indent: string, room: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const line = inline(value);
  return line.length <= room && !isTable(value) ? line : expanded(value, indent);
}

/** Objects in an array are rows of a table: each on its own line. */
const isTable = (value: object): boolean =>
  Array.isArray(value) && value.length > 1 && value.every((row) => typeof row === 'object');

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = present(value).map(([name, each]) => `${JSON.stringify(name)}: ${inline(each)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function expanded(value: object, indent: string): string {
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((each: unknown): [string, unknown] => ['', each])
    : present(value).map(([name, each]): [string, unknown] => [`${JSON.stringify(name)}: `, each]);
  const lines = parts.map(([label, each]) => {
    // A comma may follow.
    const room = LINE_WIDTH - inner.length - label.length - 1;
    return `${inner}${label}${formatValue(each, inner, room)}`;
  });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

const present = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, each]) => each !== undefined);
