import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContract } from '../../src/datasets/contract.ts';
import { contractJsonSchema } from '../../src/datasets/contract-schema.ts';
import { datePattern } from '../../src/datasets/values/date-pattern.ts';
import { csvColumns } from '../../src/pipeline/transform/csv-columns.ts';
import { csvConverter } from '../../src/pipeline/transform/record-converter.ts';
import { MAX_UNIQUE_VALUES } from '../../src/pipeline/transform/uniqueness.ts';

const page = readFileSync(join(__dirname, '../../docs/contracts.md'), 'utf8');

const sectionOf = (heading: string): string =>
  page.split(new RegExp(`^#+ ${heading}\n`, 'm'))[1]!.split(/^#+ /m)[0]!;
/** The code in the first column of a section's table. */
const firstColumn = (heading: string): string[] =>
  [...sectionOf(heading).matchAll(/^\| (`[^|]+`) *\|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, code]) => code!),
  );

interface Schema {
  readonly properties: Record<string, Schema>;
  readonly items: Schema;
  readonly oneOf: readonly Schema[];
  readonly const: string;
}
const schema = JSON.parse(JSON.stringify(contractJsonSchema())) as Schema;
const fields = schema.properties.fields!.items.oneOf;
const propertiesOf = (name: string): string[] =>
  Object.keys(schema.properties.millrace!.properties[name]!.properties);

describe('docs/contracts.md', () => {
  it('shows a contract that is one', () => {
    const example = /```json\n([\s\S]*?)```/.exec(page)![1]!;
    const contract = parseContract(example, 'the example');
    const header = contract.fields.map(({ name }) => name.toUpperCase());
    const columns = csvColumns(header, { header: true, trailingDelimiter: false }, contract);
    const values = [
      '7',
      '1',
      '1.2.2024 9:05',
      'a@example.com',
      '1.234,50 €',
      'paid',
      'ja',
      '{}',
      '-',
    ];
    expect(csvConverter(contract, columns)(values, 1)).toEqual({
      line:
        '{"order_id":7,"line":1,"ordered_at":"2024-02-01T09:05:00","email":"a@example.com",' +
        '"amount":1234.50,"state":"paid","gift":true,"options":{},"voucher":null}',
    });
  });

  it('lists every type', () => {
    const types = fields.map(({ properties }) => properties.type!.const);
    expect(firstColumn('Types').sort()).toEqual(types.sort());
  });

  it('lists every constraint', () => {
    const constraints = fields.flatMap(({ properties }) =>
      Object.keys(properties.constraints!.properties),
    );
    expect(firstColumn('Constraints').sort()).toEqual([...new Set(constraints)].sort());
  });

  it('lists every property', () => {
    const { millrace } = schema.properties;
    expect(firstColumn('The millrace block').sort()).toEqual(
      Object.keys(millrace!.properties).sort(),
    );
    expect(firstColumn('Dialect').sort()).toEqual(propertiesOf('dialect').sort());
    for (const name of new Set(fields.flatMap(({ properties }) => Object.keys(properties)))) {
      expect(page).toContain(`\`${name}\``);
    }
  });

  it('lists exactly the directives that there are', () => {
    const listed = firstColumn('Patterns of dates and times');
    const known = (): unknown => datePattern('%Q', 'date');
    const [, directives] = /known are (.*)$/.exec(messageOf(known))!;
    expect(listed.sort()).toEqual(directives!.split(' ').sort());
  });

  it('states how many values are remembered', () => {
    expect(sectionOf('Unique values').replaceAll('\n', ' ')).toContain(
      `more than ${MAX_UNIQUE_VALUES.toLocaleString('en-US')} values`,
    );
  });
});

function messageOf(call: () => unknown): string {
  try {
    call();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
