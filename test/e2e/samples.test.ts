import { parse } from 'csv-parse/sync';
import { SAMPLES } from '../../src/cli/samples.ts';
import type { LedgerItem } from '../../src/shared/ledger/ledger-item.ts';
import { DeployedApp } from './support/deployed-app.ts';

let app: DeployedApp;
const items = new Map<string, LedgerItem>();

beforeAll(async () => {
  app = await DeployedApp.open();
  const files = await Promise.all(SAMPLES.map((sample) => app.put(sample.key, sample.read())));
  const ended = await app.awaitEnds(files);
  ended.forEach((item, index) => items.set(SAMPLES[index]!.key, item));
}, 180_000);

const sampleText = (key: string): string =>
  SAMPLES.find((sample) => sample.key === key)!
    .read()
    .toString('utf8');

describe('the samples', () => {
  it.each(SAMPLES)('$key reaches its expected end', ({ key, expected }) => {
    expect(items.get(key)).toMatchObject(expected);
  });

  it.each(SAMPLES.filter(({ expected }) => expected.status === 'SUCCEEDED'))(
    '$key balances: rows read = written + rejected, in manifest, ledger and objects alike',
    async ({ key }) => {
      const item = items.get(key)!;
      const { counts } = await app.manifest(item);
      expect(counts.rowsRead).toBe(counts.rowsWritten + counts.rowsRejected);
      expect(item).toMatchObject({
        rowsRead: counts.rowsRead,
        rowsWritten: counts.rowsWritten,
        rowsRejected: counts.rowsRejected,
      });
      expect(await app.records(item)).toHaveLength(counts.rowsWritten);
      expect(await app.rejectedRows(item)).toHaveLength(counts.rowsRejected);
    },
  );

  it('gives the 3,376 airports field by field as csv-parse reads them', async () => {
    const expected = parse(sampleText('samples/airports.csv'), { columns: true });
    expect(expected).toHaveLength(3_376);
    expect(await app.records(items.get('samples/airports.csv')!)).toEqual(expected);
  });

  it('gives tab-separated values field by field as csv-parse reads them', async () => {
    const text = sampleText('samples/unemployment.tsv');
    const expected = parse(text, { columns: true, delimiter: '\t' });
    expect(await app.records(items.get('samples/unemployment.tsv')!)).toEqual(expected);
  });

  it('gives a JSON array element by element', async () => {
    const expected: unknown = JSON.parse(sampleText('samples/movies.json'));
    expect(await app.records(items.get('samples/movies.json')!)).toEqual(expected);
  });

  it('types the columns of a contract', async () => {
    const [first] = await app.records(items.get('samples/seattle-weather.csv')!);
    expect(first).toEqual({
      location: null,
      date: '2012-01-01',
      precipitation: 0,
      temp_max: 12.8,
      temp_min: 5,
      wind: 4.7,
      weather: 'drizzle',
    });
  });

  it('keeps line breaks inside quotes', async () => {
    const rows: Record<string, string>[] = parse(sampleText('events/commits.csv'), {
      columns: true,
    });
    const records = await app.records(items.get('events/commits.csv')!);
    expect(records.map(({ user_action }) => user_action)).toEqual(
      rows.map(({ user_action }) => user_action),
    );
    expect(records.some(({ user_action }) => String(user_action).includes('\n'))).toBe(true);
  });

  it('stores records by dataset and arrival date', () => {
    const { processedKey, arrivedAt } = items.get('samples/seattle-weather.csv')!;
    const day = arrivedAt.slice(0, 10);
    expect(processedKey).toMatch(
      new RegExp(`^processed/dataset=weather/dt=${day}/[^/]+\\.jsonl\\.gz$`),
    );
  });
});
