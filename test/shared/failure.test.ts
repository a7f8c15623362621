import { FaultCode, FileCode } from '../../src/shared/error-codes.ts';
import { describeFailure } from '../../src/shared/failure.ts';
import fc from '../support/fast-check.ts';

const lambdaCause = (errorMessage: string): string =>
  JSON.stringify({ errorType: 'FileRejected', errorMessage, trace: ['at …'] });

describe('describeFailure', () => {
  it.each([
    ['FileRejected', lambdaCause('EMPTY_FILE: no bytes'), 'EMPTY_FILE', 'no bytes'],
    ['FileRejected', 'EMPTY_FILE: no bytes', 'EMPTY_FILE', 'no bytes'],
    ['States.Timeout', undefined, 'STEP_TIMED_OUT', 'States.Timeout'],
    [
      'Sandbox.Timedout',
      lambdaCause('Task timed out'),
      'STEP_TIMED_OUT',
      'Sandbox.Timedout: Task timed out',
    ],
    ['Lambda.Unknown', 'exited', 'FUNCTION_CRASHED', 'Lambda.Unknown: exited'],
    ['Runtime.ExitError', '', 'FUNCTION_CRASHED', 'Runtime.ExitError'],
    ['Runtime.OutOfMemory', '', 'OUT_OF_MEMORY', 'Runtime.OutOfMemory'],
    [
      'Lambda.TooManyRequestsException',
      'slow',
      'SERVICE_THROTTLED',
      'Lambda.TooManyRequestsException: slow',
    ],
    ['Lambda.ServiceException', '', 'SERVICE_UNAVAILABLE', 'Lambda.ServiceException'],
    ['Lambda.AWSLambdaException', '', 'SERVICE_UNAVAILABLE', 'Lambda.AWSLambdaException'],
    ['Lambda.SdkClientException', '', 'SERVICE_UNAVAILABLE', 'Lambda.SdkClientException'],
    [
      'TypeError',
      lambdaCause('x is not a function'),
      'UNEXPECTED_ERROR',
      'TypeError: x is not a function',
    ],
    ['TypeError', '{"errorMessage":1}', 'UNEXPECTED_ERROR', 'TypeError: {"errorMessage":1}'],
    ['TypeError', 'null', 'UNEXPECTED_ERROR', 'TypeError: null'],
    ['constructor', '', 'UNEXPECTED_ERROR', 'constructor'],
  ])('describes %s with cause %j as %s', (name, cause, code, reason) => {
    const caught = { Error: name, ...(cause !== undefined && { Cause: cause }) };
    expect(describeFailure(caught)).toEqual({ code, reason });
  });

  it('cuts a long reason', () => {
    const { reason } = describeFailure({ Error: 'E', Cause: `EMPTY_FILE: ${'x'.repeat(5_000)}` });
    expect(reason).toBe(`${'x'.repeat(1_000)}…`);
  });

  it('finds a known code for any error', () => {
    const codes: string[] = [...Object.values(FileCode), ...Object.values(FaultCode)];
    fc.assert(
      fc.property(fc.string(), fc.oneof(fc.string(), fc.json()), (name, cause) => {
        expect(codes).toContain(describeFailure({ Error: name, Cause: cause }).code);
      }),
      { numRuns: 1_000 },
    );
  });
});
