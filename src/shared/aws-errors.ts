import { FaultCode, FileCode } from './error-codes.ts';
import { FileRejected, MillraceError, PermanentFault, TransientFault } from './errors.ts';

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: { readonly throttling?: boolean };
}

const MISSING_OBJECT = new Set([
  'NoSuchKey',
  'NoSuchVersion',
  'NotFound',
  'MethodNotAllowed',
  'PreconditionFailed',
]);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationErrorException',
  'Forbidden',
  'KMSAccessDeniedException',
  'KmsAccessDenied',
]);
/** `KMS.DisabledException` of S3, `KMSDisabledException` of SNS, `KmsDisabled` of SQS, and so on. */
const UNUSABLE_KEY = /^(KMS\.?)+(Disabled|InvalidState|NotFound|InvalidKeyUsage|OptInRequired)/i;
const THROTTLED = new Set([
  'SlowDown',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'KMSThrottlingException',
  'KmsThrottled',
  'ProvisionedThroughputExceededException',
]);
const NETWORK = new Set(['TimeoutError', 'NetworkingError', 'AbortError', 'RequestTimeout']);
const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * Turns an AWS SDK error into the Millrace error that says what should happen next; any other error
 * is returned as it is.
 *
 * Sources: the S3 API's error list and the "Error handling" pages of the services used. A GET of a
 * delete marker by version answers 405 MethodNotAllowed, one of an unversioned object that has been
 * overwritten answers 412 PreconditionFailed, hence their place among the missing objects.
 */
export function classifyError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof MillraceError) return error;
  const { name, message } = error;
  const options = { cause: error };
  const status = (error as ServiceError).$metadata?.httpStatusCode;
  if (MISSING_OBJECT.has(name)) {
    return new FileRejected(FileCode.OBJECT_NOT_FOUND, 'the object version is gone', options);
  }
  if (name === 'InvalidObjectState') {
    return new PermanentFault(
      FaultCode.OBJECT_ARCHIVED,
      'the object lies in an archive storage class; restore it, then redrive the file',
      options,
    );
  }
  if (DENIED.has(name)) return new PermanentFault(FaultCode.ACCESS_DENIED, message, options);
  if (UNUSABLE_KEY.test(name)) {
    return new PermanentFault(FaultCode.KMS_KEY_UNUSABLE, message, options);
  }
  if (THROTTLED.has(name) || (error as ServiceError).$retryable?.throttling === true) {
    return new TransientFault(FaultCode.SERVICE_THROTTLED, message, options);
  }
  if (isUnavailable(error, status)) {
    return new TransientFault(FaultCode.SERVICE_UNAVAILABLE, message, options);
  }
  return error;
}

function isUnavailable(error: Error, status: number | undefined): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (status ?? 0) >= 500 || NETWORK.has(error.name) || NETWORK_CODES.has(code);
}
