import { primaryKeyOf, type Contract } from '../../datasets/contract.ts';
import { FileCode, RowCode } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import type { RowProblem } from '../formats/source-record.ts';
import type { FieldRule } from './field-rule.ts';
import { digestOf, FirstRows } from './first-rows.ts';
import { shownJson } from './shown-text.ts';

/**
 * Most values of a file that are remembered, over all its columns that have to be unique: their
 * tables then take less than 200 MB, however the values fall on the columns.
 */
export const MAX_UNIQUE_VALUES = 3_000_000;

/**
 * Sees to it that what has to be unique within a file is: each column with the constraint `unique`,
 * and the primary key's columns together. Only rows that are written count.
 */
export class Uniqueness {
  /** The fields whose values are looked at. */
  readonly fields: readonly number[];
  readonly #keys: readonly UniqueKey[];
  readonly #maxValues: number;
  #values = 0;

  /** @param rules the contract's fields, compiled, in their order */
  constructor(contract: Contract, rules: readonly FieldRule[], maxValues = MAX_UNIQUE_VALUES) {
    const keys = uniqueFields(contract);
    this.fields = [...new Set(keys.flat())];
    this.#keys = keys.map((fields) => new UniqueKey(fields, rules));
    this.#maxValues = maxValues;
  }

  /**
   * Takes a row that is right in itself; it counts from now on, unless a value of it is taken.
   *
   * @param values the row's values as JSON text, in the order of the contract's fields
   * @returns one problem for each value that an earlier row has
   * @throws FileRejected TOO_MANY_UNIQUE_VALUES
   */
  problemsOf(values: readonly string[], row: number): RowProblem[] {
    if (this.#keys.length === 0) return NONE;
    const digests = this.#keys.map((key) => key.digestOf(values));
    const problems = this.#keys.flatMap(
      (key, index) => key.problemOf(digests[index], values) ?? [],
    );
    if (problems.length === 0) this.#remember(digests, row);
    return problems;
  }

  #remember(digests: readonly (Buffer | null)[], row: number): void {
    this.#keys.forEach((key, index) => {
      const digest = digests[index] ?? null;
      if (digest === null) return;
      if (this.#values === this.#maxValues) throw tooManyValues(key, this.#maxValues);
      key.rows.add(digest, row);
      this.#values += 1;
    });
  }
}

const NONE: RowProblem[] = [];

/** Columns that are unique together, and the rows that took their values. */
class UniqueKey {
  readonly rows = new FirstRows();
  readonly #fields: readonly number[];
  readonly #rules: readonly FieldRule[];

  constructor(fields: readonly number[], rules: readonly FieldRule[]) {
    this.#fields = fields;
    this.#rules = fields.flatMap((field) => rules[field] ?? []);
  }

  /** The columns as a message names them. */
  get names(): string {
    return this.#rules.map(({ name }) => JSON.stringify(name)).join(', ');
  }

  /** Null for a row without a value. */
  digestOf(values: readonly string[]): Buffer | null {
    const keys = this.#rules.map((rule, index) => rule.keyOf(this.#valueOf(values, index)));
    if (keys.includes(null)) return null;
    return digestOf(keys.length === 1 ? (keys[0] ?? '') : JSON.stringify(keys));
  }

  problemOf(digest: Buffer | null | undefined, values: readonly string[]): RowProblem | null {
    const row = digest ? this.rows.rowOf(digest) : 0;
    if (row === 0) return null;
    const shown = this.#rules.map((_, index) => shownJson(this.#valueOf(values, index)));
    const [only, ...others] = this.#rules;
    const column = others.length === 0 ? (only?.name ?? null) : null;
    const of = column === null ? ` of the key ${this.names}` : '';
    const reason = `${shown.join(', ')}${of} was already taken by row ${row}`;
    return { code: RowCode.NOT_UNIQUE, column, reason };
  }

  #valueOf(values: readonly string[], index: number): string {
    return values[this.#fields[index] ?? -1] ?? 'null';
  }
}

/** Indexes of the fields of each unique column and of the primary key, each set once. */
function uniqueFields(contract: Contract): number[][] {
  const { fields } = contract;
  const key = primaryKeyOf(contract).map((name) =>
    fields.findIndex((field) => field.name === name),
  );
  const columns = [...fields.keys()].filter((index) => {
    const { constraints = {} } = fields[index] ?? {};
    return 'unique' in constraints && constraints.unique === true;
  });
  const isOneColumn = key.length === 1 && columns.includes(key[0] ?? -1);
  const single = columns.map((index) => [index]);
  return key.length === 0 || isOneColumn ? single : [key, ...single];
}

function tooManyValues(key: UniqueKey, maxValues: number): FileRejected {
  const reason = `${key.names} has to be unique, and the file has more than ${maxValues} such values`;
  return new FileRejected(FileCode.TOO_MANY_UNIQUE_VALUES, reason);
}
