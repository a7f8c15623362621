import { UserError } from './user-error.ts';

const REFUSED_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

const DENIED = new Set(['AccessDenied', 'AccessDeniedException']);

/**
 * What the user can do about an error of the AWS SDK: mend the credentials, the permissions, the region or the
 * endpoint. Undefined for any other error.
 */
export function explainAwsError(error: unknown): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const options = { cause: error };
  if (name === 'CredentialsProviderError') {
    const hint = 'Choose a profile with AWS_PROFILE, or sign in again, as with "aws sso login".';
    return new UserError(`There are no AWS credentials to use: ${message}`, hint, options);
  }
  if (REFUSED_CREDENTIALS.has(name)) {
    const hint = 'They may have expired: sign in again, or choose another profile by AWS_PROFILE.';
    return new UserError(`AWS refuses your credentials: ${message}`, hint, options);
  }
  if (DENIED.has(name)) {
    const hint = 'What each command needs to be allowed: docs/operating.md#permissions.';
    return new UserError(`AWS denies this: ${message}`, hint, options);
  }
  if (message === 'Region is missing') {
    const hint = 'Set AWS_REGION, or a region in your profile.';
    return new UserError('No AWS region is set.', hint, options);
  }
  if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
    const hint =
      'Is AWS_ENDPOINT_URL right? The local AWS is started with "npx millrace local up".';
    return new UserError('Nothing answers at the AWS endpoint.', hint, options);
  }
  return undefined;
}
