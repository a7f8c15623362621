import { formatUsd } from './format.ts';

/** What a reader may miss in the cost; `costOf` says it whole. */
export const COST_LACKS = 'Without storage, transfer, alarms, KMS and the analytics.';

/** `, $57.20 for a million such files`; nothing where there is no file. */
export const formatCostPerMillion = (usd: number | null): string =>
  usd === null ? '' : `, ${formatUsd(usd)} for a million such files`;
