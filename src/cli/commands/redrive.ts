import { batchesOf } from '../../shared/batches.ts';
import { ledgerKeyOf, sourceOf, type LedgerItem } from '../../shared/ledger/ledger-item.ts';
import { printable } from '../../shared/printable.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { INTERRUPTED_EXIT_CODE } from '../interrupt.ts';
import {
  BATCH_MESSAGES,
  DeadLetterQueue,
  MOST_LETTERS,
  type DeadLetter,
  type Refusals,
} from '../operate/dead-letters.ts';
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
import { sendAll, sendRequests } from '../operate/request-files.ts';
import type { UndecidedStatus } from '../operate/retry-choice.ts';

/** Letters that are named for each reason by which they stay. */
const MOST_LINES = 10;

export interface RedriveOptions extends FileFilter, BulkOptions {
  /** Only files that stand so. */
  readonly status?: UndecidedStatus;
  /** Ends it between two batches. */
  readonly signal?: AbortSignal;
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
  /** Whether there may be more letters than were looked through. */
  readonly truncated: boolean;
}

interface FileAnswer extends Pick<LedgerItem, 'fileId'> {
  readonly key: string;
  readonly status: LedgerItem['status'] | null;
}

/** What has been done so far. */
interface Outcome {
  readonly operationId: string | null;
  /** Letters that have been sent. */
  readonly sent: Set<DeadLetter>;
  /** Letters that were to be taken out and are still in the queue, and why. */
  readonly stays: Map<DeadLetter, string>;
}

/**
 * Has the files of dead letters processed again. A letter is deleted only when its files have been asked
 * for: dying in between means that they are asked for twice, which the ledger sees.
 *
 * @param file object key, file name or file id; all letters that are meant if none is given
 * @returns the exit code: 1 when a letter that was meant stays, or the file has none
 */
export async function redrive(
  deployment: Deployment,
  file: string | undefined,
  options: RedriveOptions,
  console: Console,
): Promise<number> {
  const queue = new DeadLetterQueue(deployment.sqs, deployment.outputs.DeadLetterQueueUrl);
  const open: OpenLetters = new Map();
  try {
    await takeUp(queue, open, options.signal);
    const letters = [...open.values()];
    const held = (await queue.countTakenUp()) - letters.length;
    const truncated = letters.length >= MOST_LETTERS;
    const items = await itemsOf(deployment, letters);
    const plan = planRedrive(letters, items, { ...options, file }, Date.now());
    const redrive = { deployment, queue, plan, open, file, options, held, truncated };
    return await carryOut(redrive, console);
  } finally {
    await release(queue, [...open.values()], console);
  }
}

/** Letters that are taken up and not deleted, by message id. */
type OpenLetters = Map<string, DeadLetter>;

async function takeUp(
  queue: DeadLetterQueue,
  open: OpenLetters,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const letters of queue.takeUp()) {
    for (const letter of letters) open.set(letter.messageId, letter);
    signal?.throwIfAborted();
    if (open.size >= MOST_LETTERS) return;
  }
}

/** Never throws: what went wrong before is the error to be told. */
async function release(
  queue: DeadLetterQueue,
  letters: readonly DeadLetter[],
  console: Console,
): Promise<void> {
  try {
    const [reason] = (await queue.release(letters)).values();
    if (reason !== undefined) tellHeld(reason, console);
  } catch (error) {
    tellHeld((error as Error).message, console);
  }
}

const tellHeld = (reason: string, console: Console): void =>
  console.note(`Letters that were taken up are not seen for up to 15 minutes: ${reason}`);

/** What the ledger knows of the letters' files, by file id. */
async function itemsOf(
  { ledger }: Deployment,
  letters: readonly DeadLetter[],
): Promise<Map<string, LedgerItem>> {
  const announced = letters.flatMap(({ files }) => files ?? []);
  const keys = new Map(announced.map(({ file }) => [file.fileId, ledgerKeyOf(file)]));
  const items = new Map<string, LedgerItem>();
  for await (const item of ledger.existing([...keys.values()])) items.set(item.fileId, item);
  return items;
}

interface Redrive {
  readonly deployment: Deployment;
  readonly queue: DeadLetterQueue;
  readonly plan: RedrivePlan;
  readonly open: OpenLetters;
  readonly file: string | undefined;
  readonly options: RedriveOptions;
  /** About how many letters others have taken up. */
  readonly held: number;
  readonly truncated: boolean;
}

