import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';
import { format } from 'prettier/standalone';
import { formatContract } from '../../../src/cli/infer/format-contract.ts';

const DATASETS = join(__dirname, '../../../src/datasets');

/** The text as Prettier lays it out, by this repository's settings. */
const prettier = (text: string): Promise<string> =>
  format(text, { parser: 'json', plugins: [babel, estree], printWidth: 100 });

describe("a contract's text", () => {
  it.each(readdirSync(DATASETS).filter((file) => file.endsWith('.contract.json')))(
    'of %s is the same contract, laid out as Prettier does',
    async (file) => {
      const contract = JSON.parse(readFileSync(join(DATASETS, file), 'utf8')) as object;
      const text = formatContract(contract);
      expect(JSON.parse(text)).toEqual(contract);
      expect(await prettier(text)).toBe(text);
    },
  );

  it.each([
    ['one field', [{ name: 'a', type: 'string' }]],
    ['two short fields', ['a', 'b'].map((name) => ({ name, type: 'string' }))],
    ['a field with a name of 80 letters', [{ name: 'n'.repeat(80), type: 'date', format: '%d' }]],
    ['a field that just fits a line', [{ name: 'n'.repeat(62), type: 'integer' }]],
    ['a field that just does not', [{ name: 'n'.repeat(63), type: 'integer' }]],
    ['many words', [{ name: 'a', type: 'boolean', trueValues: Array<string>(40).fill('yes') }]],
    ['quotes and line breaks', [{ name: '"\n', type: 'string', constraints: { required: true } }]],
  ])('is laid out as Prettier does with %s', async (_, fields) => {
    const text = formatContract({
      name: 'a',
      fields,
      missingValues: [],
      millrace: { match: ['**'] },
    });
    expect(await prettier(text)).toBe(text);
  });

  it('leaves out what is undefined', () => {
    expect(formatContract({ name: 'a', title: undefined })).toBe('{\n  "name": "a"\n}\n');
  });
});
