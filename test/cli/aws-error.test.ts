import { explainAwsError } from '../../src/cli/aws-error.ts';

const named = (name: string, message = 'why'): Error => Object.assign(new Error(message), { name });

describe('an error of the AWS SDK', () => {
  it.each([
    ['CredentialsProviderError', 'There are no AWS credentials to use: why'],
    ['ExpiredToken', 'AWS refuses your credentials: why'],
    ['ExpiredTokenException', 'AWS refuses your credentials: why'],
    ['UnrecognizedClientException', 'AWS refuses your credentials: why'],
    ['InvalidClientTokenId', 'AWS refuses your credentials: why'],
  ])('%s is explained with a hint', (name, message) => {
    const cause = named(name);
    expect(explainAwsError(cause)).toMatchObject({
      name: 'UserError',
      message,
      hint: expect.stringContaining('AWS_PROFILE') as string,
      cause,
    });
  });

  it.each(['AccessDenied', 'AccessDeniedException'])(
    '%s names what is denied and where the permissions stand',
    (name) => {
      expect(explainAwsError(named(name, 'not allowed to perform sqs:SendMessage'))).toMatchObject({
        name: 'UserError',
        message: 'AWS denies this: not allowed to perform sqs:SendMessage',
        hint: expect.stringContaining('docs/operating.md#permissions') as string,
      });
    },
  );

  it('is left alone when the user cannot mend it', () => {
    expect(explainAwsError(named('InternalServerError'))).toBeUndefined();
  });
});
