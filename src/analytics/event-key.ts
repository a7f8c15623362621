import { hash } from 'node:crypto';

/** Half of SHA-256 is plenty to spread events; the key counts towards a record's size. */
const PARTITION_KEY_DIGITS = 32;
/** 96 bits: among 60,000 events a minute two share them once in about 4 × 10^19 minutes. */
const IDENTITY_BYTES = 12;

/**
 * The partition key of an event on the stream: a hash of source and subject.
 *
 * What has to stay in order is what happens to one thing, which is what a source's subject names: one
 * object, one order, one device. The source alone would keep that order too, but would put all that
 * comes from a large source, such as the pipeline itself, on one shard. A source that wants the order
 * of all its events leaves the subject out. Hashed, because keys are limited to 256 characters.
 */
export function partitionKeyOf(event: {
  source: string;
  subject?: string | null | undefined;
}): string {
  return hash('sha256', pairOf(event.source, event.subject ?? '')).slice(0, PARTITION_KEY_DIGITS);
}

/**
 * What makes an event the same event as another: source and id, as CloudEvents has it, in 12 bytes.
 *
 * @returns the bytes as a string of as many characters
 */
export function identityOf({ source, id }: { source: string; id: string }): string {
  const digest = hash('sha256', pairOf(source, id), 'buffer');
  return digest.toString('latin1', 0, IDENTITY_BYTES);
}

/** Unambiguous, whatever characters the two are made of. */
const pairOf = (first: string, second: string): string => `${first.length}:${first}${second}`;
