import type { Contract, DialectHints } from '../../datasets/contract.ts';
import type { Plan } from '../../pipeline/payload.ts';
import type { DraftedFields } from './draft-fields.ts';

/** What the user says of a file, in the words of a contract; the rest is detected. */
export type StatedFormat = Pick<Contract['millrace'], 'format' | 'encoding'> & {
  readonly dialect: DialectHints;
};

/** A contract as it stands in its file: what is left out has its default. */
export interface ContractDraft extends Pick<DraftedFields, 'fields' | 'missingValues'> {
  readonly name: string;
  readonly millrace: Partial<StatedFormat> & { readonly match: readonly string[] };
}

export interface DraftContractOptions {
  readonly name: string;
  readonly match: readonly string[];
  readonly stated: StatedFormat;
  readonly detected: Pick<Plan, 'encoding' | 'byteOrderMark' | 'format' | 'detection'>;
}

/** Below this confidence the contract states the dialect, so that tomorrow's file is read alike. */
const SURE = 0.9;

/** Puts a contract together. It states of the format only what could be detected otherwise. */
export function draftContract(
  { fields, missingValues }: Pick<DraftedFields, 'fields' | 'missingValues'>,
  { name, match, stated, detected }: DraftContractOptions,
): ContractDraft {
  const { encoding, byteOrderMark } = detected;
  const needsEncoding = stated.encoding !== undefined || (encoding !== 'utf-8' && !byteOrderMark);
  const dialect = { ...detectedHints(detected), ...stated.dialect };
  return {
    name,
    fields,
    missingValues,
    millrace: {
      match,
      ...(stated.format !== undefined && { format: stated.format }),
      ...(needsEncoding && { encoding: stated.encoding ?? encoding }),
      ...(Object.keys(dialect).length > 0 && { dialect }),
    },
  };
}

/** Hints that make sure that the dialect is found again. */
function detectedHints({
  format,
  detection,
}: Pick<DraftContractOptions['detected'], 'format' | 'detection'>): DialectHints {
  if (format.type !== 'csv') return {};
  const { delimiter, quote, header } = format.dialect;
  if (detection.confidence < SURE) return { delimiter, quoteChar: quote, header };
  return header ? {} : { header };
}
