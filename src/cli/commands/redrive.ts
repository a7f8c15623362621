import { sourceOf, type LedgerItem } from '../../shared/ledger/ledger-item.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { DeadLetterQueue, MOST_LETTERS, type DeadLetter } from '../operate/dead-letters.ts';
import type { FileFilter } from '../operate/file-filter.ts';
import { filesOf, formatPlan } from '../operate/format-plan.ts';
import { beginOperation, mayAct, tellNothingDone, type BulkOptions } from '../operate/operation.ts';
import {
  planRedrive,
  requestFor,
  type LetterFile,
  type MovedLetter,
  type RedrivePlan,
} from '../operate/redrive-plan.ts';
import { requestFiles, sendAll } from '../operate/request-files.ts';
import type { RetriedStatus } from '../operate/retry-choice.ts';

export interface RedriveOptions extends FileFilter, BulkOptions {
  /** Only files that stand so. */
  readonly status?: RetriedStatus;
}

/** What `redrive --json` answers. */
export interface RedriveAnswer {
  /** Null when nothing was done. */
  readonly operationId: string | null;
  readonly asked: readonly FileAnswer[];
  /** Files that had come to their end already; their letters are dropped. */
  readonly ended: readonly FileAnswer[];
  readonly left: readonly { readonly messageId: string; readonly why: string }[];
  /** Letters of files that were not meant. */
  readonly others: number;
  readonly malformed: number;
  /** Letters of objects that are gone, put back as they were. */
  readonly removals: number;
}

interface FileAnswer extends Pick<LedgerItem, 'fileId'> {
  readonly key: string;
  readonly status: LedgerItem['status'] | null;
}

interface Outcome {
  readonly operationId: string | null;
  /** Letters whose files the queue refused. */
  readonly refused: ReadonlyMap<DeadLetter, string>;
}

const NOTHING_DONE: Outcome = { operationId: null, refused: new Map() };

/**
 * Has the files of dead letters processed again. A letter is deleted only when its files have been asked
 * for: dying in between means that they are asked for twice, which the ledger sees.
 *
 * @param file object key, file name or file id; all letters that are meant if none is given
 * @returns the exit code: 1 when a file could not be asked for
 */
export async function redrive(
  deployment: Deployment,
  file: string | undefined,
  options: RedriveOptions,
  console: Console,
): Promise<number> {
  const queue = new DeadLetterQueue(deployment.sqs, deployment.outputs.DeadLetterQueueUrl);
  const open = new Set(await queue.takeUp());
  try {
    const letters = [...open];
    const items = await itemsOf(deployment, letters);
    const plan = planRedrive(letters, items, { ...options, file }, Date.now());
    return await carryOut({ deployment, queue, plan, open, file, options }, console);
  } finally {
    await queue.release([...open]);
  }
}

/** What the ledger knows of the letters' files, by file id. */
async function itemsOf(
  { ledger }: Deployment,
  letters: readonly DeadLetter[],
): Promise<Map<string, LedgerItem>> {
  const announced = letters.flatMap(({ files }) => files ?? []);
  const keys = new Map(
    announced.map(({ file }) => [file.fileId, { source: sourceOf(file), fileId: file.fileId }]),
  );
  const items = new Map<string, LedgerItem>();
  for await (const item of ledger.existing([...keys.values()])) items.set(item.fileId, item);
  return items;
}

interface Redrive {
  readonly deployment: Deployment;
  readonly queue: DeadLetterQueue;
  readonly plan: RedrivePlan;
  /** Letters that are taken up and not deleted. */
  readonly open: Set<DeadLetter>;
  readonly file: string | undefined;
  readonly options: RedriveOptions;
}

async function carryOut(redrive: Redrive, console: Console): Promise<number> {
  const { deployment, plan, file, options } = redrive;
  const concerned = plan.moved.flatMap(({ asked, ended }) => [...asked, ...ended]);
  if (options.json !== true) show(plan, console);
  tellRest(redrive, console);
  const count = concerned.length + plan.removals.length;
  if (count === 0) return answer(redrive, NOTHING_DONE, console);
  if (!mayAct(options, count)) {
    answer(redrive, NOTHING_DONE, console);
    return tellNothingDone(options, count, console);
  }
  const { prefix, code, dataset, status, from, to, reason } = options;
  const operationId = await beginOperation(deployment, {
    action: 'redrive',
    reason,
    filter: { file, prefix, code, dataset, status, from, to },
    items: concerned.map(({ announced }) => ({ source: sourceOf(announced.file) })),
  });
  const refused = new Map([...(await move(redrive, operationId)), ...(await putBack(redrive))]);
  return answer(redrive, { operationId, refused }, console);
}

