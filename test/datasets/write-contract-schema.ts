import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { contractJsonSchema } from '../../src/datasets/contract-schema.ts';

// Run it after a change to the contract: `node test/datasets/write-contract-schema.ts`.
const file = join(import.meta.dirname, '../../src/datasets/contract.schema.json');
writeFileSync(
  file,
  await format(JSON.stringify(contractJsonSchema()), { parser: 'json', printWidth: 100 }),
);
