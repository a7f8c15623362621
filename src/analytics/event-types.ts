/** Types of the events that tell what happens to source objects; schemas lie under `events/schemas`. */
export const ObjectEventType = {
  CREATED: 'io.millrace.object.created',
  REMOVED: 'io.millrace.object.removed',
} as const;

/** Types of Millrace's own events about files, which the pipeline publishes. */
export const FILE_EVENT_TYPES: ReadonlySet<string> = new Set([
  'io.millrace.file.succeeded',
  'io.millrace.file.rejected',
  'io.millrace.file.failed',
  'io.millrace.file.skipped',
]);

/** Types with a published schema of their own; any other is an application's. */
export const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...Object.values(ObjectEventType),
  ...FILE_EVENT_TYPES,
]);
