import { Metric } from '../../../src/shared/observability.ts';
import { onlyResource } from '../resources.ts';
import { synthesize } from '../synthesize.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly markdown?: string;
    readonly title?: string;
    readonly metrics?: unknown[][];
  };
}

/** The dashboard's text, with a word in place of each reference. */
function readBody(): string {
  const { DashboardBody } = onlyResource(
    synthesize({ 'millrace.stage': 'prod' }),
    'AWS::CloudWatch::Dashboard',
  );
  const [, parts] = (DashboardBody as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('');
}

const body = readBody();
const { widgets } = JSON.parse(body) as { widgets: Widget[] };

it('has a section for files and one for events', () => {
  const headings = widgets.map(({ properties }) => properties.markdown).filter(Boolean);

  expect(headings).toEqual(['# Millrace prod: files', '# Events']);
});

it('gives each graph a title and a place of its own', () => {
  const graphs = widgets.filter(({ type }) => type === 'metric');

  expect(new Set(graphs.map(({ properties }) => properties.title)).size).toBe(graphs.length);
  expect(new Set(widgets.map(({ x, y }) => `${x},${y}`)).size).toBe(widgets.length);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
});

it.each([
  ['dispatch', ['DuplicateEvents', 'SourceObjectsRemoved', 'MalformedMessages']],
  ['reconcile', ['FilesMissed', 'FilesStuck']],
  ['archive', ['ArchivesFailed']],
])('shows what %s counts around the files', (service, names) => {
  const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);

  for (const name of names) {
    expect(shown).toContainEqual(
      expect.arrayContaining(['Millrace', name, 'service', service, 'stage', 'prod']),
    );
  }
});

it('shows the errors of each function that reads a queue or the stream, or runs by the clock', () => {
  const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const errors = shown.filter((metric) => metric.includes('Errors'));

  expect(errors.map((metric) => (metric.at(-1) as { label: string }).label).sort()).toEqual([
    'Analyse',
    'Dispatch',
    'Forward',
    'Reconcile',
  ]);
});

it('shows what the functions of this stage count, by the names they count it under', () => {
  const searches = [...body.matchAll(/SEARCH\('(.+?)', 'Sum'\)/g)].map(([, search]) =>
    search!.replaceAll('\\"', '"'),
  );
  const names = searches.map((search) => /MetricName="(\w+)"/.exec(search)![1]!);

  expect(searches.length).toBeGreaterThan(0);
  for (const search of searches) {
    expect(search).toMatch(/^\{Millrace,service,stage\} MetricName="\w+" stage="prod"$/);
  }
  expect(Object.values(Metric)).toEqual(expect.arrayContaining(names));
});
