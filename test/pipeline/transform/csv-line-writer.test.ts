import type { Contract } from '../../../src/datasets/contract.ts';
import { CsvTokenizer } from '../../../src/pipeline/formats/csv-tokenizer.ts';
import type { Dialect } from '../../../src/pipeline/payload.ts';
import { csvColumns } from '../../../src/pipeline/transform/csv-columns.ts';
import { CsvLineWriter } from '../../../src/pipeline/transform/csv-line-writer.ts';
import { LineBuffer } from '../../../src/pipeline/transform/line-buffer.ts';
import { Lineage } from '../../../src/pipeline/transform/lineage.ts';
import { ContractFields } from '../../../src/pipeline/transform/record-converter.ts';
import { contractOf } from '../../support/contracts.ts';

const DIALECT: Dialect = {
  delimiter: ',',
  quote: '"',
  lineEnd: 'lf',
  header: true,
  comment: null,
  trailingDelimiter: false,
};

interface Given {
  readonly contract?: Contract;
  readonly lineage?: Lineage;
  readonly dialect?: Dialect;
}

/** The lines that the fast lane writes; null for each record that it leaves to the general way. */
function linesOf(
  header: string[],
  text: string,
  { contract, lineage, dialect = DIALECT }: Given = {},
): (string | null)[] {
  const tokenizer = new CsvTokenizer(
    { ...dialect, header: false },
    { maxRecordBytes: 1 << 20, encoding: 'utf-8', firstOffset: 0 },
  );
  const writer = new CsvLineWriter({
    quote: dialect.quote,
    columns: csvColumns(header, dialect, contract ?? null),
    lineage: lineage ?? null,
    rules: contract ? { contract, fields: new ContractFields(contract) } : null,
  });
  const lines = new LineBuffer();
  tokenizer.write(Buffer.from(text));
  const found: (string | null)[] = [];
  while (tokenizer.next()) {
    const isWritten = writer.write(tokenizer, lines);
    const line = lines.take().toString();
    expect(isWritten).toBe(line !== '');
    found.push(isWritten ? line : null);
  }
  return found;
}

describe('CsvLineWriter', () => {
  it('writes quoted and unquoted values as text', () => {
    expect(linesOf(['a', 'ü"'], '1,"x ""y""\n"\n')).toEqual(['{"a":"1","ü\\"":"x \\"y\\"\\n"}\n']);
  });

  it('writes where a record comes from', () => {
    const text = 'x\n'.repeat(12);
    const lines = linesOf(['a'], text, { lineage: new Lineage('in/"ü"') });
    expect(lines).toHaveLength(12);
    lines.forEach((line, index) => {
      expect(line).toBe(`{"_file":"in/\\"ü\\"","_row":${index + 1},"a":"x"}\n`);
    });
  });

  it('writes the fields of a contract in its order, with null for what the file lacks', () => {
    const contract = contractOf([{ name: 'a' }, { name: 'n', type: 'integer' }, { name: 'z' }]);
    expect(linesOf(['x', 'n', 'a', '_row'], 'u,7,,v\n', { contract })).toEqual([
      '{"a":null,"n":7,"z":null,"_rescued":{"x":"u","_row":"v"}}\n',
    ]);
  });

  it.each<[string, string]>([
    ['too few fields', '1\n'],
    ['too many fields', '1,2,3\n'],
    ['a value that breaks the contract', 'x,2\n'],
    ['a value that is required and missing', ',2\n'],
    ['more than 256 KiB', `1,${'x'.repeat(256 * 1024)}\n`],
  ])('leaves a record with %s to the general way', (_, text) => {
    const contract = contractOf([
      { name: 'a', type: 'integer', constraints: { required: true } },
      { name: 'b' },
    ]);
    expect(linesOf(['a', 'b'], `${text}1,2\n`, { contract })).toEqual([null, '{"a":1,"b":"2"}\n']);
  });

  it('takes an empty field behind the last delimiter where all records end in one', () => {
    const dialect = { ...DIALECT, trailingDelimiter: true };
    expect(linesOf(['a', ''], '1,\n2\n3,4\n', { dialect })).toEqual([
      '{"a":"1"}\n',
      '{"a":"2"}\n',
      null,
    ]);
  });

  it('leaves a value that an earlier record has to the general way', () => {
    const contract = contractOf([{ name: 'a' }, { name: 'b', type: 'integer' }, { name: 'c' }], {
      primaryKey: ['b', 'a'],
    });
    const text = 'x,1,p\nx,2,q\ny,1,r\nx,01,s\nx,3,t\n';
    expect(linesOf(['a', 'b', 'c'], text, { contract }).map((line) => line !== null)).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
  });
});
