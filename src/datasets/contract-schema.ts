import * as z from 'zod/mini';
import { Contract } from './contract.ts';

/**
 * The JSON Schema of a contract's file, for editors: `contract.schema.json`. It says of the shape all
 * that JSON Schema can say; `parseContract` also knows what fits together.
 */
export function contractJsonSchema(): object {
  return {
    ...z.toJSONSchema(Contract, { io: 'input', target: 'draft-07' }),
    title: 'Millrace contract',
    description: 'A Frictionless Table Schema with a millrace block; see docs/contracts.md.',
  };
}