/** Asks for the files of letters and deletes those letters; returns why the others were refused. */
async function move(
  { deployment, queue, plan, open }: Redrive,
  operationId: string,
): Promise<Map<DeadLetter, string>> {
  const refused = new Map<DeadLetter, string>();
  for (const moved of inGroups(plan.moved)) {
    const asked = moved.flatMap((one) => one.asked);
    const requests = new Map(
      asked.map((file) => [file.announced.file.fileId, requestFor(file, operationId)]),
    );
    const unsent = await requestFiles(deployment, [...requests.values()]);
    const reasons = new Map(unsent.map(({ request, reason }) => [request.file.fileId, reason]));
    for (const { letter, asked } of moved) {
      const [reason] = asked.flatMap(({ announced }) => reasons.get(announced.file.fileId) ?? []);
      if (reason !== undefined) refused.set(letter, reason);
    }
    const done = moved.map(({ letter }) => letter).filter((letter) => !refused.has(letter));
    await queue.delete(done);
    for (const letter of done) open.delete(letter);
  }
  return refused;
}

/** Puts letters of removals into the ingest queue as they came; returns why some were refused. */
async function putBack({
  deployment,
  queue,
  plan,
  open,
}: Redrive): Promise<Map<DeadLetter, string>> {
  const refused = new Map<DeadLetter, string>();
  for (let start = 0; start < plan.removals.length; start += 10) {
    const letters = plan.removals.slice(start, start + 10);
    const bodies = letters.map(({ body }) => body);
    const reasons = await sendAll(deployment.sqs, deployment.outputs.IngestQueueUrl, bodies);
    letters.forEach((letter, index) => {
      const reason = reasons.get(index);
      if (reason !== undefined) refused.set(letter, reason);
    });
    const done = letters.filter((letter) => !refused.has(letter));
    await queue.delete(done);
    for (const letter of done) open.delete(letter);
  }
  return refused;
}

/** Letters whose requests fit a call, as long as each has one file. */
function* inGroups(moved: readonly MovedLetter[]): Generator<readonly MovedLetter[]> {
  for (let start = 0; start < moved.length; start += 10) yield moved.slice(start, start + 10);
}

function show({ moved, left }: RedrivePlan, console: Console): void {
  const asked = moved.flatMap((letter) => letter.asked);
  console.result(asked.length === 0 ? 'No files to redrive.' : formatPlan(asked.map(shownItem)));
  for (const { announced, item } of moved.flatMap(({ ended }) => ended)) {
    const { key, fileId } = announced.file;
    console.note(`${key} (${fileId}): it is ${item?.status ?? ''} already; its letter is dropped.`);
  }
  for (const { letter, files, why } of left) {
    const keys = files.map(({ announced }) => announced.file.key).join(', ');
    console.note(`Left in the queue: message ${letter.messageId} (${keys}): ${why}`);
  }
}

/** A file that the ledger does not know is shown as if its first attempt were to come. */
const shownItem = ({ announced: { file, eventTime }, item }: LetterFile): LedgerItem =>
  item ?? {
    ...file,
    source: sourceOf(file),
    status: 'RUNNING',
    attempt: 0,
    arrivedAt: eventTime,
    arrivalHour: '',
    startedAt: eventTime,
  };

function tellRest({ deployment, plan, open }: Redrive, console: Console): void {
  if (plan.removals.length > 0) {
    console.note(`${plan.removals.length} letters tell of objects that are gone.`);
  }
  if (plan.malformed > 0) {
    console.note(
      `Left in the queue: ${plan.malformed} messages that tell of no file, and so cannot be redriven. ` +
        'Look at them with "aws sqs receive-message --visibility-timeout 0 --max-number-of-messages 10 ' +
        `--queue-url ${deployment.outputs.DeadLetterQueueUrl}"; see docs/runbook.md#files-given-up.`,
    );
  }
  if (open.size >= MOST_LETTERS) {
    console.note(`These are the first ${open.size} messages of the queue: run it again for more.`);
  }
}

function answer(
  { plan, options }: Redrive,
  { operationId, refused }: Outcome,
  console: Console,
): number {
  if (options.json === true) console.result(jsonOf(plan, { operationId, refused }));
  if (operationId !== null) {
    const done = plan.moved.filter(({ letter }) => !refused.has(letter));
    const asked = done.flatMap((letter) => letter.asked).length;
    console.note(`Asked for ${filesOf(asked)}. Operation: ${operationId}`);
  }
  for (const [{ messageId }, reason] of refused) {
    console.note(`Left in the queue: message ${messageId}: the ingest queue refused it: ${reason}`);
  }
  return refused.size === 0 ? 0 : 1;
}

function jsonOf(
  { moved, left, removals, others, malformed }: RedrivePlan,
  outcome: Outcome,
): string {
  const { operationId, refused } = outcome;
  const stays = [...refused].map(([{ messageId }, why]) => ({ messageId, why }));
  const shown: RedriveAnswer = {
    operationId,
    asked: moved.flatMap(({ asked }) => asked.map(fileAnswer)),
    ended: moved.flatMap(({ ended }) => ended.map(fileAnswer)),
    left: [...left.map(({ letter: { messageId }, why }) => ({ messageId, why })), ...stays],
    others,
    malformed,
    removals: removals.length,
  };
  return JSON.stringify(shown, null, 2);
}

const fileAnswer = ({ announced: { file }, item }: LetterFile): FileAnswer => ({
  key: file.key,
  fileId: file.fileId,
  status: item?.status ?? null,
});
