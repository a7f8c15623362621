import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { deployedContracts } from '../../datasets/deployed-contracts.ts';
import { Environment, requiredString } from '../../shared/environment.ts';
import { LedgerReader } from '../../shared/ledger/ledger-reader.ts';
import { taskHandler } from '../../shared/task-handler.ts';
import { Day } from '../report.ts';
import { aggregateHour, READS_AT_ONCE } from './aggregate-hour.ts';
import { hourKey, putHour } from './hour-object.ts';
import { S3Manifests } from './manifest-source.ts';

const s3 = new S3Client({ requestHandler: { httpsAgent: { maxSockets: READS_AT_ONCE } } });
let ledger: LedgerReader | null = null;

export const AggregateInput = z.object({
  day: Day,
  hour: z.number().check(z.int(), z.gte(0), z.lte(23)),
  /** Where the hours' sums are kept in the reports bucket; ends with a slash. */
  workPrefix: z.string().check(z.regex(/\/$/, 'must end with a slash')),
});

/** Second step of the daily report, once for each hour: what do the files add up to that arrived in it? */
export const handler = taskHandler({
  name: 'aggregate-hour',
  input: AggregateInput,
  identity: ({ day, hour }) => ({ day, hour }),
  work: async ({ day, hour, workPrefix }, { logger }) => {
    ledger ??= new LedgerReader(requiredString(Environment.LEDGER_TABLE));
    const contracts = deployedContracts();
    const aggregate = await aggregateHour({
      day,
      hour,
      manifests: new S3Manifests(s3, requiredString(Environment.TARGET_BUCKET)),
      ledger,
      datasetOf: (key) => contracts.datasetOf(key),
    });
    const key = hourKey(workPrefix, hour);
    await putHour(
      s3,
      { bucket: requiredString(Environment.REPORTS_BUCKET), key },
      aggregate.toJson(),
    );
    const { items: files, manifests } = aggregate.counters;
    logger.info('hour counted', { files, manifests });
    return { hour, key, files };
  },
});
