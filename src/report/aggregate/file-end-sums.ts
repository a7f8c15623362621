import * as z from 'zod/mini';
import { BestOf, compareTexts } from './best-of.ts';
import { keyOfSource, type LedgerFacts } from './ledger-facts.ts';

/** Example files of each code. */
const EXAMPLES = 5;
/** What stands for the code of an item that has none. */
const NO_CODE = 'UNKNOWN';

const Example = z.object({ key: z.string(), fileId: z.string(), reason: z.optional(z.string()) });
type Example = z.infer<typeof Example>;

/** Files that did not succeed by status and code, as they lie in an hour's sums. */
export const FileEndSumsJson = z.array(
  z.object({
    status: z.enum(['REJECTED', 'FAILED']),
    code: z.string(),
    files: z.number().check(z.int(), z.positive()),
    examples: z.array(Example),
  }),
);
export type FileEndSumsJson = z.infer<typeof FileEndSumsJson>;
type FileEnd = FileEndSumsJson[number];

interface Entry extends Pick<FileEnd, 'status' | 'code'> {
  files: number;
  readonly examples: BestOf<Example>;
}

/** By key and version. */
const compareExamples = (a: Example, b: Example): number =>
  compareTexts(a.key, b.key) || compareTexts(a.fileId, b.fileId);

/** Files that were rejected or failed, by code, with a few examples of each. */
export class FileEndSums {
  readonly #entries = new Map<string, Entry>();

  addItem({ status, code = NO_CODE, source, fileId, reason }: LedgerFacts): void {
    if (status !== 'REJECTED' && status !== 'FAILED') return;
    const example = { key: keyOfSource(source), fileId, ...(reason !== undefined && { reason }) };
    this.#add({ status, code, files: 1, examples: [example] });
  }

  merge(json: FileEndSumsJson): void {
    for (const end of json) this.#add(end);
  }

  /** By status and code. */
  toJson(): FileEndSumsJson {
    return [...this.#entries]
      .sort(([a], [b]) => compareTexts(a, b))
      .map(([, { examples, ...end }]) => ({ ...end, examples: examples.toJson() }));
  }

  #add({ status, code, files, examples }: FileEnd): void {
    const id = `${status} ${code}`;
    const entry = this.#entries.get(id) ?? {
      status,
      code,
      files: 0,
      examples: new BestOf(EXAMPLES, compareExamples),
    };
    entry.files += files;
    entry.examples.addAll(examples);
    this.#entries.set(id, entry);
  }
}
