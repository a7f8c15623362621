import { isPattern, RESCUED, RESERVED_NAMES, type ContractField } from './contract-field.ts';
import type { Contract } from './contract.ts';
import { foldCase, nameFolder } from './column-name.ts';
import {
  constraintValue,
  isScalar,
  valueConstraintsOf,
  valueTypeOf,
  type ScalarField,
  type Stated,
} from './field-type.ts';
import { FALSE_VALUES, TRUE_VALUES } from './values/booleans.ts';
import { InvalidPatternError } from './values/date-pattern.ts';
import { repeatedChoice } from './values/repeated-choice.ts';
import type { ValueType } from './values/value-type.ts';

/** What is wrong with a contract, and where. */
export interface ContractProblem {
  readonly path: readonly (string | number)[];
  /** What follows the place: `is below the minimum`. */
  readonly message: string;
}

const problem = (message: string, ...path: (string | number)[]): ContractProblem => ({
  path,
  message,
});

/** What the shape of a field cannot say: options and constraints that its type makes impossible. */
export function fieldProblems(field: ContractField): ContractProblem[] {
  const { constraints = {} } = field;
  const lengths = 'minLength' in constraints ? lengthProblems(constraints) : [];
  if (!isScalar(field)) return lengths;
  const options = optionProblems(field);
  if (options.length > 0) return options;
  return [...lengths, ...patternProblems(field), ...valueProblems(field, valueTypeOf(field))];
}

function lengthProblems({
  minLength = 0,
  maxLength = Infinity,
}: {
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
}) {
  return minLength > maxLength
    ? [problem('is below the minLength', 'constraints', 'maxLength')]
    : [];
}

/** One value must not keep a function busy for hours. */
function patternProblems(field: ScalarField): ContractProblem[] {
  const pattern = field.type === 'string' ? field.constraints?.pattern : undefined;
  if (pattern === undefined || !isPattern(pattern)) return [];
  const group = repeatedChoice(pattern);
  if (group === null) return [];
  const message = `repeats ${group}, through which a text may pass in more than one way: that can take hours`;
  return [problem(message, 'constraints', 'pattern')];
}

function optionProblems(field: ScalarField): ContractProblem[] {
  if (field.type === 'number') return separatorProblems(field);
  if (field.type === 'boolean') return truthProblems(field);
  return formatProblems(field);
}

function separatorProblems({ decimalChar = '.', groupChar }: FieldOf<'number'>): ContractProblem[] {
  return decimalChar === groupChar ? [problem('is the decimalChar, too', 'groupChar')] : [];
}

function truthProblems({ trueValues, falseValues }: FieldOf<'boolean'>): ContractProblem[] {
  const both = (falseValues ?? FALSE_VALUES).find((text) =>
    (trueValues ?? TRUE_VALUES).includes(text),
  );
  if (both === undefined) return [];
  const place = falseValues === undefined ? 'trueValues' : 'falseValues';
  return [problem(`"${both}" stands for both true and false`, place)];
}

type FieldOf<Type> = Extract<ContractField, { readonly type: Type }>;

function formatProblems(field: ScalarField): ContractProblem[] {
  if (field.format === 'any') {
    return [problem('"any" is not taken: 01/02/2026 has two meanings; state a pattern', 'format')];
  }
  try {
    valueTypeOf(field);
    return [];
  } catch (error) {
    if (error instanceof InvalidPatternError) return [problem(error.message, 'format')];
    throw error;
  }
}

function valueProblems(field: ScalarField, type: ValueType): ContractProblem[] {
  const { enum: values = [], minimum, maximum } = valueConstraintsOf(field);
  const notOfType = `is no value of the type "${field.type}"${formatOf(field)}`;
  const isValue = (stated: Stated): boolean => constraintValue(field, type, stated) !== null;
  const problems = values.flatMap((value, index) =>
    isValue(value) ? [] : [problem(notOfType, 'constraints', 'enum', index)],
  );
  for (const [name, bound] of Object.entries({ minimum, maximum })) {
    if (bound !== undefined && !isValue(bound)) {
      problems.push(problem(notOfType, 'constraints', name));
    }
  }
  return problems.length > 0 ? problems : orderProblems(field, type, minimum, maximum);
}

