import fc from './fast-check.ts';
import { s3Record } from './s3-events.ts';

/** One change of a key in a versioned bucket. */
type Change =
  | { readonly kind: 'put' | 'delete' }
  /** Deletes the version for good that comes at that place among those that are there. */
  | { readonly kind: 'purge'; readonly at: number };

/** What happened to a key, as S3 does it: the oracle of what is told of it. */
export class KeyHistory {
  /** Version that a reader gets; undefined when there is none. */
  readonly current: string | undefined;
  readonly #told: { eventName: string; versionId: string }[] = [];

  constructor(changes: readonly Change[]) {
    let versions: { versionId: string; isMarker: boolean }[] = [];
    for (const [index, change] of changes.entries()) {
      if (change.kind === 'purge') {
        const gone = versions[change.at % Math.max(1, versions.length)];
        if (gone === undefined) continue;
        versions = versions.filter((version) => version !== gone);
        this.#told.push({ eventName: 'ObjectRemoved:Delete', versionId: gone.versionId });
        continue;
      }
      const isMarker = change.kind === 'delete';
      const version = { versionId: `v${index}`, isMarker };
      versions.push(version);
      const eventName = isMarker ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectCreated:Put';
      this.#told.push({ eventName, versionId: version.versionId });
    }
    const newest = versions.at(-1);
    this.current = newest?.isMarker === false ? newest.versionId : undefined;
  }

  get length(): number {
    return this.#told.length;
  }

  /** The records that S3 sends, in the order of the changes; of a time that no report is made of. */
  events(bucket: string, key: string): object[] {
    return this.#told.map(({ eventName, versionId }, index) => {
      const sequencer = (0x1000 + index).toString(16).toUpperCase();
      const record = s3Record({ eventName, bucket, key, object: { versionId, sequencer } });
      return { ...record, eventTime: new Date(Date.UTC(2001, 0, 1, 0, 0, index)).toISOString() };
    });
  }
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('put', 'delete') }),
  fc.record({ kind: fc.constant('purge'), at: fc.nat(9) }),
);

export const keyHistories: fc.Arbitrary<KeyHistory> = fc
  .array(change, { minLength: 1, maxLength: 7 })
  .map((changes) => new KeyHistory(changes));

/** Places of a history's events in any order, each at least once and some again. */
export function shuffledEvents({ length }: KeyHistory): fc.Arbitrary<number[]> {
  const all = Array.from({ length }, (_, index) => index);
  return fc
    .array(fc.nat(Math.max(0, length - 1)), { maxLength: length })
    .chain((again) =>
      fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }),
    );
}
