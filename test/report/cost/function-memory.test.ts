import { FUNCTION_MEMORY } from '../../../src/report/cost/calls.ts';
import { AGGREGATE_MEMORY } from '../../../src/report/cost/report-usage.ts';
import { functionOf, type FunctionName } from '../../infra/resources.ts';
import { synthesize } from '../../infra/synthesize.ts';

const template = synthesize();

it.each<[string, number]>([
  ...Object.entries(FUNCTION_MEMORY),
  ['Aggregate', AGGREGATE_MEMORY],
  ['Render', AGGREGATE_MEMORY],
])('%s is priced with its memory: %i MiB', (name, mebibytes) => {
  expect(functionOf(template, name as FunctionName).MemorySize).toBe(mebibytes);
});
