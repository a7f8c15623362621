import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { readNames } from '../shared/json-names.ts';
import { contractProblems, fieldProblems, type ContractProblem } from './contract-checks.ts';
import { ContractField } from './contract-field.ts';
import { issueLines } from './contract-issue.ts';
import { isExactDouble } from './values/decimal.ts';

export {
  LINEAGE_FILE,
  LINEAGE_ROW,
  RESCUED,
  RESERVED_NAMES,
  type ContractField,
} from './contract-field.ts';

/** Encodings that a contract may state. UTF-16 with a byte order mark needs no statement. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const;

/** One ASCII character: a single byte in every encoding that is read. Letters and digits are data. */
const Character = z
  .string()
  .check(
    z.regex(
      /^[\x01-\x09\x0b\x0c\x0e-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]$/,
      'must be one ASCII character, no letter and no digit',
    ),
  );

const NonEmpty = z.string().check(z.minLength(1));
const Count = z.number().check(z.int(), z.nonnegative());

const BadRows = z
  .discriminatedUnion('action', [
    z.strictObject({
      action: z.literal('reject-row'),
      maxCount: z.optional(
        Count.check(z.describe('More rejected rows than this reject the file.')),
      ),
      maxShare: z.optional(
        z
          .number()
          .check(
            z.gte(0),
            z.lte(1),
            z.describe('A larger share of rejected rows than this, 0 to 1, rejects the file.'),
          ),
      ),
    }),
    z.strictObject({ action: z.literal('reject-file') }),
  ])
  .check(z.describe('What a bad row does.'));

const DialectHints = z
  .strictObject({
    delimiter: z.optional(Character),
    quoteChar: z.optional(z.nullable(Character).check(z.describe('Null: no character quotes.'))),
    header: z.optional(
      z.boolean().check(z.describe('Whether the first record names the columns.')),
    ),
    commentChar: z.optional(
      Character.check(z.describe('Lines that start with it are skipped; none unless stated.')),
    ),
    caseSensitiveHeader: z.optional(
      z.boolean().check(z.describe('False lets column names differ in upper and lower case.')),
    ),
  })
  .check(
    z.describe(
      'How the files separate their fields, in the words of the Frictionless CSV Dialect. What is stated is not detected.',
    ),
  );

const Output = z
  .discriminatedUnion('format', [
    z.strictObject({
      format: z.literal('jsonl'),
      compression: z._default(z.enum(['gzip', 'zstd']), 'gzip'),
    }),
    z.strictObject({
      format: z.literal('parquet'),
      compression: z._default(z.enum(['snappy', 'gzip', 'zstd']), 'snappy'),
    }),
  ])
  .check(z.describe('How clean records are stored.'));

/** How records are stored where no contract states it. */
export const DEFAULT_OUTPUT = { format: 'jsonl', compression: 'gzip' } as const satisfies Output;

/** Tag texts as S3 takes them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const tagText = (minimum: number, maximum: number): z.ZodMiniString =>
  z
    .string()
    .check(
      z.minLength(minimum),
      z.maxLength(maximum),
      z.regex(
        /^[\p{L}\p{N}\p{Zs}_.:/=+@-]*$/u,
        'must be letters, digits, spaces and the characters _.:/=+@-',
      ),
    );

const TagKey = tagText(1, 128).check(
  z.regex(/^(?![aA][wW][sS]:)/, 'must not begin with "aws:", which AWS keeps for itself'),
);

const Archive = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('move') }),
    z.strictObject({
      action: z.literal('tag'),
      key: z._default(TagKey.check(z.describe('Key of the tag.')), 'millrace'),
      value: z._default(tagText(0, 256).check(z.describe('Value of the tag.')), 'processed'),
    }),
  ])
  .check(
    z.describe(
      'What is done with the source object of a file that has succeeded; nothing unless stated.',
    ),
  );
/**
 * What may become of a file whose content the dataset has already: it is written and says of which file it
 * is a duplicate, it is not written, or nobody looks.
 */
export const DUPLICATE_CONTENT_MODES = ['flag', 'skip', 'allow'] as const;
export type DuplicateContentMode = (typeof DUPLICATE_CONTENT_MODES)[number];

/** What becomes of it where no contract states it. */
export const DEFAULT_DUPLICATE_CONTENT = 'flag' satisfies DuplicateContentMode;

const FieldNames = z.array(NonEmpty);

const ReportBlock = z
  .strictObject({
    dimensions: z._default(
      FieldNames.check(z.describe('Fields by whose values records are counted.')),
      [],
    ),
    measures: z._default(
      FieldNames.check(z.describe('Integers and numbers that are summed up.')),
      [],
    ),
    eventTime: z.optional(
      NonEmpty.check(z.describe('The date or datetime that says when an event happened.')),
    ),
  })
  .check(z.describe('What the daily report says of the records.'));