async function carryOut(redrive: Redrive, console: Console): Promise<number> {
  const { plan, options } = redrive;
  const count = filesIn(plan.moved).length + plan.removals.length;
  if (options.json !== true) show(plan, console);
  tellRest(redrive, console);
  const nothing = { operationId: null, sent: new Set<DeadLetter>(), stays: new Map() };
  if (count === 0) {
    answer(redrive, nothing, console);
    return tellMissing(redrive, console);
  }
  if (!mayAct(options, count)) {
    answer(redrive, nothing, console);
    return tellNothingDone(options, count, console);
  }
  const outcome = await begin(redrive);
  try {
    await takeOut(redrive, outcome);
  } finally {
    answer(redrive, outcome, console);
  }
  if (options.signal?.aborted === true) return INTERRUPTED_EXIT_CODE;
  return outcome.stays.size === 0 ? 0 : 1;
}

const filesIn = (moved: readonly MovedLetter[]): LetterFile[] =>
  moved.flatMap(({ asked, ended }) => [...asked, ...ended]);

/** Records the operation. */
async function begin({ deployment, plan, file, options }: Redrive): Promise<Outcome> {
  const { prefix, code, dataset, status, from, to, reason } = options;
  const items = [
    ...filesIn(plan.moved).map(({ announced }) => announced.file),
    ...plan.removals.flatMap(({ removals }) => removals),
  ];
  const operationId = await beginOperation(deployment, {
    action: 'redrive',
    reason,
    filter: { file, prefix, code, dataset, status, from, to },
    items: items.map((item) => ({ source: sourceOf(item) })),
  });
  const letters = [...plan.moved.map(({ letter }) => letter), ...plan.removals];
  const stays = new Map(letters.map((letter) => [letter, 'the command was cut short']));
  return { operationId, sent: new Set(), stays };
}

/** Asks for the files of letters, puts those of removals back, and deletes the letters. */
async function takeOut(redrive: Redrive, outcome: Outcome): Promise<void> {
  const { plan } = redrive;
  for (const moved of batchesOf(plan.moved, BATCH_MESSAGES)) {
    const letters = moved.map(({ letter }) => letter);
    await move(redrive, outcome, letters, () => ask(redrive, outcome, moved));
  }
  for (const letters of batchesOf(plan.removals, BATCH_MESSAGES)) {
    await move(redrive, outcome, letters, () => putBack(redrive, letters));
  }
}

/** Sends what letters tell, and deletes those that were not refused; nothing once it is interrupted. */
async function move(
  { queue, open, options }: Redrive,
  { sent, stays }: Outcome,
  letters: readonly DeadLetter[],
  send: () => Promise<Refusals>,
): Promise<void> {
  if (options.signal?.aborted === true) return;
  const refused = await send();
  for (const [letter, reason] of refused) {
    stays.set(letter, `the ingest queue refused it: ${reason}`);
  }
  const taken = letters.filter((letter) => !refused.has(letter));
  for (const letter of taken) {
    sent.add(letter);
    stays.set(letter, 'it was sent, but not deleted');
  }
  const kept = await queue.delete(taken);
  for (const letter of taken) {
    const reason = kept.get(letter);
    if (reason !== undefined) stays.set(letter, `it was sent, but not deleted: ${reason}`);
    else {
      stays.delete(letter);
      open.delete(letter.messageId);
    }
  }
}

/** Asks for the files of letters; returns why some letters were refused. */
async function ask(
  { deployment }: Redrive,
  { operationId }: Outcome,
  moved: readonly MovedLetter[],
): Promise<Refusals> {
  const requests = new Map(
    moved
      .flatMap(({ asked }) => asked)
      .map((file) => [file.announced.file.fileId, requestFor(file, operationId ?? '')]),
  );
  const unsent = await sendRequests(deployment, [...requests.values()]);
  const reasons = new Map(unsent.map(({ request, reason }) => [request.file.fileId, reason]));
  const refused = new Map<DeadLetter, string>();
  for (const { letter, asked } of moved) {
    const [reason] = asked.flatMap(({ announced }) => reasons.get(announced.file.fileId) ?? []);
    if (reason !== undefined) refused.set(letter, reason);
  }
  return refused;
}

/** Puts letters into the ingest queue as they came; returns why some were refused. */
async function putBack(
  { deployment: { sqs, outputs } }: Redrive,
  letters: readonly DeadLetter[],
): Promise<Refusals> {
  const bodies = letters.map(({ body }) => body);
  const reasons = await sendAll(sqs, outputs.IngestQueueUrl, bodies);
  return new Map(letters.flatMap((letter, index) => pairOf(letter, reasons.get(index))));
}

