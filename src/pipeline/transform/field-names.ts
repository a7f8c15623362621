import { nameFolder } from '../../datasets/column-name.ts';
import type { Contract } from '../../datasets/contract.ts';

/**
 * The names under which files may have the fields of a contract: the fields' own and their aliases,
 * compared exactly, or without regard to case where the contract says so.
 */
export class FieldNames {
  readonly #fold: (name: string) => string;
  readonly #indexes = new Map<string, number>();

  constructor({ fields, millrace }: Pick<Contract, 'fields' | 'millrace'>) {
    this.#fold = nameFolder(millrace.dialect);
    fields.forEach(({ name, aliases = [] }, index) => {
      for (const given of [name, ...aliases]) this.#indexes.set(this.#fold(given), index);
    });
  }

  /** Index of the field that a column or property of that name holds; undefined for an unknown one. */
  indexOf(name: string): number | undefined {
    return this.#indexes.get(this.#fold(name));
  }
}