function orderProblems(field: ScalarField, type: ValueType, minimum?: Stated, maximum?: Stated) {
  if (minimum === undefined || maximum === undefined) return [];
  const [low, high] = [minimum, maximum].map((bound) => constraintValue(field, type, bound) ?? '');
  const order = type.compareWith?.(low ?? '')(high ?? '') ?? 0;
  return order < 0 ? [problem('is below the minimum', 'constraints', 'maximum')] : [];
}

function formatOf({ format = 'default' }: ScalarField): string {
  return format === 'default' ? '' : ` in the format "${format}"`;
}

/** What is wrong between the fields of a contract. */
export function contractProblems(contract: Contract): ContractProblem[] {
  return [
    ...nameProblems(contract),
    ...primaryKeyProblems(contract),
    ...dialectProblems(contract.millrace),
    ...missingTruthProblems(contract),
    ...(contract.millrace.output.format === 'parquet' ? parquetNameProblems(contract) : []),
    ...globProblems(contract.millrace),
    ...lostRowProblems(contract.millrace),
    ...reportProblems(contract),
  ];
}

/** A text that means no value never means true or false. */
function missingTruthProblems({ fields, missingValues }: Contract): ContractProblem[] {
  return fields.flatMap((field, index) => {
    if (field.type !== 'boolean') return [];
    const { trueValues = [], falseValues = [] } = field;
    return Object.entries({ trueValues, falseValues }).flatMap(([name, texts]) =>
      texts
        .filter((text) => missingValues.includes(text))
        .map((text) =>
          problem(`"${text}" is one of the missingValues, too`, 'fields', index, name),
        ),
    );
  });
}

/** Engines that query Parquet find columns without regard to case. */
function parquetNameProblems({ fields, millrace }: Contract): ContractProblem[] {
  const reserved = millrace.lineage ? [...RESERVED_NAMES] : [RESCUED];
  const owners = new Map(reserved.map((name) => [foldCase(name), name]));
  return fields.flatMap(({ name }, index) => {
    const owner = owners.get(foldCase(name)) ?? name;
    owners.set(foldCase(name), owner);
    if (owner === name) return [];
    const message = `"${name}" and "${owner}" differ in case only, which readers of Parquet do not see`;
    return [problem(message, 'fields', index, 'name')];
  });
}

function globProblems({ match }: Contract['millrace']): ContractProblem[] {
  return match.flatMap((glob, index) => {
    const open = unclosedBracket(glob);
    return open === null ? [] : [problem(`"${open}" is not closed`, 'millrace', 'match', index)];
  });
}

/** A skipped duplicate is not tried again when the file that has its rows loses its outputs. */
function lostRowProblems({ duplicateContent, onSourceDeleted }: Contract['millrace']) {
  if (duplicateContent !== 'skip' || onSourceDeleted !== 'remove') return [];
  const message =
    '"remove" loses rows with the duplicateContent "skip": a file that was skipped is not written when the first one is deleted';
  return [problem(message, 'millrace', 'onSourceDeleted')];
}

/** The bracket of a glob that stands for itself, because what it opens does not end. */
function unclosedBracket(glob: string): string | null {
  const rest = glob.replace(/\\[^]/g, '').replace(/\[[!^]?\]?[^\]]*\]/g, '');
  if (rest.includes('[')) return '[';
  const [opened, closed] = ['{', '}'].map((bracket) => rest.split(bracket).length - 1);
  return (opened ?? 0) > (closed ?? 0) ? '{' : null;
}

/** A character has one meaning in a file. */
function dialectProblems({ dialect }: Contract['millrace']): ContractProblem[] {
  const { delimiter, quoteChar, commentChar } = dialect;
  const characters = Object.entries({ delimiter, quoteChar, commentChar });
  return characters.flatMap(([name, character], index) => {
    const earlier = characters.slice(0, index).find((other) => other[1] === character);
    if (earlier === undefined || character === undefined || character === null) return [];
    return [problem(`is the ${earlier[0]}, too`, 'millrace', 'dialect', name)];
  });
}

