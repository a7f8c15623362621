import type { Contract } from '../../../src/datasets/contract.ts';
import { FieldRule } from '../../../src/pipeline/transform/field-rule.ts';
import { Uniqueness } from '../../../src/pipeline/transform/uniqueness.ts';
import { contractOf, type FieldSource } from '../../support/contracts.ts';
import fc from '../../support/fast-check.ts';
import { rejection } from '../../support/rejection.ts';

const UNIQUE = { constraints: { unique: true } };

const uniquenessOf = (contract: Contract, maxValues?: number): Uniqueness => {
  const rules = contract.fields.map((field) => new FieldRule(field, contract.missingValues));
  return new Uniqueness(contract, rules, maxValues);
};
const of = (fields: FieldSource[], primaryKey?: string | string[]): Contract =>
  contractOf(fields, primaryKey === undefined ? {} : { primaryKey });

describe('Uniqueness', () => {
  it('asks nothing of a contract that asks for nothing', () => {
    const uniqueness = uniquenessOf(of([{ name: 'a' }]), 0);
    expect(uniqueness.problemsOf(['1'], 1)).toEqual([]);
    expect(uniqueness.problemsOf(['1'], 2)).toEqual([]);
  });

  it('tells every value of a row that is taken', () => {
    const uniqueness = uniquenessOf(
      of(
        [
          { name: 'a', ...UNIQUE },
          { name: 'b', ...UNIQUE },
        ],
        ['a', 'b'],
      ),
    );
    expect(uniqueness.problemsOf(['"x"', '"y"'], 3)).toEqual([]);
    expect(uniqueness.problemsOf(['"x"', '"y"'], 5)).toEqual([
      {
        code: 'NOT_UNIQUE',
        column: null,
        reason: '"x", "y" of the key "a", "b" was already taken by row 3',
      },
      { code: 'NOT_UNIQUE', column: 'a', reason: '"x" was already taken by row 3' },
      { code: 'NOT_UNIQUE', column: 'b', reason: '"y" was already taken by row 3' },
    ]);
  });

  it('names the column of a key of one field, once', () => {
    const uniqueness = uniquenessOf(of([{ name: 'a', type: 'integer', ...UNIQUE }], 'a'));
    uniqueness.problemsOf(['7'], 12);
    expect(uniqueness.problemsOf(['7'], 13)).toEqual([
      { code: 'NOT_UNIQUE', column: 'a', reason: '"7" was already taken by row 12' },
    ]);
  });

  it('does not take "a", "b" for "a,b" or a value of another column', () => {
    const uniqueness = uniquenessOf(of([{ name: 'a' }, { name: 'b' }], ['a', 'b']));
    const rows = [
      ['"a"', '"b"'],
      ['"a,b"', '""'],
      ['"b"', '"a"'],
      ['"a\\",\\"b"', '""'],
      ['""', '"ab"'],
    ];
    rows.forEach((values, index) => {
      expect(uniqueness.problemsOf(values, index + 1)).toEqual([]);
    });
  });

  it('cuts a long value in its reason', () => {
    const uniqueness = uniquenessOf(of([{ name: 'a', ...UNIQUE }]));
    const value = JSON.stringify('x'.repeat(1_000));
    uniqueness.problemsOf([value], 1);
    expect(uniqueness.problemsOf([value], 2)[0]?.reason).toBe(
      `"${'x'.repeat(80)}…" was already taken by row 1`,
    );
  });

  it('rejects a file with more values than are remembered, naming the column', () => {
    const uniqueness = uniquenessOf(
      of([
        { name: 'a', ...UNIQUE },
        { name: 'b', ...UNIQUE },
      ]),
      3,
    );
    uniqueness.problemsOf(['"1"', '"1"'], 1);
    uniqueness.problemsOf(['"2"', 'null'], 2);
    uniqueness.problemsOf(['null', 'null'], 3);
    expect(uniqueness.problemsOf(['"1"', '"3"'], 4)).toHaveLength(1);
    expect(() => uniqueness.problemsOf(['"4"', 'null'], 5)).toThrow(
      rejection('TOO_MANY_UNIQUE_VALUES'),
    );
    expect(() => uniqueness.problemsOf(['null', '"4"'], 5)).toThrow(
      '"b" has to be unique, and the file has more than 3 such values',
    );
  });

  it('agrees with a Map per key on any rows', () => {
    const value = fc.constantFrom('null', '1', '2', '3', '1.0', '20e-1');
    const key = fc.constantFrom('1', '2', '2.0', '3');
    const contract = of(
      [
        { name: 'k', type: 'number' },
        { name: 'l', type: 'number' },
        { name: 'u', type: 'number', ...UNIQUE },
      ],
      ['k', 'l'],
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, key, value), { maxLength: 40 }), (rows) => {
        const uniqueness = uniquenessOf(contract);
        const keys = new Map<string, number>();
        const values = new Map<number, number>();
        rows.forEach(([k, l, u], index) => {
          const compound = `${Number(k)}/${Number(l)}`;
          const taken = [
            ...(keys.has(compound) ? [keys.get(compound)] : []),
            ...(u !== 'null' && values.has(Number(u)) ? [values.get(Number(u))] : []),
          ];
          const problems = uniqueness.problemsOf([k, l, u], index + 1);
          expect(problems.map(({ reason }) => Number(/row (\d+)$/.exec(reason)![1]))).toEqual(
            taken,
          );
          if (taken.length > 0) return;
          keys.set(compound, index + 1);
          if (u !== 'null') values.set(Number(u), index + 1);
        });
      }),
      { numRuns: 500 },
    );
  });
});
