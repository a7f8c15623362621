import type { Template } from 'aws-cdk-lib/assertions';

/** Properties of a resource as they stand in the template. */
export type Properties = Readonly<Record<string, unknown>>;

/** A resource as it stands in the template. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** All resources by logical id. */
export function allResources(template: Template): [string, Resource][] {
  return Object.entries((template.toJSON() as { Resources: Record<string, Resource> }).Resources);
}

/** The resources of a type by logical id. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return allResources(template).filter(([, { Type }]) => Type === type);
}

/** The one resource of a type, or of those the one whose logical id starts as given. */
export function onlyEntry(template: Template, type: string, idStart = ''): [string, Resource] {
  const found = resourcesOf(template, type).filter(([id]) => id.startsWith(idStart));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} ${idStart}*`);
  return found[0]!;
}

/** Properties of what `onlyEntry` finds. */
export function onlyResource(template: Template, type: string, idStart = ''): Properties {
  return onlyEntry(template, type, idStart)[1].Properties;
}

/** A logical id without the hash at its end. */
export const stemOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** A value of the template as short text: references as the stem of the logical id. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, ...functions } = value as { Ref?: string } & Record<string, unknown>;
  if (Ref !== undefined) return stemOf(Ref);
  const attribute = functions['Fn::GetAtt'] as [string, string] | undefined;
  if (attribute !== undefined) return stemOf(attribute[0]);
  const [separator, parts] = functions['Fn::Join'] as [string, unknown[]];
  return parts.map(textOf).join(separator);
}

/** What may be one value or a list of them, as a list. */
export function listOf<T>(value: T | readonly T[]): T[] {
  return Array.isArray(value) ? [...(value as readonly T[])] : [value as T];
}

/** The names of Millrace's functions, by the construct they are in. */
export const FUNCTIONS_OF = {
  Steps: [
    'Validate',
    'Transform',
    'Write',
    'Scan',
    'Resolve',
    'TransformPart',
    'WriteSplit',
    'Quarantine',
    'Notify',
    'Archive',
  ],
  Dispatcher: ['Dispatch'],
  Analytics: ['Forward', 'Analyse'],
  Reconciliation: ['Reconcile'],
  ReportSteps: ['ResolveDay', 'Aggregate', 'Render', 'Publish', 'MailFailure'],
} as const;

/** The names of all functions. */
export const FUNCTIONS = Object.values(FUNCTIONS_OF).flat();

export type FunctionName = (typeof FUNCTIONS)[number];

/** Functions by the stem of their logical id, which is the construct's and the function's name. */
const NAMES: ReadonlyMap<string, FunctionName> = new Map(
  Object.entries(FUNCTIONS_OF).flatMap(([construct, names]) =>
    names.map((name) => [`${construct}${name}`, name] as const),
  ),
);

/** Stem of a function's logical id. */
export const functionStemOf = (name: FunctionName): string =>
  [...NAMES].find(([, each]) => each === name)![0];

/** Name of the function with a logical id. */
export function functionNameOf(logicalId: string): FunctionName {
  const name = NAMES.get(stemOf(logicalId));
  if (name === undefined) throw new Error(`no function ${logicalId}`);
  return name;
}

/** A function's properties. */
export function functionOf(template: Template, name: FunctionName): Properties {
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const found = functions.find(([id]) => functionNameOf(id) === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found[1].Properties;
}

/** A function's environment variables. */
export function variablesOf(template: Template, name: FunctionName): Record<string, unknown> {
  const environment = functionOf(template, name).Environment as {
    Variables: Record<string, unknown>;
  };
  return environment.Variables;
}
