import type { S3Client } from '@aws-sdk/client-s3';
import type { Contract } from '../../datasets/contract.ts';
import { deployedContracts } from '../../datasets/deployed-contracts.ts';
import { FaultCode } from '../../shared/error-codes.ts';
import { TransientFault } from '../../shared/errors.ts';
import { DecodedSource } from '../decoded-source.ts';
import { fileLimits } from '../limits.ts';
import type { Chunk, Plan, TransformInput } from '../payload.ts';
import { openSourceObject } from '../source-object.ts';
import { ChunkTransformer } from './chunk-transformer.ts';

/** A chunk's text and the transformer to feed it to. */
export interface OpenChunk {
  readonly source: DecodedSource;
  readonly transformer: ChunkTransformer;
}

/**
 * Opens a chunk of a file as its plan says. Transform and Write both start here, which is what
 * makes their results comparable.
 */
export async function openChunk(
  s3: S3Client,
  { file, plan, chunk }: Pick<TransformInput, 'file' | 'plan'> & { readonly chunk: Chunk },
): Promise<OpenChunk> {
  const contract = contractOf(plan);
  const limits = fileLimits();
  const { body } = await openSourceObject(s3, file, chunk);
  const source = new DecodedSource(body, plan, limits);
  const transformer = new ChunkTransformer({ key: file.key, plan, contract, limits });
  return { source, transformer };
}

/**
 * The contract that a plan names; null when it names none.
 *
 * @throws TransientFault when it is missing, which it can be only while a deployment replaces the
 * functions
 */
export function contractOf({ contract: name }: Pick<Plan, 'contract'>): Contract | null {
  if (name === null) return null;
  const contract = deployedContracts().get(name);
  if (contract !== undefined) return contract;
  const reason = `the contract "${name}" is not part of this deployment`;
  throw new TransientFault(FaultCode.SERVICE_UNAVAILABLE, reason);
}
