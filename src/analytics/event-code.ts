/** Why an event is not on the stream, or not in a window. A code never changes its meaning. */
export const EventCode = {
  /** Forward: neither an S3 event nor a CloudEvent; in the analytics dead-letter queue. */
  MALFORMED_EVENT: 'MALFORMED_EVENT',
  /** Forward: larger than a record of the stream may be; in the analytics dead-letter queue. */
  OVERSIZE_EVENT: 'OVERSIZE_EVENT',
  /** Analyse: a record of the stream that holds no CloudEvent; at the on-failure destination. */
  MALFORMED_RECORD: 'MALFORMED_RECORD',
} as const;

export type EventCode = (typeof EventCode)[keyof typeof EventCode];