const Millrace = z
  .strictObject({
    match: z
      .array(NonEmpty)
      .check(
        z.minLength(1),
        z.describe(
          'Glob patterns; a file whose object key matches any of them falls under the contract.',
        ),
      ),
    format: z.optional(
      z
        .enum(['csv', 'json-array', 'json-lines'])
        .check(z.describe('What the files are, whatever they are named; detected unless stated.')),
    ),
    encoding: z.optional(
      z.enum(ENCODINGS).check(z.describe('UTF-8 unless stated; a byte order mark overrules it.')),
    ),
    dialect: z._default(DialectHints, {}),
    badRows: z._default(BadRows, { action: 'reject-row' }),
    output: z._default(Output, DEFAULT_OUTPUT),
    duplicateContent: z._default(
      z
        .enum(DUPLICATE_CONTENT_MODES)
        .check(
          z.describe(
            'What becomes of a file whose bytes are those of an earlier file of the dataset.',
          ),
        ),
      DEFAULT_DUPLICATE_CONTENT,
    ),
    lineage: z._default(
      z.boolean().check(z.describe('Whether records get the columns `_file` and `_row`.')),
      true,
    ),
    onSourceDeleted: z._default(
      z
        .enum(['keep', 'remove'])
        .check(
          z.describe(
            'What becomes of the outputs when their file is deleted from the source bucket.',
          ),
        ),
      'keep',
    ),
    report: z.optional(ReportBlock),
    archive: z.optional(Archive),
  })
  .check(z.describe('Which files the contract covers, and what becomes of them.'));

/**
 * A contract: a Frictionless Table Schema (https://specs.frictionlessdata.io/table-schema/) for what
 * a file's records must look like, and a `millrace` block for which files it covers and what
 * happens to rows that break it. Unknown properties are refused, so that a misspelt one is seen.
 * `docs/contracts.md` explains each.
 */
export const Contract = z
  .strictObject({
    $schema: z.optional(z.string()),
    name: z
      .string()
      .check(
        z.regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case kebab-case'),
        z.describe(
          'Name of the dataset: lower-case letters, digits, dashes; it becomes `dataset=…` in keys.',
        ),
      ),
    title: z.optional(z.string()),
    description: z.optional(z.string()),
    fields: z.array(ContractField.check(reporting(fieldProblems))).check(z.minLength(1)),
    missingValues: z._default(
      z.array(z.string()).check(z.describe('Texts that stand for no value.')),
      [''],
    ),
    primaryKey: z.optional(
      z
        .union([NonEmpty, z.array(NonEmpty).check(z.minLength(1))])
        .check(z.describe('Fields that are required and together unique within a file.')),
    ),
    millrace: Millrace,
  })
  .check(reporting(contractProblems));

export type Contract = z.infer<typeof Contract>;
export type Archive = z.infer<typeof Archive>;
export type BadRows = z.infer<typeof BadRows>;
export type DialectHints = z.infer<typeof DialectHints>;
export type Encoding = (typeof ENCODINGS)[number];
export type Output = z.infer<typeof Output>;
/** What the daily report says of a dataset's records, beside how many there are. */
export type ReportBlock = z.infer<typeof ReportBlock>;

/** A contract file that cannot be used. Names the file and every place at fault. */
export class InvalidContractError extends Error {
  override readonly name = 'InvalidContractError';

  constructor(file: string, problems: readonly string[]) {
    super(`INVALID_CONTRACT: ${file}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Checks a contract's text.
 *
 * @param file name for the error message
 * @throws InvalidContractError when it is not JSON or not a contract
 */
export function parseContract(text: string, file: string): Contract {
  const document = readJson(withoutByteOrderMark(text), file);
  const result = Contract.safeParse(document, { reportInput: true });
  if (result.success) return result.data;
  throw new InvalidContractError(file, result.error.issues.flatMap(issueLines));
}

/** Editors on Windows put one before a text. */
const withoutByteOrderMark = (text: string): string => text.replace(/^\ufeff/, '');

function readJson(text: string, file: string): unknown {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new InvalidContractError(file, [`is not JSON: ${(error as Error).message}`]);
  }
  const { value, duplicate } = readNames(text, keepDigits);
  if (duplicate === null) return value;
  throw new InvalidContractError(file, [`has "${duplicate}" twice in one object`]);
}

/** A number that a double does not hold exactly stays text, which bounds and enums take as well. */
function keepDigits(source: string): number | string {
  return isExactDouble(source) ? Number(source) : source;
}

/** The names of a contract's primary key; none where it has no key. */
export function primaryKeyOf({ primaryKey = [] }: Pick<Contract, 'primaryKey'>): readonly string[] {
  return typeof primaryKey === 'string' ? [primaryKey] : primaryKey;
}

/** Whether some value of a row has to differ from those of all other rows of its file. */
export function asksForUniqueValues(contract: Pick<Contract, 'primaryKey' | 'fields'>): boolean {
  const isUnique = ({ constraints = {} }: ContractField): boolean =>
    'unique' in constraints && constraints.unique === true;
  return primaryKeyOf(contract).length > 0 || contract.fields.some(isUnique);
}

/** Whether a row without a value of the field is rejected. */
export function isRequired(contract: Pick<Contract, 'primaryKey'>, field: ContractField): boolean {
  return field.constraints?.required === true || primaryKeyOf(contract).includes(field.name);
}

/** A short hash that changes whenever the contract does. */
export function contractVersion(contract: Contract): string {
  return createHash('sha256').update(JSON.stringify(contract)).digest('hex').slice(0, 12);
}

/** A check that adds what a function finds wrong to the issues that zod finds. */
function reporting<T>(problemsOf: (value: T) => readonly ContractProblem[]): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    for (const { path, message } of problemsOf(value)) {
      issues.push({ code: 'custom', path: [...path], message, input: value, continue: true });
    }
  };
}
