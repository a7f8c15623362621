/**
 * List prices in US dollars for us-east-1, without free tier, as of November 2026.
 *
 * https://aws.amazon.com/lambda/pricing/ (arm64), https://aws.amazon.com/step-functions/pricing/,
 * https://aws.amazon.com/s3/pricing/ (Standard), https://aws.amazon.com/sqs/pricing/ (standard queues),
 * https://aws.amazon.com/sns/pricing/, https://aws.amazon.com/dynamodb/pricing/on-demand/,
 * https://aws.amazon.com/cloudwatch/pricing/, https://aws.amazon.com/xray/pricing/
 */
export const PRICES = {
  lambdaRequest: 0.2e-6,
  lambdaGibSecond: 0.0000133334,
  expressRequest: 1e-6,
  expressGibSecond: 0.00001667,
  standardTransition: 25e-6,
  s3Write: 5e-6,
  s3Read: 0.4e-6,
  sqsRequest: 0.4e-6,
  snsPublish: 0.5e-6,
  writeUnit: 0.625e-6,
  readUnit: 0.125e-6,
  /** 10^9 bytes. */
  logGigabyte: 0.5,
  trace: 5e-6,
} as const;

/** Traces that X-Ray records by default: one a second, and five percent of the rest. */
export const TRACE_SAMPLING = { perDay: 86_400, share: 0.05 } as const;