const pairOf = (letter: DeadLetter, reason: string | undefined): [DeadLetter, string][] =>
  reason === undefined ? [] : [[letter, reason]];

function show({ moved, left }: RedrivePlan, console: Console): void {
  const asked = moved.flatMap((letter) => letter.asked);
  console.result(asked.length === 0 ? 'No files to redrive.' : formatPlan(asked.map(shownItem)));
  for (const { announced, item } of moved.flatMap(({ ended }) => ended)) {
    const { key, fileId } = announced.file;
    console.note(
      `${printable(key)} (${fileId}): it is ${item?.status ?? ''} already; its letter is dropped.`,
    );
  }
  for (const { letter, files, why } of left) {
    const keys = files.map(({ announced }) => printable(announced.file.key)).join(', ');
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

function tellRest({ deployment, plan, open, held, truncated }: Redrive, console: Console): void {
  if (plan.removals.length > 0) {
    console.note(
      `${lettersOf(plan.removals.length)} of objects that are gone: they are put back as they came.`,
    );
  }
  if (plan.malformed > 0) {
    console.note(
      `Left in the queue: ${plan.malformed} messages that tell of no file, and so cannot be redriven. ` +
        'Look at them with "aws sqs receive-message --visibility-timeout 0 --max-number-of-messages 10 ' +
        `--queue-url ${deployment.outputs.DeadLetterQueueUrl}"; see docs/runbook.md#files-given-up.`,
    );
  }
  if (plan.others > 0) console.note(`Left in the queue: ${lettersOf(plan.others)} of other files.`);
  if (held > 0) {
    console.note(
      `About ${lettersOf(held)} are taken up by another redrive, or were by one that was cut short: ` +
        'they can be seen again within 15 minutes.',
    );
  }
  if (truncated) {
    console.note(`These are the first ${open.size} messages of the queue: run it again for more.`);
  }
}

const lettersOf = (count: number): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'letter' : 'letters'}`;

/** Returns the exit code: 1 when a file was named of which there is no letter. */
function tellMissing({ plan, file }: Redrive, console: Console): number {
  if (file === undefined || plan.left.length > 0) return 0;
  console.note(`No letter that is meant tells of "${printable(file)}".`);
  return 1;
}

/** Tells what was done. */
function answer(redrive: Redrive, outcome: Outcome, console: Console): void {
  const { plan, options } = redrive;
  const { operationId, sent, stays } = outcome;
  if (options.json === true) console.result(jsonOf(redrive, outcome));
  if (operationId !== null) {
    const asked = plan.moved.filter(({ letter }) => sent.has(letter)).flatMap((one) => one.asked);
    const back = plan.removals.filter((letter) => sent.has(letter)).length;
    const removals = back === 0 ? '' : `, put back ${lettersOf(back)} of objects that are gone`;
    console.note(`Asked for ${filesOf(asked.length)}${removals}. Operation: ${operationId}`);
  }
  for (const [reason, letters] of Map.groupBy(stays.keys(), (letter) => stays.get(letter) ?? '')) {
    for (const { messageId } of letters.slice(0, MOST_LINES)) {
      console.note(`Left in the queue: message ${messageId}: ${reason}`);
    }
    const more = letters.length - MOST_LINES;
    if (more > 0) console.note(`Left in the queue: ${lettersOf(more)} more: ${reason}`);
  }
}

function jsonOf({ plan, truncated }: Redrive, { operationId, stays }: Outcome): string {
  const { moved, left, removals, others, malformed } = plan;
  const staying = [...stays].map(([{ messageId }, why]) => ({ messageId, why }));
  const shown: RedriveAnswer = {
    operationId,
    asked: moved.flatMap(({ asked }) => asked.map(fileAnswer)),
    ended: moved.flatMap(({ ended }) => ended.map(fileAnswer)),
    left: [...left.map(({ letter: { messageId }, why }) => ({ messageId, why })), ...staying],
    others,
    malformed,
    removals: removals.length,
    truncated,
  };
  return JSON.stringify(shown, null, 2);
}

const fileAnswer = ({ announced: { file }, item }: LetterFile): FileAnswer => ({
  key: file.key,
  fileId: file.fileId,
  status: item?.status ?? null,
});
