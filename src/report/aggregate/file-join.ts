import * as z from 'zod/mini';
import { FileStatus } from '../../shared/ledger/ledger-item.ts';
import { compareTexts } from './best-of.ts';
import type { FindingTally } from './finding-tally.ts';

const Count = z.number().check(z.int(), z.nonnegative());

/** What one of the two, manifest or ledger, says of a file. */
const Statement = z.object({
  status: z.enum(Object.values(FileStatus)),
  rowsRead: Count,
  rowsWritten: Count,
  rowsRejected: Count,
});
export type Statement = z.infer<typeof Statement>;

const OpenFile = z.object({
  fileId: z.string(),
  key: z.string(),
  manifest: z.nullable(Statement),
  item: z.nullable(Statement),
});
type OpenFile = z.infer<typeof OpenFile>;

/** Files of which only one side is known yet, in the order of their ids. */
export const FileJoinJson = z.array(OpenFile);
export type FileJoinJson = z.infer<typeof FileJoinJson>;

/**
 * Holds what the ledger says of a file against what its manifest says, whichever is known first. What
 * agrees is forgotten at once: memory grows with the files of which one side is missing.
 */
export class FileJoin {
  readonly #open = new Map<string, OpenFile>();
  readonly #findings: FindingTally;

  constructor(findings: FindingTally) {
    this.#findings = findings;
  }

  addManifest(fileId: string, key: string, manifest: Statement): void {
    this.#add({ fileId, key, manifest, item: null });
  }

  addItem(fileId: string, key: string, item: Statement): void {
    this.#add({ fileId, key, manifest: null, item });
  }

  merge(json: FileJoinJson): void {
    for (const file of json) this.#add(file);
  }

  /** Makes findings of the files whose other side will not come any more. */
  settle(): void {
    for (const { key, manifest, item } of this.#open.values()) {
      if (manifest !== null) this.#findings.add('MANIFEST_UNEXPECTED', key);
      else if (item !== null && hasManifest(item)) this.#findings.add('MANIFEST_MISSING', key);
    }
    this.#open.clear();
  }

  toJson(): FileJoinJson {
    return [...this.#open.values()].sort((a, b) => compareTexts(a.fileId, b.fileId));
  }

  #add(file: OpenFile): void {
    const earlier = this.#open.get(file.fileId);
    const manifest = file.manifest ?? earlier?.manifest ?? null;
    const item = file.item ?? earlier?.item ?? null;
    if (manifest === null || item === null) {
      this.#open.set(file.fileId, { ...file, manifest, item });
      return;
    }
    this.#open.delete(file.fileId);
    this.#compare(file.key, manifest, item);
  }

  #compare(key: string, manifest: Statement, item: Statement): void {
    // A manifest is written before the end is recorded, and deleted after it was recorded as forgotten.
    if (item.status === FileStatus.RUNNING || item.status === FileStatus.FORGOTTEN) return;
    if (item.status !== manifest.status) this.#findings.add('MANIFEST_UNEXPECTED', key);
    else if (!hasEqualRows(manifest, item)) this.#findings.add('COUNTS_DIFFER', key);
  }
}

/** Whether the pipeline states the end of such a file in a manifest. */
const hasManifest = ({ status }: Statement): boolean =>
  status === FileStatus.SUCCEEDED ||
  status === FileStatus.REJECTED ||
  status === FileStatus.SKIPPED;

const hasEqualRows = (a: Statement, b: Statement): boolean =>
  a.rowsRead === b.rowsRead && a.rowsWritten === b.rowsWritten && a.rowsRejected === b.rowsRejected;
