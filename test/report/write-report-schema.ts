import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { reportJsonSchema } from '../../src/report/report-schema.ts';

// Run it after a change to the report: `node test/report/write-report-schema.ts`.
const file = join(import.meta.dirname, '../../src/report/report.schema.json');
writeFileSync(
  file,
  await format(JSON.stringify(reportJsonSchema()), { parser: 'json', printWidth: 100 }),
);
