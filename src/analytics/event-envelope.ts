import * as z from 'zod/mini';

const Text = z.string().check(z.minLength(1));

/**
 * What every event must have, whoever publishes it: the attributes of CloudEvents 1.0 in its JSON
 * format, published as `events/schemas/event-envelope.schema.json`. Stricter than CloudEvents in one
 * thing: `time` is required, because an event is counted in the window of its time.
 *
 * Extension attributes and data may be anything. As in CloudEvents, an optional attribute that is
 * null is one that is not there.
 */
export const EventEnvelope = z.object({
  specversion: z.literal('1.0'),
  id: Text,
  source: Text.check(z.refine(isUriReference, 'Invalid URI reference')),
  type: Text,
  time: z.iso.datetime({ offset: true }),
  subject: z.nullish(Text),
  datacontenttype: z.nullish(Text),
  dataschema: z.nullish(Text),
  data: z.optional(z.unknown()),
});

export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** A text or value that is no CloudEvent, with the first thing that is wrong with it. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

/**
 * Checks an event's envelope.
 *
 * @throws MalformedEvent naming the attribute at fault
 */
export function checkEnvelope(event: unknown): EventEnvelope {
  const checked = EventEnvelope.safeParse(event);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const at = issue?.path.join('.') ?? '';
  throw new MalformedEvent(`${at === '' ? 'the event' : at}: ${issue?.message ?? 'invalid'}`);
}

/** Relative references are resolved against any base, only to see whether they can be. */
function isUriReference(text: string): boolean {
  return URL.canParse(text, 'https://example.org');
}
