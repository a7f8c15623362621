import {
  DayAggregate,
  DayAggregateJson,
  type DayAggregateJson as Sums,
} from '../../../src/report/aggregate/day-aggregate.ts';
import { readManifest, type ManifestFacts } from '../../../src/report/aggregate/manifest-facts.ts';
import fc from '../../support/fast-check.ts';
import { DAY, dayFile, dayFiles, itemOf, manifestOf, type DayFile } from '../day-files.ts';

const datasetOf = (key: string): string => key.split('/')[1] ?? '';

const factsOf = (file: DayFile): ManifestFacts | null => {
  const manifest = manifestOf(file);
  return manifest && readManifest(JSON.stringify(manifest))!;
};

type Added = (aggregate: DayAggregate) => void;

/** Everything that is to be added for files, one by one. */
const additionsOf = (files: readonly DayFile[]): Added[] =>
  files.flatMap((file) => {
    const manifest = factsOf(file);
    const added: Added[] = [(aggregate) => aggregate.addLedgerItem(itemOf(file))];
    if (manifest !== null) added.push((aggregate) => aggregate.addManifest(manifest));
    return added;
  });

function aggregateOf(additions: readonly Added[]): DayAggregate {
  const aggregate = new DayAggregate(datasetOf);
  for (const add of additions) add(aggregate);
  return aggregate;
}

/** What goes through JSON between functions. */
const stored = (aggregate: DayAggregate): Sums =>
  DayAggregateJson.parse(JSON.parse(JSON.stringify(aggregate.toJson())));

/** A shuffled copy, by numbers to sort by. */
const shuffled = <T>(items: readonly T[], order: readonly number[]): T[] =>
  items
    .map((item, index) => ({ item, rank: order[index % order.length] ?? 0, index }))
    .sort((a, b) => a.rank - b.rank || b.index - a.index)
    .map(({ item }) => item);

const orders = fc.array(fc.integer(), { minLength: 1, maxLength: 60 });

