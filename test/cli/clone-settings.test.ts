import { resolve } from 'node:path';
import { cloneSettings } from '../../src/cli/clone-settings.ts';
import { DEFAULT_LIMITS } from '../../src/pipeline/limits.ts';
import { DEFAULT_SPLITTING } from '../../src/pipeline/validate/split-plan.ts';
import { TemporaryFiles } from './temporary-files.ts';

const ROOT = resolve(__dirname, '../..');
const files = new TemporaryFiles();
const settingsOf = (text: string) => cloneSettings(files.write('cdk.json', text));

describe('the settings of the clone', () => {
  it.each([{}, { context: {} }, { context: { other: 1 } }])('are the defaults where %j', (cdk) => {
    expect(settingsOf(JSON.stringify(cdk))).toEqual({
      contractsFolder: `${ROOT}/src/datasets`,
      limits: DEFAULT_LIMITS,
      splitting: DEFAULT_SPLITTING,
    });
  });

  it('are those that cdk.json states', () => {
    const context = {
      'millrace.contractsFolder': 'our/contracts',
      'millrace.maxColumns': 7,
      'millrace.maxUnsplitBytes': '67108864',
      'millrace.rangeBytes': 1_000_000,
    };
    expect(settingsOf(JSON.stringify({ context }))).toEqual({
      contractsFolder: `${ROOT}/our/contracts`,
      limits: { ...DEFAULT_LIMITS, maxColumns: 7, maxUnsplitBytes: 67_108_864 },
      splitting: { ...DEFAULT_SPLITTING, rangeBytes: 1_000_000 },
    });
  });

  it.each([
    ['{"context":{"millrace.maxColumns":0}}', 'INVALID_CONFIG:\n  - millrace.maxColumns: must be'],
    ['{"context":{"millrace.maxColums":1}}', 'millrace.maxColums is not a setting'],
    ['{', 'cdk.json cannot be read.'],
    ['[]', 'cdk.json cannot be read.'],
  ])('cannot be those of %s', (text, message) => {
    expect(() => settingsOf(text)).toThrow(
      expect.objectContaining({
        name: 'UserError',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
