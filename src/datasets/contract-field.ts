import * as z from 'zod/mini';
import { FALSE_VALUES, TRUE_VALUES } from './values/booleans.ts';
import { STRING_FORMATS } from './values/strings.ts';

/** Property under which values of columns that a contract does not know are kept. */
export const RESCUED = '_rescued';
/** Lineage: the object key of the file that a record comes from. */
export const LINEAGE_FILE = '_file';
/** Lineage: the number of the row that a record comes from; 1 is the first row after the header. */
export const LINEAGE_ROW = '_row';
/** Names that Millrace gives to properties of its own: a file's columns of these names are rescued. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([RESCUED, LINEAGE_FILE, LINEAGE_ROW]);

const NOT_RESERVED = new RegExp(`^(?!(?:${[...RESERVED_NAMES].join('|')})$)`);
/** One character that is part of no number itself. */
const SEPARATOR = /^[^\p{L}\p{N}+\-\u2212\r\n]$/u;

const NonEmpty = z.string().check(z.minLength(1));
const Text = z.string();
const TextList = z.array(z.string()).check(z.minLength(1));
const Separator = z
  .string()
  .check(z.regex(SEPARATOR, 'must be one character that is part of no number'));
const Length = z.number().check(z.int(), z.nonnegative());
const NumberOrText = z.union([z.number(), z.string()]);

const common = {
  name: z
    .string()
    .check(
      z.minLength(1),
      z.regex(NOT_RESERVED, 'is a name that Millrace itself writes'),
      z.describe('Name of the column, and of the property that it becomes.'),
    ),
  title: z.optional(Text),
  description: z.optional(Text),
  aliases: z.optional(
    z.array(NonEmpty).check(z.describe('Other names under which files may have the column.')),
  ),
};

const bareNumber = z.optional(
  z
    .boolean()
    .check(
      z.describe('False lets a number stand between other characters, such as `95 %` or `€ 12`.'),
    ),
);
const groupChar = z.optional(
  Separator.check(z.describe('Separator of groups of digits; none unless stated.')),
);
const defaultFormat = z.optional(z.literal('default'));
const temporalFormat = z.optional(
  NonEmpty.check(
    z.describe('`default` is ISO 8601; else a pattern of strptime directives, such as `%d.%m.%Y`.'),
  ),
);

const required = z.optional(z.boolean().check(z.describe('Rows without a value are rejected.')));
const unique = z.optional(
  z
    .boolean()
    .check(
      z.describe('No two rows of a file hold the same value; rows without one are not compared.'),
    ),
);
const minLength = z.optional(
  Length.check(z.describe('Fewest characters, elements or properties.')),
);
const maxLength = z.optional(Length.check(z.describe('Most characters, elements or properties.')));

function enumOf<T extends z.ZodMiniType>(value: T) {
  return z.optional(
    z.array(value).check(z.minLength(1), z.describe('The values that are allowed.')),
  );
}

function boundsOf<T extends z.ZodMiniType>(value: T) {
  return { minimum: z.optional(value), maximum: z.optional(value) };
}

const StringField = z.strictObject({
  ...common,
  type: z._default(z.literal('string'), 'string'),
  format: z.optional(z.enum(STRING_FORMATS)),
  constraints: z.optional(
    z.strictObject({
      required,
      unique,
      enum: enumOf(z.string()),
      pattern: z.optional(
        z.string().check(
          z.refine(isPattern, 'is not a regular expression'),
          z.meta({
            description: 'A regular expression for the whole value, of at most 1,000 characters.',
            format: 'regex',
          }),
        ),
      ),
      minLength,
      maxLength,
    }),
  ),
});

const numericConstraints = z.optional(
  z.strictObject({ required, unique, enum: enumOf(NumberOrText), ...boundsOf(NumberOrText) }),
);

const IntegerField = z.strictObject({
  ...common,
  type: z.literal('integer'),
  format: defaultFormat,
  groupChar,
  bareNumber,
  constraints: numericConstraints,
});

const NumberField = z.strictObject({
  ...common,
  type: z.literal('number'),
  format: defaultFormat,
  decimalChar: z.optional(Separator.check(z.describe('Decimal separator; a dot unless stated.'))),
  groupChar,
  bareNumber,
  constraints: numericConstraints,
});

const YearField = z.strictObject({
  ...common,
  type: z.literal('year'),
  format: defaultFormat,
  constraints: numericConstraints,
});

const BooleanField = z.strictObject({
  ...common,
  type: z.literal('boolean'),
  format: defaultFormat,
  trueValues: z.optional(
    TextList.check(
      z.describe(`Texts that stand for true: ${TRUE_VALUES.join(', ')} unless stated.`),
    ),
  ),
  falseValues: z.optional(
    TextList.check(
      z.describe(`Texts that stand for false: ${FALSE_VALUES.join(', ')} unless stated.`),
    ),
  ),
  constraints: z.optional(
    z.strictObject({ required, unique, enum: enumOf(z.union([z.boolean(), z.string()])) }),
  ),
});

const temporal = {
  ...common,
  format: temporalFormat,
  constraints: z.optional(
    z.strictObject({ required, unique, enum: enumOf(z.string()), ...boundsOf(z.string()) }),
  ),
};
const DateField = z.strictObject({ ...temporal, type: z.literal('date') });
const TimeField = z.strictObject({ ...temporal, type: z.literal('time') });
const DateTimeField = z.strictObject({ ...temporal, type: z.literal('datetime') });

const nested = {
  ...common,
  format: defaultFormat,
  constraints: z.optional(z.strictObject({ required, minLength, maxLength })),
};
const ObjectField = z.strictObject({ ...nested, type: z.literal('object') });
const ArrayField = z.strictObject({ ...nested, type: z.literal('array') });

const AnyField = z.strictObject({
  ...common,
  type: z.literal('any'),
  format: defaultFormat,
  constraints: z.optional(
    z.strictObject({
      required,
      enum: enumOf(z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
});

/** A field of a contract: what a column is called, and what its values must look like. */
export const ContractField = z.discriminatedUnion('type', [
  StringField,
  IntegerField,
  NumberField,
  BooleanField,
  DateField,
  DateTimeField,
  TimeField,
  YearField,
  ObjectField,
  ArrayField,
  AnyField,
]);

export type ContractField = z.infer<typeof ContractField>;

/** Whether a text is a regular expression, in Unicode mode. */
export function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
