import type { ContractField } from '../../../src/datasets/contract.ts';
import { columnWriter, type ColumnWriter } from '../../../src/pipeline/transform/column-writer.ts';
import { FieldRule } from '../../../src/pipeline/transform/field-rule.ts';
import { ValueMemo } from '../../../src/pipeline/transform/value-memo.ts';
import {
  mostJsonBytes,
  UNCERTAIN,
  type ValueWriter,
} from '../../../src/pipeline/transform/value-writer.ts';
import { contractOf, fieldOf, type FieldSource } from '../../support/contracts.ts';

type Source = Omit<FieldSource, 'name'>;

interface Given {
  readonly missingValues?: readonly string[];
  readonly output?: { readonly format: 'jsonl' | 'parquet' };
}

function compile(source: Source, { missingValues = [''], output }: Given = {}): ColumnWriter {
  const field: ContractField = fieldOf(source);
  const millrace = { match: ['**'], ...(output && { output }) };
  const contract = contractOf([{ name: 'value' }], { missingValues, millrace });
  const rule = new FieldRule(
    field,
    missingValues,
    contract.millrace.output.format === 'parquet' ? { output: 'parquet' } : {},
  );
  return columnWriter(field, rule, { contract, column: 0, memo: new ValueMemo() });
}

function written(write: ValueWriter, text: string): string | null {
  const source = Buffer.from(text);
  const out = Buffer.alloc(mostJsonBytes(source.length));
  const end = write(source, 0, source.length, out, 0);
  return end === UNCERTAIN ? null : out.toString('utf8', 0, end);
}

describe('columnWriter', () => {
  it.each<[Source, readonly string[]]>([
    [{}, ['a "b"', 'ü\n']],
    [{ constraints: { minLength: 2, maxLength: 3 } }, ['üü', '漢字漢', 'abc']],
    [{ format: 'uuid' }, ['123e4567-e89b-12d3-a456-426614174000']],
    [{ type: 'any' }, ['7', 'x']],
    [{ type: 'integer', constraints: { minimum: 0, maximum: 99 } }, ['1', '98']],
    [{ type: 'number', constraints: { minimum: -1 } }, ['-0.99', '0', '12.50']],
    [{ type: 'date', constraints: { minimum: '2020-01-01' } }, ['2020-01-02']],
    [{ type: 'datetime', constraints: { minimum: '2020-01-01' } }, ['2020-01-04T00:00:00Z']],
    [{ type: 'time' }, ['12:30:59']],
  ])('writes the usual values of a field without its rule: %j', (source, texts) => {
    const rule = new FieldRule(fieldOf(source), ['']);
    for (const text of texts) {
      expect(written(compile(source).write, text)).toBe(rule.fromText(text));
    }
  });

  it.each<[Source, string, string]>([
    [{ type: 'integer' }, '+007', '7'],
    [{ type: 'integer', constraints: { minimum: 7 } }, '7', '7'],
    [{ type: 'number' }, '1e5', '1e5'],
    [{ type: 'date', constraints: { maximum: '2020-01-01' } }, '2020-01-01', '"2020-01-01"'],
    [
      { type: 'datetime', constraints: { minimum: '2020-01-01' } },
      '2020-01-02T00:00',
      '"2020-01-02T00:00"',
    ],
  ])('leaves to the rule what is out of the ordinary: %j, %j', (source, text, json) => {
    const { write, byRule } = compile(source);
    expect(written(write, text)).toBeNull();
    expect(written(byRule, text)).toBe(json);
    // Once more, as it is remembered.
    expect(written(byRule, text)).toBe(json);
  });

  it.each<[Source, string]>([
    [{ constraints: { maxLength: 2 } }, 'abc'],
    [{ constraints: { pattern: '[a-z]' } }, 'A'],
    [{ type: 'integer', constraints: { maximum: 7 } }, '8'],
    [{ type: 'date' }, '2023-02-29'],
    [{ type: 'boolean' }, 'x'],
  ])('is uncertain of what the rule rejects: %j, %j', (source, text) => {
    const { write, byRule } = compile(source);
    expect([written(write, text), written(byRule, text)]).toEqual([null, null]);
  });

  it('leaves missing values to the rule', () => {
    const { write, byRule } = compile({}, { missingValues: ['NA'] });
    expect(written(write, 'NA')).toBeNull();
    expect(written(byRule, 'NA')).toBe('null');
    expect(written(write, 'N')).toBe('"N"');
  });

  it.each<[Source, Given, ColumnWriter['whenEmpty']]>([
    [{}, {}, 'null'],
    [{ constraints: { required: true } }, {}, 'rejected'],
    [{}, { missingValues: ['NA'] }, 'text'],
  ])('knows what an empty value is: %j, %j', (source, given, expected) => {
    expect(compile(source, given).whenEmpty).toBe(expected);
  });

  it.each<[Source, string]>([
    [{ type: 'integer' }, '1234567890123456789'],
    [{ type: 'number' }, '1234567890.123456'],
    [{ type: 'time' }, '12:30:59.1234567'],
    [{ type: 'datetime' }, '2020-01-01T12:30:59.1234567'],
  ])('is sure only of what a Parquet column certainly holds: %j, %j', (source, text) => {
    expect(written(compile(source).write, text)).not.toBeNull();
    expect(written(compile(source, { output: { format: 'parquet' } }).write, text)).toBeNull();
  });
});
