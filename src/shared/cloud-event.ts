/** A CloudEvents 1.0 event in JSON (https://github.com/cloudevents/spec, JSON format). */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique per source; two events with one id are the same event, delivered twice. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
}
