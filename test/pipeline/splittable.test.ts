import type { Contract } from '../../src/datasets/contract.ts';
import type { FileFormat, Plan } from '../../src/pipeline/payload.ts';
import { obstacleToSplitting, splitOutputOf } from '../../src/pipeline/splittable.ts';
import { TransientFault } from '../../src/shared/errors.ts';
import { contractOf } from '../support/contracts.ts';
import { PLAIN_CSV } from '../support/dialects.ts';

const JSON_LINES: FileFormat = { type: 'json-lines' };
const LINES: Pick<Plan, 'format' | 'compression' | 'encoding'> = {
  format: JSON_LINES,
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

it.each<[string, FileFormat, Plan['compression'], Plan['encoding'], boolean]>([
  ['CSV', PLAIN_CSV, 'none', 'utf-8', true],
  ['JSON Lines', JSON_LINES, 'none', 'utf-8', true],
  ['CSV in a single-byte encoding', PLAIN_CSV, 'none', 'windows-1252', true],
  ['JSON Lines in a single-byte encoding', JSON_LINES, 'none', 'iso-8859-1', true],
  ['a JSON array', { type: 'json-array' }, 'none', 'utf-8', false],
  ['a file in gzip', PLAIN_CSV, 'gzip', 'utf-8', false],
  ['a file in zstd', JSON_LINES, 'zstd', 'utf-8', false],
  ['UTF-16, little-endian', PLAIN_CSV, 'none', 'utf-16le', false],
  ['UTF-16, big-endian', JSON_LINES, 'none', 'utf-16be', false],
])('tells whether %s can be split', (_, format, compression, encoding, can) => {
  expect(obstacleToSplitting({ format, compression, encoding }, null) === null).toBe(can);
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
