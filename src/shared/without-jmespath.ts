/**
 * Stands in the bundles for `@aws-lambda-powertools/jmespath`, which Powertools' idempotency imports for
 * keys that are JMESPath expressions. Millrace's keys are functions, so that none of its 23 KB would
 * ever run.
 *
 * @throws Error when something does ask for an expression
 */
export function search(expression: string): never {
  throw new Error(`JMESPath is not bundled, which ${JSON.stringify(expression)} would need`);
}

/** What the idempotency's settings hold by default, for its expressions. */
export const PowertoolsFunctions = Object;
