import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type BatchResultErrorEntry,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  announcedFiles,
  announcedRemovals,
  type AnnouncedFile,
} from '../../pipeline/dispatch/announced-files.ts';
import { batchesOf } from '../../shared/batches.ts';
import type { SourceRemoval } from '../../shared/ledger/removals.ts';
import { MalformedMessage } from '../../shared/s3-event.ts';

/** Most messages of one call. */
export const BATCH_MESSAGES = 10;
/** Nobody else gets the letters while they are looked through. */
const HOLD_SECONDS = 900;
/** What is looked through at once. */
export const MOST_LETTERS = 10_000;
/** Long polling asks all servers of the queue: an empty answer means that it is empty. */
const WAIT_SECONDS = 1;

/** A message of the dead-letter queue. */
export interface DeadLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** The files that it tells of; null when it is not a message that the ingest queue is for. */
  readonly files: readonly AnnouncedFile[] | null;
  /** The objects that it tells to be gone. */
  readonly removals: readonly SourceRemoval[];
  readonly body: string;
}

/** Letters that SQS refused to do something to, and why. */
export type Refusals = ReadonlyMap<DeadLetter, string>;

/** The dead-letter queue of files, as an operator goes through it. */
export class DeadLetterQueue {
  readonly #sqs: SQSClient;
  readonly #url: string;

  constructor(sqs: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  /**
   * Takes up letters until there are no more, batch by batch: they are to be released or deleted. A letter that
   * comes twice has a new receipt handle, and only that one counts.
   */
  async *takeUp(): AsyncGenerator<DeadLetter[]> {
    for (;;) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url,
          MaxNumberOfMessages: BATCH_MESSAGES,
          VisibilityTimeout: HOLD_SECONDS,
          WaitTimeSeconds: WAIT_SECONDS,
        }),
      );
      if (Messages.length === 0) return;
      yield Messages.map(deadLetter);
    }
  }

  /** About how many letters somebody has taken up. */
  async countTakenUp(): Promise<number> {
    const attribute = 'ApproximateNumberOfMessagesNotVisible';
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.#url, AttributeNames: [attribute] }),
    );
    return Number(Attributes[attribute] ?? 0);
  }

  /** Lets others see letters again at once; returns why those were refused that were. */
  release(letters: readonly DeadLetter[]): Promise<Refusals> {
    const QueueUrl = this.#url;
    return inBatches(letters, (entries) => {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      return this.#sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    });
  }

  /**
   * Deletes letters; one that is not deleted comes again, and finds that its files have been asked for.
   *
   * @returns why those were refused that were
   */
  delete(letters: readonly DeadLetter[]): Promise<Refusals> {
    const QueueUrl = this.#url;
    return inBatches(letters, (Entries) =>
      this.#sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })),
    );
  }
}

interface LetterEntry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

/** Does something to letters by as many calls as it takes; returns why SQS refused those that it did. */
async function inBatches(
  letters: readonly DeadLetter[],
  call: (
    entries: LetterEntry[],
  ) => Promise<{ readonly Failed?: BatchResultErrorEntry[] | undefined }>,
): Promise<Refusals> {
  const refusals = new Map<DeadLetter, string>();
  for (const batch of batchesOf(letters, BATCH_MESSAGES)) {
    const { Failed = [] } = await call(entriesOf(batch));
    for (const { Id, Code = '', Message = '' } of Failed) {
      const letter = batch[Number(Id)];
      if (letter !== undefined) refusals.set(letter, `${Code} ${Message}`.trim());
    }
  }
  return refusals;
}

function deadLetter({ MessageId = '', ReceiptHandle = '', Body = '' }: Message): DeadLetter {
  const letter = { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body };
  return { ...letter, ...newsIn(Body) };
}

function newsIn(body: string): Pick<DeadLetter, 'files' | 'removals'> {
  try {
    return { files: announcedFiles(body), removals: announcedRemovals(body) };
  } catch (error) {
    if (error instanceof MalformedMessage) return { files: null, removals: [] };
    throw error;
  }
}

const entriesOf = (letters: readonly DeadLetter[]): LetterEntry[] =>
  letters.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
