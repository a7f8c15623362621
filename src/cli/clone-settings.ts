import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { contractsFolderOf, InvalidConfigError, readConfig } from '../../infra/config.ts';
import type { FileLimits } from '../pipeline/limits.ts';
import type { Splitting } from '../pipeline/validate/split-plan.ts';
import { UserError } from './user-error.ts';

const CDK_JSON = join(import.meta.dirname, '..', '..', 'cdk.json');
const CdkJson = z.object({ context: z._default(z.record(z.string(), z.unknown()), {}) });

/** What a deployment of this clone does with files, as far as that is a setting. */
export interface CloneSettings {
  /** Path of the folder that holds the contracts. */
  readonly contractsFolder: string;
  readonly limits: FileLimits;
  readonly splitting: Splitting;
}

/**
 * The settings in the context of `cdk.json`, and the defaults of all others. What is given to the CDK
 * with `-c` is not known here.
 *
 * @throws UserError when `cdk.json` cannot be read, or one of its settings cannot be used
 */
export function cloneSettings(path = CDK_JSON): CloneSettings {
  const { context } = readCdkJson(path);
  try {
    const config = readConfig({ getAllContext: () => context });
    const { maxFileBytes, maxUnsplitBytes, maxRecordBytes, maxColumns, maxExpansionRatio } = config;
    const { chunkThresholdBytes, rangeBytes, chunkConcurrency } = config;
    return {
      contractsFolder: contractsFolderOf(config),
      limits: { maxFileBytes, maxUnsplitBytes, maxRecordBytes, maxColumns, maxExpansionRatio },
      splitting: { chunkThresholdBytes, rangeBytes, chunkConcurrency },
    };
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    throw new UserError(error.message, `The settings are those of ${path}.`, { cause: error });
  }
}

function readCdkJson(path: string): z.infer<typeof CdkJson> {
  try {
    return CdkJson.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new UserError(`${path} cannot be read.`, 'It holds the settings.', { cause: error });
  }
}