describe('a fold over the files of a day', () => {
  it('gives the same sums in any order and any split', () => {
    fc.assert(
      fc.property(dayFiles, orders, fc.integer({ min: 1, max: 6 }), (files, order, parts) => {
        const additions = additionsOf(files);
        const expected = stored(aggregateOf(additions));
        const mixed = shuffled(additions, order);
        const merged = new DayAggregate(datasetOf);
        for (let part = 0; part < parts; part += 1) {
          merged.merge(stored(aggregateOf(mixed.filter((_, index) => index % parts === part))));
        }
        expect(JSON.stringify(merged.toJson())).toBe(JSON.stringify(expected));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same when hours are settled on their own', () => {
    fc.assert(
      fc.property(dayFiles, orders, (files, order) => {
        const whole = aggregateOf(additionsOf(files));
        whole.settle();
        const merged = new DayAggregate(datasetOf);
        for (const hour of shuffled([...Array(24).keys()], order)) {
          const part = aggregateOf(additionsOf(files.filter((file) => file.hour === hour)));
          part.settle();
          merged.merge(stored(part));
        }
        expect(JSON.stringify(merged.toJson())).toBe(JSON.stringify(whole.toJson()));
      }),
      { numRuns: 200 },
    );
  });

  it('counts what is in the files', () => {
    fc.assert(
      fc.property(dayFiles, (files) => {
        const aggregate = aggregateOf(additionsOf(files));
        const succeeded = files.filter(({ status }) => status === 'SUCCEEDED');
        const ended = files.filter(({ status }) => status !== 'FAILED' && status !== 'RUNNING');
        const read = ended.filter(({ status }) => status !== 'REJECTED');
        const sum = (values: readonly number[]) =>
          values.reduce((total, value) => total + value, 0);
        const datasets = [...aggregate.datasets].map(([, { sums }]) => sums);
        expect(aggregate.counters).toEqual({
          manifests: ended.length,
          items: files.length,
          retries: sum(files.map(({ attempts }) => attempts - 1)),
          duplicateEvents: sum(files.map(({ duplicateEvents }) => duplicateEvents)),
        });
        expect(sum(datasets.map(({ succeeded }) => succeeded))).toBe(succeeded.length);
        expect(sum(datasets.map(({ rowsWritten }) => rowsWritten))).toBe(
          sum(succeeded.map(({ rowsWritten }) => rowsWritten)),
        );
        expect(sum(aggregate.hours.map(({ files }) => files))).toBe(files.length);
        expect(aggregate.contents.duplicates()).toBe(
          read.length - new Set(read.map(({ content }) => content)).size,
        );
        expect(sum(aggregate.rowRejects.toJson().map(({ rows }) => rows))).toBe(
          sum(succeeded.flatMap(({ rejects }) => Object.values(rejects))),
        );
        aggregate.settle();
        expect(aggregate.findings).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the examples', () => {
  it('of a row code are the files with the most such rows', () => {
    const files = Array.from({ length: 9 }, (_, index) =>
      dayFile({ key: `in/${index}.csv`, rejects: { TOO_LONG: 1 + (index % 5) } }),
    );
    const [found] = aggregateOf(additionsOf(files)).rowRejects.toJson();
    expect(found).toMatchObject({ code: 'TOO_LONG', rows: 25 });
    expect(found!.examples.map(({ key, rows }) => [key, rows])).toEqual([
      ['in/4.csv', 5],
      ['in/3.csv', 4],
      ['in/8.csv', 4],
      ['in/2.csv', 3],
      ['in/7.csv', 3],
    ]);
  });

  it('of a file code say why, in the order of their keys', () => {
    const files = ['c', 'a', 'b'].map((name) => dayFile({ key: `in/${name}`, status: 'REJECTED' }));
    const [found] = aggregateOf(additionsOf(files)).fileEnds.toJson();
    expect(found).toMatchObject({ status: 'REJECTED', code: 'EMPTY_FILE', files: 3 });
    expect(found!.examples).toMatchObject(
      ['in/a', 'in/b', 'in/c'].map((key) => ({ key, reason: 'why' })),
    );
  });
});

describe('a file that is neither written nor at fault', () => {
  const sumsOf = (aggregate: DayAggregate) => aggregate.datasets.of('orders').sums;

  it('is counted by itself when it was skipped, without its rows, and as a duplicate', () => {
    const files = ['a', 'b'].map((key) => dayFile({ key, content: 'same', rowsWritten: 10 }));
    const skipped = { ...files[1]!, status: 'SKIPPED' } as const;
    const aggregate = aggregateOf(additionsOf([files[0]!, skipped]));
    const rows = { rowsRead: 10, rowsWritten: 10 };
    expect(sumsOf(aggregate)).toMatchObject({ succeeded: 1, skipped: 1, ...rows });
    expect(aggregate.contents.duplicates()).toBe(1);
  });

  it('is counted by itself when it was forgotten', () => {
    const aggregate = aggregateOf([]);
    aggregate.addLedgerItem({ ...itemOf(dayFile()), status: 'FORGOTTEN' });
    expect(sumsOf(aggregate)).toMatchObject({ forgotten: 1, succeeded: 0 });
    expect(aggregate.counters.items).toBe(1);
  });

  it('is passed over when it only marks that an object is gone', () => {
    const aggregate = aggregateOf([]);
    aggregate.addLedgerItem({ ...itemOf(dayFile()), status: 'SOURCE_DELETED' });
    expect(aggregate.toJson()).toEqual(aggregateOf([]).toJson());
  });
});

it('knows which open file waits longest', () => {
  const files = [12, 3, 9].map((hour) =>
    dayFile({ key: `in/${hour}.csv`, hour, status: 'RUNNING' }),
  );
  expect(aggregateOf(additionsOf(files)).oldestOpen).toMatchObject({
    key: 'in/3.csv',
    arrivedAt: `${DAY}T03:05:00.000Z`,
    status: 'RUNNING',
  });
});

describe('ledger and manifests', () => {
  const file = dayFile({ rowsWritten: 10 });
  const manifest = factsOf(file)!;

  it.each<[string, unknown, ManifestFacts | null, string[]]>([
    ['agree', itemOf(file), manifest, []],
    [
      'agree on a rejection',
      itemOf(dayFile({ status: 'REJECTED' })),
      factsOf(dayFile({ status: 'REJECTED' })),
      [],
    ],
    [
      'agree on a file that was skipped',
      itemOf(dayFile({ status: 'SKIPPED' })),
      factsOf(dayFile({ status: 'SKIPPED' })),
      [],
    ],
    ['miss a manifest', itemOf(file), null, ['MANIFEST_MISSING']],
    [
      'miss that of a skipped file',
      itemOf(dayFile({ status: 'SKIPPED' })),
      null,
      ['MANIFEST_MISSING'],
    ],
    [
      'expect none of a file that was forgotten',
      { ...itemOf(file), status: 'FORGOTTEN' },
      null,
      [],
    ],
    [
      'may have one of a file that was forgotten',
      { ...itemOf(file), status: 'FORGOTTEN' },
      manifest,
      [],
    ],
    ['expect none of a file that failed', itemOf(dayFile({ status: 'FAILED' })), null, []],
    ['expect none of a file under way', itemOf(dayFile({ status: 'RUNNING' })), null, []],
    ['may have one of a file under way', itemOf(dayFile({ status: 'RUNNING' })), manifest, []],
    [
      'differ about the end',
      itemOf(dayFile({ status: 'FAILED' })),
      manifest,
      ['MANIFEST_UNEXPECTED'],
    ],
    ['differ about the rows', itemOf(dayFile({ rowsWritten: 9 })), manifest, ['COUNTS_DIFFER']],
  ])('%s', (_, item, facts, codes) => {
    const aggregate = new DayAggregate(datasetOf);
    if (facts !== null) aggregate.addManifest(facts);
    aggregate.addLedgerItem(item);
    aggregate.settle();
    expect(aggregate.findings.map(({ code }) => code)).toEqual(codes);
    if (codes.length > 0) expect(aggregate.findings[0]!.examples).toEqual([file.key]);
  });

  it('find a manifest that the ledger knows nothing of', () => {
    const aggregate = aggregateOf([(empty) => empty.addManifest(manifest)]);
    aggregate.settle();
    expect(aggregate.findings).toMatchObject([{ code: 'MANIFEST_UNEXPECTED', count: 1 }]);
  });

  it('make findings only once', () => {
    const aggregate = aggregateOf([(empty) => empty.addManifest(manifest)]);
    aggregate.settle();
    aggregate.settle();
    expect(aggregate.findings).toMatchObject([{ count: 1 }]);
  });
});

it.each<[string, unknown]>([
  ['nothing', null],
  ['text', 'text'],
  ['no properties', {}],
  ['an unknown status', { ...itemOf(dayFile()), status: 'LOST' }],
  ['no attempt', { ...itemOf(dayFile()), attempt: 0 }],
])('makes a finding of a ledger item that it does not understand: %s', (_, item) => {
  const aggregate = aggregateOf([(empty) => empty.addLedgerItem(item)]);
  expect(aggregate.findings).toMatchObject([{ code: 'LEDGER_UNREADABLE', count: 1 }]);
  expect(aggregate.counters.items).toBe(0);
});

it('never takes a file to end before it came', () => {
  const aggregate = aggregateOf(additionsOf([dayFile({ latencySeconds: -3 })]));
  expect(aggregate.latency.maximum).toBe(0);
});

describe('an item of the ledger', () => {
  it.each(['SOURCE_DELETED', 'FORGOTTEN'])('that is %s is no finding', (status) => {
    const attempt = status === 'SOURCE_DELETED' ? 0 : 1;
    const aggregate = new DayAggregate(datasetOf);
    aggregate.addLedgerItem({ ...itemOf(dayFile()), status, attempt, manifestKey: undefined });
    aggregate.settle();
    expect(aggregate.findings).toEqual([]);
    expect(aggregate.counters.items).toBe(attempt);
  });
});
