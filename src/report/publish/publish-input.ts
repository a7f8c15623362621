import * as z from 'zod/mini';
import { CaughtError } from '../../shared/failure.ts';
import { Day } from '../report.ts';

/** What Publish takes: what Render returns. */
export const PublishInput = z.object({
  day: Day,
  revision: z.number(),
  /** ASCII without line breaks, fewer than 100 characters. */
  subject: z.string(),
  keys: z.object({ json: z.string(), text: z.string(), html: z.string() }),
});
export type PublishInput = z.infer<typeof PublishInput>;

/** What Mail Failure takes. */
export const MailFailureInput = z.object({
  /** The execution's input, whatever it is. */
  input: z.unknown(),
  execution: z.string(),
  error: CaughtError,
});
export type MailFailureInput = z.infer<typeof MailFailureInput>;