/** Every name that a file may use leads to one field only. */
function nameProblems({ fields, millrace }: Contract): ContractProblem[] {
  const fold = nameFolder(millrace.dialect);
  const owners = new Map<string, number>();
  const problems: ContractProblem[] = [];
  const claim = (name: string, field: number, ...path: (string | number)[]): void => {
    const owner = owners.get(fold(name)) ?? field;
    owners.set(fold(name), owner);
    if (owner !== field) {
      const message = `"${name}" is a name of the field "${fields[owner]?.name}", too`;
      problems.push(problem(message, 'fields', field, ...path));
    }
  };
  fields.forEach(({ name }, index) => {
    if (fields.findIndex((other) => other.name === name) === index) claim(name, index, 'name');
    else problems.push(problem(`"${name}" is already taken`, 'fields', index, 'name'));
  });
  fields.forEach(({ aliases = [] }, index) => {
    aliases.forEach((alias, at) => claim(alias, index, 'aliases', at));
  });
  return problems;
}

function primaryKeyProblems({ fields, primaryKey }: Contract): ContractProblem[] {
  const names = typeof primaryKey === 'string' ? [primaryKey] : (primaryKey ?? []);
  return names.flatMap((name, index) => {
    const path = ['primaryKey', ...(typeof primaryKey === 'string' ? [] : [index])];
    const field = fields.find((other) => other.name === name);
    if (field === undefined) return [problem(`"${name}" is no field`, ...path)];
    if (names.indexOf(name) !== index) return [problem(`"${name}" is named twice`, ...path)];
    if (isScalar(field) && field.type !== 'any') return [];
    return [problem(`values of the type "${field.type}" are not compared`, ...path)];
  });
}

/** Most fields that a report counts, and sums up: each takes memory in every step. */
const MOST_REPORTED = 20;

/** What a report does with fields: of which types they are, and what is said of others. */
const REPORT_USES = {
  dimensions: {
    isFor: (type: ContractField['type']) => type !== 'object' && type !== 'array',
    refusal: 'are not counted',
  },
  measures: {
    isFor: (type: ContractField['type']) => type === 'integer' || type === 'number',
    refusal: 'are not summed up',
  },
  eventTime: {
    isFor: (type: ContractField['type']) => type === 'date' || type === 'datetime',
    refusal: 'do not say when an event happened',
  },
} as const;
type ReportUse = keyof typeof REPORT_USES;

function reportProblems({ fields, millrace }: Contract): ContractProblem[] {
  const { dimensions = [], measures = [], eventTime } = millrace.report ?? {};
  const path = (use: ReportUse): string[] => ['millrace', 'report', use];
  const listProblems = (use: ReportUse, names: readonly string[]): ContractProblem[] => [
    ...(names.length > MOST_REPORTED
      ? [problem(`names ${names.length} fields, at most ${MOST_REPORTED} are taken`, ...path(use))]
      : []),
    ...names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? reportedFieldProblems(fields, use, name, ...path(use), index)
        : [problem(`"${name}" is named twice`, ...path(use), index)],
    ),
  ];
  return [
    ...listProblems('dimensions', dimensions),
    ...listProblems('measures', measures),
    ...(eventTime === undefined
      ? []
      : reportedFieldProblems(fields, 'eventTime', eventTime, ...path('eventTime'))),
  ];
}

function reportedFieldProblems(
  fields: readonly ContractField[],
  use: ReportUse,
  name: string,
  ...path: (string | number)[]
): ContractProblem[] {
  const field = fields.find((other) => other.name === name);
  if (field === undefined) return [problem(`"${name}" is no field`, ...path)];
  const { isFor, refusal } = REPORT_USES[use];
  return isFor(field.type)
    ? []
    : [problem(`values of the type "${field.type}" ${refusal}`, ...path)];
}
