import { NoSuchKey } from '@aws-sdk/client-s3';
import { classifyError } from '../../src/shared/aws-errors.ts';
import { FileRejected, MillraceError } from '../../src/shared/errors.ts';

const awsError = (name: string, others: object = {}): Error =>
  Object.assign(new Error('said AWS'), { name, ...others });

describe('classifyError', () => {
  it.each<[string, object, string, string]>([
    ['NoSuchKey', {}, 'FileRejected', 'OBJECT_NOT_FOUND'],
    ['NoSuchVersion', {}, 'FileRejected', 'OBJECT_NOT_FOUND'],
    ['NotFound', {}, 'FileRejected', 'OBJECT_NOT_FOUND'],
    ['MethodNotAllowed', {}, 'FileRejected', 'OBJECT_NOT_FOUND'],
    ['PreconditionFailed', {}, 'FileRejected', 'OBJECT_NOT_FOUND'],
    ['InvalidObjectState', {}, 'PermanentFault', 'OBJECT_ARCHIVED'],
    ['AccessDenied', {}, 'PermanentFault', 'ACCESS_DENIED'],
    ['AccessDeniedException', {}, 'PermanentFault', 'ACCESS_DENIED'],
    ['Forbidden', {}, 'PermanentFault', 'ACCESS_DENIED'],
    ['KMSAccessDeniedException', {}, 'PermanentFault', 'ACCESS_DENIED'],
    ['KmsAccessDenied', {}, 'PermanentFault', 'ACCESS_DENIED'],
    ['KMS.DisabledException', {}, 'PermanentFault', 'KMS_KEY_UNUSABLE'],
    ['KMS.KMSInvalidStateException', {}, 'PermanentFault', 'KMS_KEY_UNUSABLE'],
    ['KMSNotFoundException', {}, 'PermanentFault', 'KMS_KEY_UNUSABLE'],
    ['KmsDisabled', {}, 'PermanentFault', 'KMS_KEY_UNUSABLE'],
    ['KmsThrottled', {}, 'TransientFault', 'SERVICE_THROTTLED'],
    ['SlowDown', { $metadata: { httpStatusCode: 503 } }, 'TransientFault', 'SERVICE_THROTTLED'],
    ['ThrottlingException', {}, 'TransientFault', 'SERVICE_THROTTLED'],
    ['ProvisionedThroughputExceededException', {}, 'TransientFault', 'SERVICE_THROTTLED'],
    ['Odd', { $retryable: { throttling: true } }, 'TransientFault', 'SERVICE_THROTTLED'],
    [
      'InternalError',
      { $metadata: { httpStatusCode: 500 } },
      'TransientFault',
      'SERVICE_UNAVAILABLE',
    ],
    ['TimeoutError', {}, 'TransientFault', 'SERVICE_UNAVAILABLE'],
    ['AbortError', {}, 'TransientFault', 'SERVICE_UNAVAILABLE'],
    ['Error', { code: 'ECONNRESET' }, 'TransientFault', 'SERVICE_UNAVAILABLE'],
    ['Error', { code: 'EAI_AGAIN' }, 'TransientFault', 'SERVICE_UNAVAILABLE'],
  ])('classifies %s %j as %s %s', (name, others, expectedName, code) => {
    const error = awsError(name, others);
    expect(classifyError(error)).toMatchObject({ name: expectedName, code, cause: error });
  });

  it('classifies the errors of the real SDK', () => {
    const error = new NoSuchKey({ message: 'gone', $metadata: { httpStatusCode: 404 } });
    expect(classifyError(error)).toBeInstanceOf(FileRejected);
  });

  it.each([
    awsError('ValidationException', { $metadata: { httpStatusCode: 400 } }),
    new TypeError('a bug'),
    new FileRejected('EMPTY_FILE', 'no bytes'),
    'no error at all',
    null,
    undefined,
  ])('leaves others as they are: %p', (error) => {
    expect(classifyError(error)).toBe(error);
  });

  it('gives Millrace errors only', () => {
    expect(classifyError(awsError('SlowDown'))).toBeInstanceOf(MillraceError);
  });
});
