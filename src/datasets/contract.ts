import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** The field types of Frictionless Table Schema that a contract may use. */
export const FIELD_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'datetime',
  'time',
  'year',
  'object',
  'array',
  'any',
] as const;

/** Property under which values of columns that a contract does not know are kept. */
export const RESCUED = '_rescued';
/** Lineage: the object key of the file that a record comes from. */
export const LINEAGE_FILE = '_file';
/** Lineage: the number of the row that a record comes from; 1 is the first row after the header. */
export const LINEAGE_ROW = '_row';
/** Names that Millrace gives to properties of its own: a file's columns of these names are rescued. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([RESCUED, LINEAGE_FILE, LINEAGE_ROW]);

/** Encodings that a contract may state. UTF-16 with a byte order mark needs no statement. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const;

/** One ASCII character: a single byte in every encoding that is read. */
const Character = z
  .string()
  .check(z.regex(/^[\x01-\x09\x0b\x0c\x0e-\x7f]$/, 'must be one ASCII character'));

const Bound = z.union([z.number(), z.string()]);

const Constraints = z.strictObject({
  required: z.optional(z.boolean()),
  /** No two rows of a file hold the same value; rows without a value are not compared. */
  unique: z.optional(z.boolean()),
  enum: z.optional(z.array(z.union([z.string(), z.number(), z.boolean()])).check(z.minLength(1))),
  pattern: z.optional(z.string().check(z.refine(isPattern, 'is not a regular expression'))),
  minimum: z.optional(Bound),
  maximum: z.optional(Bound),
  minLength: z.optional(z.number().check(z.int(), z.nonnegative())),
  maxLength: z.optional(z.number().check(z.int(), z.nonnegative())),
});

const Field = z
  .strictObject({
    name: z.string().check(
      z.minLength(1),
      z.refine((name) => !RESERVED_NAMES.has(name), 'is a name that Millrace itself writes'),
    ),
    type: z._default(z.enum(FIELD_TYPES), 'string'),
    /** What a value of the type looks like: `email`, `uuid`, … for strings, `%d.%m.%Y` for dates. */
    format: z.optional(z.string()),
    /** Other names under which files may have the column. */
    aliases: z.optional(z.array(z.string().check(z.minLength(1)))),
    /** Decimal separator of a number; a dot unless stated. */
    decimalChar: z.optional(Character),
    /** Thousands separator of a number or integer; none unless stated. */
    groupChar: z.optional(Character),
    /** False lets a number or integer stand between other characters, such as `95 %` or `€ 12`. */
    bareNumber: z.optional(z.boolean()),
    trueValues: z.optional(z.array(z.string()).check(z.minLength(1))),
    falseValues: z.optional(z.array(z.string()).check(z.minLength(1))),
    title: z.optional(z.string()),
    description: z.optional(z.string()),
    constraints: z.optional(Constraints),
  })
  .check(
    z.refine(({ type, constraints }) => fitsType(type, constraints?.minimum), {
      path: ['constraints', 'minimum'],
      message: 'is no value of the type, or the type has no order',
    }),
    z.refine(({ type, constraints }) => fitsType(type, constraints?.maximum), {
      path: ['constraints', 'maximum'],
      message: 'is no value of the type, or the type has no order',
    }),
  );

const BadRows = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('reject-row'),
    /** More rejected rows than this reject the file. */
    maxCount: z.optional(z.number().check(z.int(), z.nonnegative())),
    /** A larger share of rejected rows than this, 0 to 1, rejects the file. */
    maxShare: z.optional(z.number().check(z.gte(0), z.lte(1))),
  }),
  z.strictObject({ action: z.literal('reject-file') }),
]);

/**
 * How the files separate their fields, in the words of the Frictionless CSV Dialect. What is stated
 * is not detected.
 */
