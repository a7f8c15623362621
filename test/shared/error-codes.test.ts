import { FaultCode, FileCode, parseCodedMessage, RowCode } from '../../src/shared/error-codes.ts';
import {
  AttemptSuperseded,
  FileRejected,
  PermanentFault,
  StepInProgress,
  TransientFault,
} from '../../src/shared/errors.ts';

describe('the codes', () => {
  it.each([
    ['RowCode', RowCode],
    ['FileCode', FileCode],
    ['FaultCode', FaultCode],
  ])('are named like their values: %s', (_, codes) => {
    for (const [name, value] of Object.entries(codes)) expect(value).toBe(name);
  });
});

describe('parseCodedMessage', () => {
  it.each([...Object.values(FileCode), ...Object.values(FaultCode)])('reads %s', (code) => {
    expect(parseCodedMessage(`${code}: a: b\nc`)).toEqual({ code, reason: 'a: b\nc' });
  });

  it.each(['', 'EMPTY_FILE', 'EMPTY_FILE:x', 'NO_SUCH_CODE: x', ' EMPTY_FILE: x', 'Error: x'])(
    'does not read %j',
    (message) => {
      expect(parseCodedMessage(message)).toBeUndefined();
    },
  );

  it.each([
    new FileRejected('EMPTY_FILE', 'reason'),
    new TransientFault('SERVICE_THROTTLED', 'reason'),
    new PermanentFault('ACCESS_DENIED', 'reason'),
    new StepInProgress('reason'),
    new AttemptSuperseded('f', 1),
  ])('reads the message of every error: $name', (error) => {
    expect(parseCodedMessage(error.message)).toMatchObject({ code: error.code });
    expect(error.name).toBe(error.constructor.name);
  });
});
