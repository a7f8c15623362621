import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { contractInfer } from '../../../src/cli/commands/contract-infer.ts';
import { parseContract } from '../../../src/datasets/contract.ts';
import { keptConsole } from '../../support/kept-console.ts';
import { TemporaryFiles } from '../temporary-files.ts';

const files = new TemporaryFiles();
const orders = files.write('orders-2026-11-20.csv', 'id,total\n1,2.5\n2,NA\n');

describe('contract infer', () => {
  it('prints a contract that is one, named and matched after the file', async () => {
    const console = keptConsole();
    await contractInfer(orders, {}, console);
    const contract = parseContract(console.results[0]!, 'result');
    expect(contract).toMatchObject({
      name: 'orders',
      missingValues: ['', 'NA'],
      millrace: { match: ['orders/**', '**/orders[-_. ][0-9]*'] },
    });
    expect(console.notes).toEqual([]);
  });

  it('takes name, globs and missing values as they are given', async () => {
    const console = keptConsole();
    const options = { name: 'sales', match: ['sales/*'], missingValue: ['2.5'] };
    await contractInfer(orders, options, console);
    expect(JSON.parse(console.results[0]!)).toMatchObject({
      name: 'sales',
      missingValues: ['', '2.5'],
      millrace: { match: ['sales/*'] },
    });
  });

  it('writes the contract to a file, and says how to check files against it', async () => {
    const console = keptConsole();
    const output = files.path('new.contract.json');
    await contractInfer(orders, { output }, console);
    const text = readFileSync(output, 'utf8');
    expect(parseContract(text, output).name).toBe('orders');
    expect(text.endsWith('}\n')).toBe(true);
    expect(console.results).toEqual([]);
    expect(console.notes.at(-1)).toContain(`contract check FILE --contract ${output}`);
  });

  it('overwrites a file only when told to', async () => {
    const output = files.write('old.contract.json', 'old');
    const refused = contractInfer(orders, { output }, keptConsole());
    await expect(refused).rejects.toMatchObject({
      message: `${output} exists.`,
      hint: 'Overwrite it with --force.',
    });
    expect(readFileSync(output, 'utf8')).toBe('old');
    await contractInfer(orders, { output, force: true }, keptConsole());
    expect(parseContract(readFileSync(output, 'utf8'), output).name).toBe('orders');
  });

  it('names the JSON Schema of contracts where it lies beside the output', async () => {
    const folder = files.path('datasets');
    mkdirSync(folder);
    writeFileSync(`${folder}/contract.schema.json`, '{}');
    await contractInfer(orders, { output: `${folder}/orders.contract.json` }, keptConsole());
    const text = readFileSync(`${folder}/orders.contract.json`, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ $schema: './contract.schema.json' });
  });

  it.each([
    [{ name: 'weather' }, 'There is a contract "weather" already'],
    [{ name: 'rain' }, 'The contract "weather" matches local-weather.csv as well.'],
  ])('notes what stands in the way of the contract: %j', async (options, note) => {
    const console = keptConsole();
    const path = files.write('local-weather.csv', 'date,rain\n2026-11-20,1\n');
    await contractInfer(path, options, console);
    expect(console.notes).toEqual([expect.stringContaining(note)]);
  });

  it('says what the data does not decide', async () => {
    const console = keptConsole();
    const path = files.write('days.csv', 'id,day\n1,01/02/2026\n2,03/04/2026\n');
    await contractInfer(path, {}, console);
    expect(console.notes).toEqual([
      'Column "day": its dates may be read as day-month-year (%d/%m/%Y) or month-day-year (%m/%d/%Y); drafted as string.',
    ]);
  });

  it('leaves no file behind when it fails', async () => {
    const output = files.path('none.contract.json');
    const drafted = contractInfer(files.write('none.csv', ''), { output }, keptConsole());
    await expect(drafted).rejects.toMatchObject({ name: 'UserError' });
    expect(existsSync(output)).toBe(false);
  });

  it('says that it cannot write', async () => {
    const output = files.path('no-folder/a.contract.json');
    const drafted = contractInfer(orders, { output }, keptConsole());
    await expect(drafted).rejects.toMatchObject({
      name: 'UserError',
      message: `${output} cannot be written.`,
    });
  });
});
