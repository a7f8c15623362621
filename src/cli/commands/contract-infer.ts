import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Contract } from '../../datasets/contract.ts';
import type { ContractRegistry } from '../../datasets/registry.ts';
import { cloneSettings } from '../clone-settings.ts';
import type { Console } from '../console.ts';
import { placeFile, readContractsIfAny } from '../contracts.ts';
import { NO_QUOTE } from '../format-options.ts';
import { formatContract } from '../infer/format-contract.ts';
import { inferContract } from '../infer/infer-contract.ts';
import { datasetName, matchGlobs } from '../infer/match-globs.ts';
import { printable } from '../../shared/printable.ts';
import { UserError } from '../user-error.ts';

const SCHEMA_FILE = 'contract.schema.json';

export interface ContractInferOptions {
  /** Name of the dataset; made from the file's name unless given. */
  readonly name?: string;
  /** Globs of the files that the contract is to cover; made from the file's name unless given. */
  readonly match?: readonly string[];
  /** Where to write the contract; to standard output unless given. */
  readonly output?: string;
  /** Overwrite the output. */
  readonly force?: boolean;
  readonly format?: Contract['millrace']['format'];
  readonly encoding?: Contract['millrace']['encoding'];
  readonly delimiter?: string;
  /** `none`: no character quotes. */
  readonly quote?: string;
  readonly comment?: string;
  readonly header?: boolean;
  /** Texts that mean no value, in every column. */
  readonly missingValue?: readonly string[];
}

/** Drafts a contract from a local file. Nothing is deployed or uploaded. */
export async function contractInfer(
  path: string,
  options: ContractInferOptions,
  console: Console,
): Promise<void> {
  const { output, force = false, missingValue = [] } = options;
  if (output !== undefined && !force && existsSync(output)) {
    throw new UserError(`${output} exists.`, 'Overwrite it with --force.');
  }
  const name = options.name ?? datasetName(path);
  const match = options.match ?? matchGlobs(path, name);
  const { contractsFolder, limits } = cloneSettings();
  const { draft, notes } = await inferContract(path, {
    name,
    match,
    stated: statedFormat(options),
    missingValues: ['', ...missingValue],
    limits,
  });
  const contracts = readContractsIfAny(contractsFolder);
  const conflicts = conflictsWith(contracts, path, name);
  for (const note of [...notes, ...conflicts]) console.note(printable(note));
  const text = formatContract({ ...schemaBeside(output), ...draft });
  if (output === undefined) return console.result(text.trimEnd());
  writeOutput(output, text);
  console.note(`Drafted ${output}. Check files against it with:`);
  console.note(`  npx millrace contract check FILE --contract ${output}`);
}

function writeOutput(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UserError(`${path} cannot be written.`, (error as Error).message, { cause: error });
  }
}

function statedFormat({
  format,
  encoding,
  delimiter,
  quote,
  comment,
  header,
}: ContractInferOptions): Parameters<typeof inferContract>[1]['stated'] {
  return {
    ...(format !== undefined && { format }),
    ...(encoding !== undefined && { encoding }),
    dialect: {
      ...(delimiter !== undefined && { delimiter }),
      ...(quote !== undefined && { quoteChar: quote === NO_QUOTE ? null : quote }),
      ...(header !== undefined && { header }),
      ...(comment !== undefined && { commentChar: comment }),
    },
  };
}

/** What stands in the way of adding the contract to those of this clone. */
function conflictsWith(contracts: ContractRegistry, path: string, name: string): string[] {
  const notes: string[] = [];
  if (contracts.get(name) !== undefined) {
    notes.push(`There is a contract "${name}" already: name this one otherwise, or replace it.`);
  }
  const { contract } = placeFile(basename(path), contracts);
  if (contract !== null && contract.name !== name) {
    notes.push(`The contract "${contract.name}" matches ${basename(path)} as well.`);
  }
  return notes;
}

/** Names the JSON Schema of contracts where it lies beside the output, so that editors know it. */
function schemaBeside(output: string | undefined): { $schema?: string } {
  if (output === undefined || !existsSync(join(dirname(output), SCHEMA_FILE))) return {};
  return { $schema: `./${SCHEMA_FILE}` };
}
