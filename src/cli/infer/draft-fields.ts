import type { FieldType } from './candidates.ts';
import { GROUP_LIKE_DOTS, type ColumnEvidence, type ColumnReading } from './column-evidence.ts';
import type { TableEvidence } from './table-evidence.ts';

/** A field as it stands in a contract's file. */
export interface DraftField extends FieldType {
  readonly name: string;
  readonly constraints?: { readonly required: true };
}

export interface DraftedFields {
  readonly fields: readonly DraftField[];
  readonly missingValues: readonly string[];
  /** What the data did not decide, one sentence each. */
  readonly notes: readonly string[];
}

/** So many rows without a gap show that a column is always filled; fewer may be chance. */
const ROWS_THAT_SHOW_REQUIRED = 20;

interface Column {
  readonly name: string;
  readonly evidence: ColumnEvidence;
  readonly reading: ColumnReading;
}

/**
 * Drafts the fields of a contract: of each column the narrowest type that all its values fit, and
 * whether it is always filled. Bounds and lists of values are not drafted: tomorrow's data would
 * break them.
 *
 * @param missingValues texts that are known to mean no value, in every column
 */
export function draftFields(
  { rows, columns }: TableEvidence,
  missingValues: readonly string[],
): DraftedFields {
  const read = [...columns].map(([name, evidence]) => ({
    name,
    evidence,
    reading: evidence.read(name),
  }));
  const settled = withoutContestedTexts(withoutContestedDots(read));
  const used = settled.filter(isTyped).flatMap(({ evidence }) => [...evidence.missingTexts.keys()]);
  return {
    fields: settled.map((column) => fieldOf(column, rows)),
    missingValues: [...new Set([...missingValues, ...used])],
    notes: settled.flatMap(({ name, reading: { type, doubt } }) =>
      doubt === null ? [] : [`Column "${name}": ${doubt}; drafted as ${type.type}.`],
    ),
  };
}

function fieldOf({ name, evidence, reading }: Column, rows: number): DraftField {
  const kept = isTyped({ reading }) ? 0 : sum(evidence.missingTexts.values());
  const isFilled = evidence.values + kept === rows;
  const isRequired = isFilled && rows >= ROWS_THAT_SHOW_REQUIRED;
  return { name, ...reading.type, ...(isRequired && { constraints: { required: true } }) };
}

/** Whether the column's type tells its values from texts that mean no value. */
const isTyped = ({ reading: { type } }: Pick<Column, 'reading'>): boolean =>
  type.type !== 'string' && type.type !== 'any';

/**
 * In a file that writes decimal commas, `1.234` is rather a thousand than one and a bit: a column of
 * such numbers stays as it is.
 */
function withoutContestedDots(columns: readonly Column[]): Column[] {
  const hasCommas = columns.some(({ reading }) => reading.type.decimalChar === ',');
  return columns.map((column) =>
    hasCommas && column.reading.doubt === GROUP_LIKE_DOTS
      ? asItIs(column, `${GROUP_LIKE_DOTS}, as other columns have decimal commas`)
      : column,
  );
}

/**
 * A contract states once for all columns which texts mean no value. A text that is a value in one
 * column cannot mean none in another, whose values then stay text: `NA` may be Namibia.
 */
function withoutContestedTexts(columns: readonly Column[]): Column[] {
  const owners = new Map<string, string>();
  for (const { name, evidence } of columns.filter((column) => !isTyped(column))) {
    for (const text of evidence.missingTexts.keys()) owners.set(text, name);
  }
  const settled = columns.map((column) => {
    const contested = [...column.evidence.missingTexts.keys()].find((text) => owners.has(text));
    if (contested === undefined || !isTyped(column)) return column;
    const owner = owners.get(contested) ?? '';
    const reason = `"${contested}" stands for no value here, but may be one in the column "${owner}"`;
    return asItIs(column, reason);
  });
  const isStable = settled.every((column, index) => column === columns[index]);
  return isStable ? settled : withoutContestedTexts(settled);
}

const asItIs = ({ name, evidence }: Column, doubt: string): Column => ({
  name,
  evidence,
  reading: { type: evidence.asItIs(), doubt },
});

const sum = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0);
