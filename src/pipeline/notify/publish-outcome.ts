import { PublishCommand, type MessageAttributeValue, type SNSClient } from '@aws-sdk/client-sns';
import type { CloudEvent } from '../../shared/cloud-event.ts';
import { Environment, requiredString } from '../../shared/environment.ts';
import type { AttemptOutcome, Ledger } from '../../shared/ledger/ledger.ts';
import { fileEvent, type FileEventData } from './file-event.ts';

export interface OutcomeSinks {
  readonly ledger: Ledger;
  readonly sns: SNSClient;
}

/** Publishing and recording take less than this, so that nobody else can claim the file meanwhile. */
const HOLD_MILLISECONDS = 30_000;

/**
 * Tells the world how an attempt ended: makes sure that the file is still this attempt's, publishes the
 * event, then records the outcome in the ledger.
 *
 * In this order, because a stale attempt must not publish, and because the ledger's entry ends the work
 * on the file: a crash in between repeats the event (same id) instead of losing it. An outcome that has
 * been recorded already, by a call whose answer was lost, is done.
 *
 * @returns whether this call published it
 * @throws AttemptSuperseded when a newer attempt holds the file, or this one has ended otherwise
 */
export async function publishOutcome(
  outcome: AttemptOutcome,
  { ledger, sns }: OutcomeSinks,
): Promise<boolean> {
  const source = requiredString(Environment.EVENT_SOURCE);
  const held = await ledger.holdForOutcome(outcome, Date.now() + HOLD_MILLISECONDS);
  if (held.isRecorded) return false;
  await publish(sns, fileEvent(outcome, { source, earlierEnds: held.earlierEnds }));
  await ledger.recordOutcome(outcome);
  return true;
}

/** Publishes a file event; its type, status, dataset and code can be filtered by subscribers. */
async function publish(sns: SNSClient, event: CloudEvent<FileEventData>): Promise<void> {
  const { status, dataset, code } = event.data;
  await sns.send(
    new PublishCommand({
      TopicArn: requiredString(Environment.EVENTS_TOPIC_ARN),
      Message: JSON.stringify(event),
      MessageAttributes: textAttributes({ type: event.type, status, dataset, code }),
    }),
  );
}

function textAttributes(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, MessageAttributeValue> {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    present.map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}
