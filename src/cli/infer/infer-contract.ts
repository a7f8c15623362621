import { basename } from 'node:path';
import {
  DEFAULT_DUPLICATE_CONTENT,
  DEFAULT_OUTPUT,
  parseContract,
  type Contract,
} from '../../datasets/contract.ts';
import { DEFAULT_LIMITS, type FileLimits } from '../../pipeline/limits.ts';
import { FileCode, parseCodedMessage } from '../../shared/error-codes.ts';
import { FileRejected } from '../../shared/errors.ts';
import { checkFile, type FileCheck } from '../check/check-file.ts';
import { openLocalFile, type LocalFile } from '../local-file.ts';
import { UserError } from '../user-error.ts';
import { ANY, STRING } from './column-evidence.ts';
import { draftContract, type ContractDraft, type StatedFormat } from './draft-contract.ts';
import { draftFields, type DraftField } from './draft-fields.ts';
import { readTable, type ReadTable, type ReadTableOptions } from './read-table.ts';

export interface InferContractOptions {
  readonly name: string;
  readonly match: readonly string[];
  readonly stated: StatedFormat;
  /** Texts that mean no value, in every column. */
  readonly missingValues: readonly string[];
  /** @default DEFAULT_LIMITS */
  readonly limits?: FileLimits;
}

export interface InferredContract {
  readonly draft: ContractDraft;
  /** What the file under the drafted contract comes to. */
  readonly check: FileCheck;
  /** What the user should know or decide, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Drafts a contract from all rows of a file, and proves it on them: the file is checked under it, and
 * a field that refuses a value is widened until none does.
 *
 * @throws UserError when the file cannot be read, or no column can have a field
 */
export async function inferContract(
  path: string,
  { name, match, missingValues, stated, limits = DEFAULT_LIMITS }: InferContractOptions,
): Promise<InferredContract> {
  const file = await openLocalFile(path);
  const reading = { missingValues, limits };
  const table = await orUserError(path, readInItsEncoding(file, stated, reading));
  const drafted = draftFields(table.evidence, missingValues);
  if (drafted.fields.length === 0) throw nothingToDraft(path, table.leftOut);
  const draft = draftContract(drafted, { name, match, stated, detected: table.detected });
  const proved = await widenUntilTaken(path, draft, limits);
  const { rejection } = proved.check;
  if (rejection !== null) throw refusal(path, rejection);
  return {
    ...proved,
    notes: [...notesOf(table, stated, proved.check), ...drafted.notes, ...proved.notes],
  };
}

/** Reads a file as it is stated, or as windows-1252 when it is certainly no UTF-8. */
async function readInItsEncoding(
  file: LocalFile,
  stated: StatedFormat,
  options: ReadTableOptions,
): Promise<ReadTable> {
  const table = await readTable(file, statingContract(stated), options);
  const { encoding, byteOrderMark } = table.detected;
  const isAssumed = stated.encoding === undefined && encoding === 'utf-8' && !byteOrderMark;
  if (!isAssumed || !table.isNotUtf8) return table;
  const guessed: StatedFormat = { ...stated, encoding: 'windows-1252' };
  return readTable(file, statingContract(guessed), options);
}

/** A contract that says how a file is read and nothing of its columns; null when it says nothing. */
function statingContract({ format, encoding, dialect }: StatedFormat): Contract | null {
  const states = format ?? encoding ?? Object.keys(dialect).length > 0;
  if (states === false) return null;
  return {
    name: 'stated',
    fields: [],
    missingValues: [''],
    millrace: {
      match: ['**'],
      format,
      encoding,
      dialect,
      badRows: { action: 'reject-row' },
      output: DEFAULT_OUTPUT,
      duplicateContent: DEFAULT_DUPLICATE_CONTENT,
      lineage: true,
      onSourceDeleted: 'keep',
    },
  };
}

function nothingToDraft(path: string, leftOut: readonly string[]): UserError {
  if (leftOut.length === 0) return new UserError(`${path} has no records that can be read.`);
  return new UserError(`No column of ${path} can have a field.`, leftOutNote(leftOut));
}

function notesOf(
  { detected, evidence, leftOut }: ReadTable,
  stated: StatedFormat,
  { counts }: FileCheck,
): string[] {
  const notes: string[] = [];
  const { encoding, byteOrderMark } = detected;
  if (stated.encoding === undefined && encoding !== 'utf-8' && !byteOrderMark) {
    notes.push(
      `The file is no UTF-8. It is taken as ${encoding}: look whether all letters are right.`,
    );
  }
  if (evidence.rows === 0) {
    const rows = counts?.rowsRead === 0 ? 'has no rows' : 'has no row that can be read';
    notes.push(`The file ${rows}, so that every field is a string.`);
  }
  if (leftOut.length > 0) notes.push(leftOutNote(leftOut));
  return notes;
}

const leftOutNote = (names: readonly string[]): string =>
  `Columns whose names are blank, reserved or given twice have no field: ${names
    .map((name) => JSON.stringify(name))
    .join(', ')}. Their values are kept under "_rescued".`;

async function widenUntilTaken(
  path: string,
  draft: ContractDraft,
  limits: FileLimits,
): Promise<InferredContract> {
  const contract = parseContract(JSON.stringify(draft), 'the drafted contract');
  const check = await checkFile(path, { key: basename(path), contract, limits, examples: 1 });
  const refused = new Set(check.rejects.flatMap(({ column }) => column ?? []));
  const widened = draft.fields.map((field) =>
    refused.has(field.name) ? widestField(field.name, check) : field,
  );
  const isWidest = widened.every(({ type }, index) => type === draft.fields[index]?.type);
  if (isWidest) return { draft, check, notes: remainingNotes(check) };
  const next = await widenUntilTaken(path, { ...draft, fields: widened }, limits);
  const names = [...refused].map((name) => `"${name}"`).join(', ');
  return { ...next, notes: [`Widened, as rows did not fit: ${names}.`, ...next.notes] };
}

const widestField = (name: string, { format }: FileCheck): DraftField => ({
  name,
  ...(format?.format.type === 'csv' ? STRING : ANY),
});

/** What no contract can mend. */
function remainingNotes({ rejects }: FileCheck): string[] {
  return rejects.map(
    ({ code, rows, examples: [first] }) =>
      `Rows that no contract can mend: ${rows} with ${code}, the first is row ${first?.row ?? 0}.`,
  );
}

async function orUserError<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof FileRejected)) throw error;
    const rejection = parseCodedMessage(error.message);
    if (rejection === undefined) throw error;
    throw refusal(path, rejection, { cause: error });
  }
}

/** What to tell when the pipeline would reject the file, whatever a contract says of its columns. */
function refusal(
  path: string,
  { code, reason }: NonNullable<FileCheck['rejection']>,
  options?: ErrorOptions,
): UserError {
  const hint =
    code === FileCode.EMPTY_FILE
      ? 'The pipeline would reject the file. Draft the contract from a file with records.'
      : 'The pipeline would reject the file. State its format if it is detected wrongly.';
  return new UserError(`${path}: ${code}: ${reason}`, hint, options);
}
