import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ContractRegistry, datasetFromKey } from '../../src/datasets/registry.ts';
import fc from '../support/fast-check.ts';

const shipped = ContractRegistry.read(resolve(__dirname, '../../src/datasets'));

const contract = (name: string, ...match: string[]): string =>
  JSON.stringify({ name, fields: [{ name: 'id' }], millrace: { match } });

describe('ContractRegistry', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'contracts-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (files: Record<string, string>): void => {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  };

  it('reads the contracts of a folder in the order of their names', () => {
    write({
      'b.contract.json': contract('beta', 'x/**'),
      'a.contract.json': contract('alpha', 'x/a*'),
      'notes.json': 'no contract',
    });
    const registry = ContractRegistry.read(directory);
    expect(registry.contracts.map(({ name }) => name)).toEqual(['alpha', 'beta']);
    expect(registry.match('x/a.csv')?.name).toBe('alpha');
    expect(registry.match('x/b.csv')?.name).toBe('beta');
    expect(registry.match('y.csv')).toBeUndefined();
    expect(registry.get('beta')?.name).toBe('beta');
    expect(registry.get('gamma')).toBeUndefined();
    expect(registry.datasetOf('x/b.csv')).toBe('beta');
    expect(registry.datasetOf('y-2026.csv')).toBe('y');
  });

  it('refuses a name that is used twice and names the second file', () => {
    write({ 'a.contract.json': contract('same', 'a'), 'b.contract.json': contract('same', 'b') });
    expect(() => ContractRegistry.read(directory)).toThrow(
      'INVALID_CONTRACT: b.contract.json:\n  - name: "same" is already taken',
    );
  });

  it('names the file of a broken contract', () => {
    write({ 'a.contract.json': contract('fine', 'a'), 'b.contract.json': '{' });
    expect(() => ContractRegistry.read(directory)).toThrow('b.contract.json:\n  - is not JSON');
  });

  it.each([
    ['without contracts', '.', 'has no file *.contract.json'],
    ['that is not there', 'contracts', 'is no folder'],
    ['that is a file', 'notes.json', 'is no folder'],
  ])('refuses a folder %s, and names it and its setting', (_, folder, message) => {
    write({ 'notes.json': 'no contract' });
    const path = join(directory, folder);
    expect(() => ContractRegistry.read(path)).toThrow(
      `INVALID_CONTRACT: ${path}:\n  - ${message}; the setting millrace.contractsFolder names`,
    );
    expect(ContractRegistry.readIfAny(path).contracts).toEqual([]);
  });
});

describe('the contracts that ship with Millrace', () => {
  it.each([
    ['seattle-weather.csv', 'weather'],
    ['in/2026/seattle-weather.csv', 'weather'],
    ['in/seattle-weather.csv.gz', 'weather'],
    ['weather/a/b/any.csv', 'weather'],
    ['weather.csv', undefined],
    ['in/weather-report.csv', undefined],
    ['events/x.json', 'events'],
    ['events-2026-11-20.csv', 'events'],
    ['in/events_1.json.gz', 'events'],
    ['in/events.csv', 'events'],
    ['my-events.csv', undefined],
    ['Events/x.json', undefined],
  ])('cover %s: %s', (key, name) => {
    expect(shipped.match(key)?.name).toBe(name);
  });
});

describe('datasetFromKey', () => {
  it.each([
    ['in/Orders_2026-11-20.csv.gz', 'orders'],
    ['orders.csv', 'orders'],
    ['orders-2026-11-20T16:05:09Z.json', 'orders'],
    ['orders 1.jsonl', 'orders'],
    ['orders_v2.csv', 'orders-v2'],
    ['flights-10k.json', 'flights-10k'],
    ['sp500-2000.csv', 'sp500'],
    ['part0001.csv', 'part'],
    ['Sales & Returns.csv', 'sales-returns'],
    ['Größe.csv', 'gro-e'],
    ['Café Zürich.csv', 'cafe-zurich'],
    ['2026-11-20.csv', 'unnamed'],
    ['漢字.csv', 'unnamed'],
    ['.csv', 'unnamed'],
    ['folder/', 'unnamed'],
    ['archive.tar.gz', 'archive-tar'],
    ['noextension', 'noextension'],
  ])('derives from %s the name %s', (key, name) => {
    expect(datasetFromKey(key)).toBe(name);
  });

  it('is a plain short name for any key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (key) => {
        expect(datasetFromKey(key)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      }),
      { numRuns: 1_000 },
    );
    expect(datasetFromKey(`${'x'.repeat(62)}-${'y'.repeat(62)}.csv`)).toBe('x'.repeat(62));
  });
});
