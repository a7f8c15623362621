import * as z from 'zod/mini';
import { boundedText } from '../../shared/aggregates/value-text.ts';
import { Dimension } from '../../shared/live-stats/live-stats-item.ts';
import type { EventEnvelope } from '../event-envelope.ts';
import { FILE_EVENT_TYPES, ObjectEventType } from '../event-types.ts';

/** Larger figures are no figures: 9,000 of these still add up exactly. */
const LARGEST_FIGURE = 1e12;
/** A file's way takes hours at most; its latency counts as a day beyond. */
const LONGEST_LATENCY = 86_400_000;

const Figure = z.catch(
  z.number().check(z.int(), z.nonnegative(), z.maximum(LARGEST_FIGURE)),
  () => 0,
);
const Name = z.catch(z.optional(z.string()), () => undefined);

/** What an application's event may state in its data to be counted by; anything else is not read. */
const ApplicationData = z.object({
  dataset: Name,
  status: Name,
  rows: Figure,
  bytes: Figure,
  rejects: Figure,
});
const ObjectData = z.object({ size: Figure });
const FileData = z.object({
  file: z.object({ size: Figure }),
  status: z.string(),
  dataset: Name,
  arrivedAt: z.iso.datetime({ offset: true }),
  rowsRead: Figure,
  rowsRejected: Figure,
});

/** What an event counts for. */
export interface EventFigures {
  /** Its value of each dimension, where it has one. */
  readonly values: ReadonlyMap<Dimension, string>;
  readonly rows: number;
  readonly bytes: number;
  readonly rejects: number;
  /** Milliseconds from the file's arrival to its end; null for what is not the end of a file. */
  readonly latency: number | null;
  /**
   * A moment that is the same in all copies of the event, in milliseconds since 1970. It is the event's
   * time, but for the end of a file: whoever has to tell it again, after a crash, does so with the same
   * id and another time, while the file's arrival stays what it was.
   */
  readonly anchor: number;
}

/** Reads what an event counts for; never fails, because anybody may publish anything. */
export function figuresOf(event: EventEnvelope): EventFigures {
  if (FILE_EVENT_TYPES.has(event.type)) {
    const data = FileData.safeParse(event.data);
    if (data.success) return fileFigures(event, data.data);
  }
  return event.type === ObjectEventType.CREATED ? objectFigures(event) : otherFigures(event);
}

function fileFigures(event: EventEnvelope, data: z.infer<typeof FileData>): EventFigures {
  const { file, status, dataset, arrivedAt, rowsRead, rowsRejected } = data;
  const anchor = Date.parse(arrivedAt);
  const latency = Date.parse(event.time) - anchor;
  return {
    values: valuesOf(event, { dataset, status }),
    rows: rowsRead,
    bytes: file.size,
    rejects: rowsRejected,
    latency: Math.min(Math.max(latency, 0), LONGEST_LATENCY),
    anchor,
  };
}

function objectFigures(event: EventEnvelope): EventFigures {
  const data = ObjectData.safeParse(event.data);
  return { ...plainFigures(event, {}), bytes: data.success ? data.data.size : 0 };
}

function otherFigures(event: EventEnvelope): EventFigures {
  const data = ApplicationData.safeParse(event.data);
  if (!data.success) return plainFigures(event, {});
  const { dataset, status, rows, bytes, rejects } = data.data;
  return { ...plainFigures(event, { dataset, status }), rows, bytes, rejects };
}

const plainFigures = (event: EventEnvelope, names: Names): EventFigures => ({
  values: valuesOf(event, names),
  rows: 0,
  bytes: 0,
  rejects: 0,
  latency: null,
  anchor: Date.parse(event.time),
});

interface Names {
  readonly dataset?: string | undefined;
  readonly status?: string | undefined;
}

function valuesOf(event: EventEnvelope, { dataset, status }: Names): Map<Dimension, string> {
  const values = new Map<Dimension, string>();
  values.set(Dimension.TYPE, valueText(event.type));
  values.set(Dimension.SOURCE, valueText(event.source));
  if (dataset !== undefined) values.set(Dimension.DATASET, valueText(dataset));
  if (status !== undefined) values.set(Dimension.STATUS, valueText(status));
  return values;
}

/** Half of a surrogate pair would come back from the table as another character. */
const valueText = (text: string): string => boundedText(text.toWellFormed());
