import { Contract, type ContractField } from '../../src/datasets/contract.ts';

/** A field as it stands in a contract's file, where the type may be left out. */
export interface FieldSource {
  readonly name: string;
  readonly type?: ContractField['type'] | undefined;
  readonly format?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly decimalChar?: string | undefined;
  readonly groupChar?: string | undefined;
  readonly bareNumber?: boolean | undefined;
  readonly trueValues?: readonly string[] | undefined;
  readonly falseValues?: readonly string[] | undefined;
  readonly constraints?: object | undefined;
}

/** A contract with the given fields. */
export const contractOf = (fields: readonly FieldSource[], others: object = {}): Contract =>
  Contract.parse({ name: 'orders', fields, millrace: { match: ['**'] }, ...others });

/** A compiled contract's only field. */
export const fieldOf = (source: Omit<FieldSource, 'name'>): ContractField =>
  contractOf([{ name: 'value', ...source }]).fields[0]!;
