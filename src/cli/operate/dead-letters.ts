import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  announcedFiles,
  announcedRemovals,
  type AnnouncedFile,
} from '../../pipeline/dispatch/announced-files.ts';
import type { SourceRemoval } from '../../shared/ledger/removals.ts';
import { MalformedMessage } from '../../shared/s3-event.ts';

/** Most messages of one call. */
const BATCH_MESSAGES = 10;
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

/** The dead-letter queue of files, as an operator goes through it. */
export class DeadLetterQueue {
  readonly #sqs: SQSClient;
  readonly #url: string;

  constructor(sqs: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  /** Takes up all letters, at most so many. They are to be released or deleted. */
  async takeUp(most = MOST_LETTERS): Promise<DeadLetter[]> {
    const letters = new Map<string, DeadLetter>();
    while (letters.size < most) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#url,
          MaxNumberOfMessages: BATCH_MESSAGES,
          VisibilityTimeout: HOLD_SECONDS,
          WaitTimeSeconds: WAIT_SECONDS,
        }),
      );
      if (Messages.length === 0) break;
      // A letter that comes twice has a new receipt handle, and only that one counts.
      for (const letter of Messages.map(deadLetter)) letters.set(letter.messageId, letter);
    }
    return [...letters.values()];
  }

  /** Lets others see letters again at once. */
  async release(letters: readonly DeadLetter[]): Promise<void> {
    const QueueUrl = this.#url;
    for (const batch of batchesOf(letters)) {
      const Entries = entriesOf(batch).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      await this.#sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    }
  }

  /** Deletes letters; one that is not deleted comes again, and finds that its files have been asked for. */
  async delete(letters: readonly DeadLetter[]): Promise<void> {
    for (const batch of batchesOf(letters)) {
      const Entries = entriesOf(batch);
      await this.#sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }));
    }
  }
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

const entriesOf = (letters: readonly DeadLetter[]): { Id: string; ReceiptHandle: string }[] =>
  letters.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));

function* batchesOf(letters: readonly DeadLetter[]): Generator<readonly DeadLetter[]> {
  for (let start = 0; start < letters.length; start += BATCH_MESSAGES) {
    yield letters.slice(start, start + BATCH_MESSAGES);
  }
}
