import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Contract, DialectHints, Encoding } from '../../src/datasets/contract.ts';
import type { Dialect } from '../../src/pipeline/payload.ts';
import { contractOf } from '../support/contracts.ts';

/** What a careful human says of a file. */
export interface Label extends Partial<
  Pick<Dialect, 'quote' | 'lineEnd' | 'header' | 'trailingDelimiter'>
> {
  readonly encoding: Encoding;
  readonly byteOrderMark?: boolean;
  /** `csv`, `json-array`, `json-lines`, or the code with which the file is rejected. */
  readonly format: string;
  /** Null: the file has one column, and what does not occur in it delimits. */
  readonly delimiter?: string | null;
  /** The first record, without the empty field behind a trailing delimiter. */
  readonly columns?: readonly string[];
  /** What a contract has to state, for nobody could know it. */
  readonly stated?: DialectHints & { readonly encoding?: Encoding };
}

export interface LabelledFile {
  readonly name: string;
  readonly label: Label;
  readonly bytes: Buffer;
}

export interface Corpus {
  readonly files: readonly LabelledFile[];
  /** Files that are not told right, and why they cannot be. */
  readonly knownWrong: Readonly<Record<string, string>>;
}

/** Reads the files of a folder that have a label. */
export function readCorpus(labels: string, folder: string): Corpus {
  const { files, knownWrong } = JSON.parse(
    readFileSync(resolve(__dirname, labels), 'utf8'),
  ) as Omit<Corpus, 'files'> & { files: Record<string, Label> };
  const read = (name: string): Buffer => readFileSync(join(resolve(__dirname, folder), name));
  return {
    knownWrong,
    files: Object.entries(files).map(([name, label]) => ({ name, label, bytes: read(name) })),
  };
}

/** A file's text without its byte order mark, decoded by other means than those that are tested. */
export function textOf({ label: { encoding }, bytes }: LabelledFile): string {
  // What the Encoding standard calls iso-8859-1 is windows-1252.
  if (encoding === 'iso-8859-1') return bytes.toString('latin1');
  return new TextDecoder(encoding).decode(bytes);
}

/** A contract that states what a label says has to be stated, and knows no column of the file. */
export function statingContract({ stated }: Label): Contract | null {
  if (stated === undefined) return null;
  const { encoding, ...dialect } = stated;
  return contractOf([{ name: 'a column that no file has' }], {
    millrace: { match: ['**'], dialect, ...(encoding === undefined ? {} : { encoding }) },
  });
}
