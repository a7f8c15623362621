/**
 * Settings for the AWS SDK clients that no environment variable of the SDK covers.
 *
 * Some Step Functions operations put `sync-` before the endpoint's host. That host exists on AWS
 * only: with an endpoint of one's own (VPC endpoint, proxy, emulator) the prefix must be left out.
 */
export function stepFunctionsEndpointConfig(): { disableHostPrefix: boolean } {
  const endpoint = process.env.AWS_ENDPOINT_URL_SFN ?? process.env.AWS_ENDPOINT_URL;
  return { disableHostPrefix: endpoint !== undefined && endpoint !== '' };
}