const DialectHints = z.strictObject({
  delimiter: z.optional(Character),
  /** Null: no character quotes. */
  quoteChar: z.optional(z.nullable(Character)),
  /** Whether the first record names the columns. */
  header: z.optional(z.boolean()),
  /** Lines that start with it are skipped; none unless stated. */
  commentChar: z.optional(Character),
  /** False lets column names differ in upper and lower case. */
  caseSensitiveHeader: z.optional(z.boolean()),
});

/** How clean records are stored. Compression is gzip unless stated. */
const Output = z.discriminatedUnion('format', [
  z.strictObject({
    format: z.literal('jsonl'),
    compression: z._default(z.enum(['gzip', 'zstd']), 'gzip'),
  }),
  z.strictObject({
    format: z.literal('parquet'),
    compression: z._default(z.enum(['snappy', 'gzip', 'zstd']), 'snappy'),
  }),
]);

/** How records are stored where no contract states it. */
export const DEFAULT_OUTPUT: Output = { format: 'jsonl', compression: 'gzip' };

const Millrace = z.strictObject({
  /** Glob patterns; a file whose object key matches any of them falls under the contract. */
  match: z.array(z.string().check(z.minLength(1))).check(z.minLength(1)),
  /** What the files are, whatever they are named; detected unless stated. */
  format: z.optional(z.enum(['csv', 'json-array', 'json-lines'])),
  /** UTF-8 unless stated; a byte order mark overrules it. */
  encoding: z.optional(z.enum(ENCODINGS)),
  dialect: z._default(DialectHints, {}),
  badRows: z._default(BadRows, { action: 'reject-row' }),
  output: z._default(Output, DEFAULT_OUTPUT),
  /** Whether records get the columns `_file` and `_row`. */
  lineage: z._default(z.boolean(), true),
});

/**
 * A contract: a Frictionless Table Schema (https://specs.frictionlessdata.io/table-schema/) for what
 * a file's records must look like, and a `millrace` block for which files it covers and what
 * happens to rows that break it. Unknown properties are refused, so that a misspelt one is seen.
 */
export const Contract = z.strictObject({
  $schema: z.optional(z.string()),
  /** Name of the dataset: lower-case letters, digits, dashes; it becomes `dataset=…` in keys. */
  name: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case kebab-case')),
  title: z.optional(z.string()),
  description: z.optional(z.string()),
  fields: z.array(Field).check(z.minLength(1), z.refine(areUnique, 'repeat a field name')),
  missingValues: z._default(z.array(z.string()), ['']),
  /** Fields that are required and together unique within a file. */
  primaryKey: z.optional(z.union([z.string(), z.array(z.string()).check(z.minLength(1))])),
  millrace: Millrace,
});

export type Contract = z.infer<typeof Contract>;
export type ContractField = Contract['fields'][number];
export type BadRows = z.infer<typeof BadRows>;
export type DialectHints = z.infer<typeof DialectHints>;
export type Encoding = (typeof ENCODINGS)[number];
export type Output = z.infer<typeof Output>;

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
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new InvalidContractError(file, [`is not JSON: ${(error as Error).message}`]);
  }
  const result = Contract.safeParse(document);
  if (result.success) return result.data;
  throw new InvalidContractError(
    file,
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'contract'}: ${message}`),
  );
}

/** A short hash that changes whenever the contract does. */
export function contractVersion(contract: Contract): string {
  return createHash('sha256').update(JSON.stringify(contract)).digest('hex').slice(0, 12);
}

/** Whether values of a type can be compared with a bound: NaN would let every value pass. */
function fitsType(type: (typeof FIELD_TYPES)[number], bound?: number | string): boolean {
  if (bound === undefined) return true;
  if (type === 'integer' || type === 'number') {
    return bound !== '' && Number.isFinite(Number(bound));
  }
  if (type !== 'date' && type !== 'datetime') return false;
  const isShaped = type === 'date' ? DATE : DATE_OR_TIME;
  return typeof bound === 'string' && isShaped.test(bound) && !Number.isNaN(Date.parse(bound));
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_OR_TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/;

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function areUnique(fields: readonly { readonly name: string }[]): boolean {
  return new Set(fields.map(({ name }) => name)).size === fields.length;
}
