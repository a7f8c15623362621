import { DeployedApp } from './support/deployed-app.ts';

let app: DeployedApp;

beforeAll(async () => {
  app = await DeployedApp.open();
});

const DEEP_PREFIX = Array.from({ length: 30 }, (_, depth) => `level-${depth}`).join('/');

describe('object keys', () => {
  it.each([
    ['spaces', 'keys/my monthly report.csv'],
    ['a plus', 'keys/a+b.csv'],
    ['a percent sign', 'keys/100%25 done 50%.csv'],
    ['an ampersand and an equals sign', 'keys/a=1&b=2.csv'],
    ['accents and other scripts', 'keys/übersicht-データ-данные.csv'],
    ['an emoji', 'keys/📈.csv'],
    ['quotes and brackets', 'keys/"quoted" [1] {2}.csv'],
    ['a deep prefix', `keys/${DEEP_PREFIX}/deep.csv`],
    ['no extension', 'keys/plain'],
    ['a dot at the front', 'keys/.hidden'],
    ['an upper-case extension', 'keys/UPPER.CSV'],
    ['a question mark and a hash', 'keys/what?#1.csv'],
    ['1,024 bytes', `keys/${'k'.repeat(1_014)}.csv`],
  ])('with %s work', async (_, key) => {
    const item = await app.process(key, 'name,value\nfirst,1\nsecond,2\n');
    expect(item).toMatchObject({ status: 'SUCCEEDED', rowsWritten: 2 });
    expect(item.source).toBe(`${app.deployment.outputs.SourceBucketName}/${key}`);
    expect(await app.records(item)).toEqual([
      { name: 'first', value: '1' },
      { name: 'second', value: '2' },
    ]);
  });
});
