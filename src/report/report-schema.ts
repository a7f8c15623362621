import * as z from 'zod/mini';
import { Report } from './report.ts';

/** The JSON Schema of `report.json`, published as `report.schema.json`. */
export function reportJsonSchema(): object {
  return {
    ...z.toJSONSchema(Report, { io: 'output', target: 'draft-07' }),
    title: 'Millrace daily report',
    description: 'What came in on a day (UTC), what went wrong and what it cost.',
  };
}
