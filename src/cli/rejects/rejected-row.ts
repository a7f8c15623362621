import * as z from 'zod/mini';

const Problem = z.object({
  code: z.string(),
  column: z.nullable(z.string()),
  reason: z.string(),
});

/** One line of the rejected rows that the pipeline keeps: where the row stands and why it is there. */
export const RejectedRow = z.extend(Problem, {
  row: z.number(),
  line: z.number(),
  /** Offset of the row's first byte in the decompressed file. */
  offset: z.number(),
  furtherProblems: z.optional(z.array(Problem)),
  raw: z.optional(z.string()),
  /** In place of `raw`, where the row's bytes are no text. */
  rawBase64: z.optional(z.string()),
  rawTruncated: z.boolean(),
});
export type RejectedRow = z.infer<typeof RejectedRow>;

/** One thing that is wrong with a row. */
export type RejectedRowProblem = z.infer<typeof Problem>;

/** Everything that is wrong with a row, in the order of its columns. */
export const problemsOf = ({
  code,
  column,
  reason,
  furtherProblems = [],
}: RejectedRow): RejectedRowProblem[] => [{ code, column, reason }, ...furtherProblems];
