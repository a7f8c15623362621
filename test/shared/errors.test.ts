import { FileRejected, PermanentFault, TransientFault } from '../../src/shared/errors.ts';

describe('the reason of an error', () => {
  it.each([
    ['FileRejected', (reason: string) => new FileRejected('EMPTY_FILE', reason)],
    ['TransientFault', (reason: string) => new TransientFault('SERVICE_THROTTLED', reason)],
    ['PermanentFault', (reason: string) => new PermanentFault('ACCESS_DENIED', reason)],
  ])('is cut behind 1,000 characters: %s', (_, errorOf) => {
    const { code, message } = errorOf('x'.repeat(1_000));
    expect(message).toBe(`${code}: ${'x'.repeat(1_000)}`);
    expect(errorOf('x'.repeat(1_001)).message).toBe(`${code}: ${'x'.repeat(1_000)}…`);
  });

  it('is never cut inside a character', () => {
    const { message } = new FileRejected('EMPTY_FILE', `${'x'.repeat(999)}😀`);
    expect(message).toBe(`EMPTY_FILE: ${'x'.repeat(999)}…`);
  });
});
