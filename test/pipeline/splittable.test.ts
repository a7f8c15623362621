import type { Contract } from '../../src/datasets/contract.ts';
import type { Plan } from '../../src/pipeline/payload.ts';
import { obstacleToSplitting, splitOutputOf } from '../../src/pipeline/splittable.ts';
import { TransientFault } from '../../src/shared/errors.ts';
import { contractOf } from '../support/contracts.ts';

const LINES: Pick<Plan, 'format' | 'compression' | 'encoding'> = {
  format: { type: 'json-lines' },
  compression: 'none',
  encoding: 'utf-8',
};
const ID = { name: 'id', type: 'integer' } as const;
const parquet = { match: ['**'], output: { format: 'parquet' } };

it('a file that no contract covers can be split', () => {
  expect(obstacleToSplitting(LINES, null)).toBeNull();
});

it('a contract for JSON Lines without unique values lets a file be split', () => {
  expect(obstacleToSplitting(LINES, contractOf([ID]))).toBeNull();
});

it.each<[string, Partial<typeof LINES>, Contract | null]>([
  ['it is compressed (gzip)', { compression: 'gzip' }, null],
  ['it is compressed (zstd)', { compression: 'zstd' }, null],
  ['it is a JSON array', { format: { type: 'json-array' } }, null],
  ['its encoding is utf-16be', { encoding: 'utf-16be' }, null],
  ['the contract "orders" asks for Parquet', {}, contractOf([ID], { millrace: parquet })],
  ['the contract "orders" asks for unique values', {}, contractOf([ID], { primaryKey: 'id' })],
  [
    'the contract "orders" asks for unique values',
    {},
    contractOf([{ ...ID, constraints: { unique: true } }]),
  ],
])('says that %s', (obstacle, detected, contract) => {
  expect(obstacleToSplitting({ ...LINES, ...detected }, contract)).toBe(obstacle);
});

it('the records of a split file are stored as its contract says', () => {
  const output = { format: 'jsonl', compression: 'zstd' } as const;

  expect(splitOutputOf(null)).toEqual({ format: 'jsonl', compression: 'gzip' });
  expect(splitOutputOf(contractOf([ID], { millrace: { match: ['**'], output } }))).toEqual(output);
});

it('a contract that has changed since the file was planned makes the attempt fail, to be repeated', () => {
  const changed = contractOf([ID], { primaryKey: 'id' });

  expect(() => splitOutputOf(changed)).toThrow(TransientFault);
  expect(() => splitOutputOf(changed)).toThrow(
    'the file was planned under an older contract: the contract "orders" asks for unique values now',
  );
});
