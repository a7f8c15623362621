import type { LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { printable } from '../../shared/printable.ts';
import { awaitFiles } from '../await-files.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { formatFiles, keyOf, shownKey } from '../files/file-rows.ts';
import { unknownFile } from '../files/find-items.ts';
import { describeMiss } from '../miss.ts';
import { arrivalSpan, isMeant, searchedItems, type FileSearch } from '../operate/file-filter.ts';
import { fileOfItem } from '../operate/file-of-item.ts';
import { filesOf, formatPlan } from '../operate/format-plan.ts';
import { beginOperation, mayAct, tellNothingDone, type BulkOptions } from '../operate/operation.ts';
import { requestFiles, tellUnsent, type Unsent } from '../operate/request-files.ts';
import {
  chooseRetry,
  type LeftFile,
  type RetriedFile,
  type RetriedStatus,
} from '../operate/retry-choice.ts';
import { UserError } from '../user-error.ts';

export interface RetryOptions extends FileSearch, BulkOptions {
  /** Only files that stand so; failed and abandoned ones if none is given. */
  readonly status?: RetriedStatus;
  /** Wait until every file has come to another end. */
  readonly wait?: boolean;
  readonly timeoutSeconds: number;
  /** Gives the signal that calls off waiting. */
  readonly takeInterrupt: () => AbortSignal;
}

/** What `retry --json` answers. */
export interface RetryAnswer {
  /** Null when nothing was done. */
  readonly operationId: string | null;
  /** The files as they stood before. */
  readonly retried: readonly LedgerItem[];
  /** What is left as it is, by kind. */
  readonly left: readonly LeftKind[];
  /** Each of those, where a file is named. */
  readonly leftAlone: readonly LeftAnswer[];
  /** Those that were not sent. */
  readonly unsent: readonly { readonly fileId: string; readonly reason: string }[];
  /** With `--wait`, the files as they stand now. */
  readonly items?: readonly LedgerItem[];
}

/** How many files of a status are left as they are for a reason. */
interface LeftKind {
  readonly status: LedgerItem['status'];
  readonly why: string;
  readonly files: number;
}

type LeftAnswer = Pick<LedgerItem, 'fileId' | 'status'> & {
  readonly key: string;
  readonly why: string;
};

interface Chosen {
  readonly retried: readonly RetriedFile[];
  readonly leftKinds: readonly LeftKind[];
  /** Where a file is named; of all that arrived in a span it would be too many. */
  readonly left: readonly LeftFile[];
}

/**
 * Has files processed again: those that failed, or that were rejected or skipped for a cause that has been
 * mended. Asking twice is asking once, for the ledger decides.
 *
 * @param file object key, file name or file id; all that arrived in the span if none is given
 * @returns the exit code: 1 when a file could not be asked for, or did not succeed when it was waited for
 */
export async function retry(
  deployment: Deployment,
  file: string | undefined,
  options: RetryOptions,
  console: Console,
): Promise<number> {
  const span = file === undefined ? arrivalSpan(options) : {};
  const chosen = await choose(deployment, file, { ...options, ...span });
  const items = chosen.retried.map(({ item }) => item);
  if (options.json !== true) show(chosen, file !== undefined, console);
  if (items.length === 0) return answer({ chosen, options }, console);
  if (!mayAct(options, items.length)) {
    answer({ chosen, options }, console);
    return tellNothingDone(options, items.length, console);
  }
  const operationId = await beginOperation(deployment, {
    action: 'retry',
    reason: options.reason,
    filter: { file, ...filterOf({ ...options, ...span }) },
    items,
  });
  const unsent = await requestFiles(deployment, chosen.retried.map(requestOf(operationId)));
  console.note(`Asked for ${filesOf(items.length - unsent.length)}. Operation: ${operationId}`);
  tellUnsent(unsent, console);
  const refused = new Set(unsent.map(({ request }) => request.file.fileId));
  const sent = items.filter(({ fileId }) => !refused.has(fileId));
  const ended = options.wait === true ? await waitFor(deployment, sent, options, console) : null;
  return answer({ chosen, options, operationId, unsent, ...(ended && { ended }) }, console);
}

async function choose(
  deployment: Deployment,
  file: string | undefined,
  options: RetryOptions,
): Promise<Chosen> {
  const retried: RetriedFile[] = [];
  const left: LeftFile[] = [];
  const kinds = new Map<string, LeftKind>();
  let found = 0;
  for await (const item of searchedItems(deployment, file, options)) {
    found += 1;
    if (!isMeant(item, options)) continue;
    const choice = chooseRetry(item, options.status, Date.now());
    if ('why' in choice) {
      countLeft(kinds, choice);
      if (file !== undefined) left.push(choice);
    } else retried.push(choice);
  }
  if (file !== undefined && retried.length + left.length === 0) throw noneMeant(file, found);
  return { retried, left, leftKinds: [...kinds.values()] };
}

function countLeft(kinds: Map<string, LeftKind>, { item: { status }, why }: LeftFile): void {
  const kind = `${status}: ${why}`;
  const files = (kinds.get(kind)?.files ?? 0) + 1;
  kinds.set(kind, { status, why, files });
}

/** @param found how many versions the ledger knows */
function noneMeant(file: string, found: number): UserError {
  if (found === 0) return unknownFile(file);
  const versions = found === 1 ? 'The one version' : `None of the ${filesOf(found)}`;
  const verb = found === 1 ? 'is not meant' : 'is meant';
  return new UserError(
    `${versions} called "${printable(file)}" ${verb}.`,
    'Leave out --prefix, --code, --dataset, --from or --to. See "npx millrace status FILE".',
  );
}

const filterOf = ({ prefix, code, dataset, status, from, to, replay }: RetryOptions) => ({
  prefix,
  code,
  dataset,
  status,
  from,
  to,
  replay,
});

const requestOf =
  (operationId: string) =>
  ({ item, afterAttempt }: RetriedFile) => ({
    file: fileOfItem(item),
    arrivedAt: item.arrivedAt,
    operationId,
    afterAttempt,
  });

function show({ retried, left, leftKinds }: Chosen, isNamed: boolean, console: Console): void {
  console.result(
    retried.length === 0 ? 'No files to retry.' : formatPlan(retried.map(({ item }) => item)),
  );
  for (const line of isNamed ? left.map(lineOf) : leftKinds.map(kindLineOf)) console.note(line);
}

const lineOf = ({ item, why }: LeftFile): string =>
  `Left alone: ${shownKey(item)} (${item.fileId}): ${why}`;

/** Nobody has asked for each of them: it is enough how many there are of each kind. */
const kindLineOf = ({ status, why, files }: LeftKind): string =>
  `Left alone: ${filesOf(files)} ${status}: ${why}`;

async function waitFor(
  deployment: Deployment,
  items: readonly LedgerItem[],
  { timeoutSeconds, takeInterrupt }: RetryOptions,
  console: Console,
): Promise<{ items: LedgerItem[]; misses: string[] }> {
  const attempts = new Map(items.map((item) => [fileOfItem(item), item.attempt]));
  const files = [...attempts.keys()];
  console.note(`Waiting for ${filesOf(files.length)} ...`);
  const ends = await awaitFiles(deployment, files, {
    timeoutSeconds,
    after: attempts,
    signal: takeInterrupt(),
  });
  return {
    items: ends.filter((item) => item !== undefined),
    misses: files.flatMap((file, index) =>
      describeMiss(file, { status: 'SUCCEEDED' }, ends[index]),
    ),
  };
}

interface Done {
  readonly chosen: Chosen;
  readonly options: RetryOptions;
  readonly operationId?: string;
  readonly unsent?: readonly Unsent[];
  readonly ended?: { readonly items: readonly LedgerItem[]; readonly misses: readonly string[] };
}

/** Tells what was done; returns the exit code. */
function answer(done: Done, console: Console): number {
  const { options, unsent = [], ended } = done;
  if (options.json === true) console.result(jsonOf(done));
  else if (ended !== undefined) console.result(formatFiles(ended.items));
  for (const miss of ended?.misses ?? []) console.note(miss);
  return unsent.length + (ended?.misses.length ?? 0) === 0 ? 0 : 1;
}

function jsonOf({ chosen, operationId, unsent = [], ended }: Done): string {
  const shown: RetryAnswer = {
    operationId: operationId ?? null,
    retried: chosen.retried.map(({ item }) => item),
    left: chosen.leftKinds,
    leftAlone: chosen.left.map(({ item, why }) => ({
      key: keyOf(item),
      fileId: item.fileId,
      status: item.status,
      why,
    })),
    unsent: unsent.map(({ request, reason }) => ({ fileId: request.file.fileId, reason })),
    ...(ended && { items: ended.items }),
  };
  return JSON.stringify(shown, null, 2);
}
