import * as z from 'zod/mini';
import { Environment, requiredNumber } from '../../shared/environment.ts';
import { taskHandler } from '../../shared/task-handler.ts';
import { resolveDay } from './resolve-day.ts';

export const ResolveDayInput = z.object({ input: z.unknown(), execution: z.string() });

/** First step of the daily report: which day, and which hours. */
export const handler = taskHandler({
  name: 'resolve-day',
  input: ResolveDayInput,
  identity: ({ execution }) => ({ execution }),
  work: (request) =>
    resolveDay(request, {
      now: new Date(),
      concurrency: requiredNumber(Environment.AGGREGATE_CONCURRENCY),
    }),
});
