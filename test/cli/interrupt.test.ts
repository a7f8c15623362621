import { stoppedOnInterrupt } from '../../src/cli/commands/local.ts';
import { Interrupt } from '../../src/cli/interrupt.ts';

function interrupt() {
  const exits: number[] = [];
  const clock = { now: 0 };
  const subject = new Interrupt(
    (code) => exits.push(code),
    () => clock.now,
  );
  return { subject, exits, clock };
}

describe('Ctrl-C', () => {
  it('ends the process at once where no command has taken it over', () => {
    const { subject, exits } = interrupt();
    subject.fire();
    expect(exits).toEqual([130]);
  });

  it('only fires the signal where a command has taken it over', () => {
    const { subject, exits } = interrupt();
    const signal = subject.take();
    subject.fire();
    expect(signal.aborted).toBe(true);
    expect(exits).toEqual([]);
  });

  it('ends the process the second time', () => {
    const { subject, exits, clock } = interrupt();
    subject.take();
    subject.fire();
    clock.now += 600;
    subject.fire();
    expect(exits).toEqual([130]);
  });

  it('counts once when npm passes on what the terminal has sent already', () => {
    const { subject, exits, clock } = interrupt();
    subject.take();
    subject.fire();
    clock.now += 20;
    subject.fire();
    expect(exits).toEqual([]);
  });
});

describe('the local AWS after Ctrl-C', () => {
  it.each([
    { ranBefore: false, aborted: true, stops: 1, is: 'is stopped if it did not run before' },
    { ranBefore: true, aborted: true, stops: 0, is: 'goes on running if it ran before' },
    { ranBefore: false, aborted: false, stops: 0, is: 'goes on running after another failure' },
  ])('$is', async ({ ranBefore, aborted, stops }) => {
    let stopped = 0;
    const aws = {
      status: () => ({ running: ranBefore, endpoint: undefined, pid: undefined, home: '' }),
      stop: () => Promise.resolve((stopped += 1) > 0),
    };
    const console = { result: () => undefined, note: () => undefined };
    const signal = aborted ? AbortSignal.abort() : new AbortController().signal;
    const work = () => Promise.reject(new Error('ended early'));
    await expect(stoppedOnInterrupt(aws, signal, console, work)).rejects.toThrow('ended early');
    expect(stopped).toBe(stops);
  });
});
