import { canDraw, Screen } from '../../../src/cli/watch/screen.ts';
import { KeptTerminal } from './terminals.ts';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

function opened() {
  const terminal = new KeptTerminal();
  const onResize = jest.fn();
  const screen = new Screen(terminal.asTerminal(), onResize);
  screen.open();
  return { terminal, screen, onResize };
}

describe('the screen', () => {
  it('gives the terminal back as it was, once', () => {
    const { terminal, screen } = opened();
    screen.close();
    screen.close();
    expect(terminal.written).toBe(ENTER + LEAVE);
    expect(terminal.listenerCount('resize')).toBe(0);
  });

  it('gives it back when the process ends', () => {
    const before = process.listeners('exit');
    const { terminal } = opened();
    const [restore] = process.listeners('exit').filter((listener) => !before.includes(listener));
    restore!(130);
    expect(terminal.written).toBe(ENTER + LEAVE);
    expect(process.listeners('exit')).toEqual(before);
  });

  it('gives it back while the process is stopped, and takes it again', () => {
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    const { terminal, screen, onResize } = opened();
    process.emit('SIGTSTP', 'SIGTSTP');
    expect(terminal.written).toBe(ENTER + LEAVE);
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGSTOP');
    process.emit('SIGCONT', 'SIGCONT');
    expect(terminal.written).toBe(ENTER + LEAVE + ENTER);
    expect(onResize).toHaveBeenCalledTimes(1);
    screen.close();
    expect(process.listenerCount('SIGTSTP') + process.listenerCount('SIGCONT')).toBe(0);
    kill.mockRestore();
  });

  it('draws from the top, and clears each line before it is written', () => {
    const { terminal, screen } = opened();
    terminal.written = '';
    screen.draw(['a', 'b']);
    screen.close();
    expect(terminal.written).toBe(`\x1b[H\x1b[Ka\r\n\x1b[Kb\r\n\x1b[J${LEAVE}`);
  });

  it('never begins a line below the last row', () => {
    const { terminal, screen } = opened();
    terminal.rows = 2;
    terminal.written = '';
    screen.draw(['a', 'b', 'c']);
    screen.close();
    expect(terminal.written).toBe(`\x1b[H\x1b[Ka\r\n\x1b[Kb${LEAVE}`);
  });

  it('asks to be drawn again when its size changes', () => {
    const { terminal, screen, onResize } = opened();
    terminal.resize(140, 40);
    expect(onResize).toHaveBeenCalledTimes(1);
    expect(screen.size).toEqual({ width: 140, height: 40 });
    screen.close();
  });
});

it.each([
  [true, 'xterm-256color', true],
  [true, undefined, true],
  [true, 'dumb', false],
  [false, 'xterm', false],
])('a terminal (%s) of the kind %s can be drawn on: %s', (isTTY, term, drawn) => {
  const before = process.env.TERM;
  delete process.env.TERM;
  expect(canDraw({ isTTY }, term)).toBe(drawn);
  if (before !== undefined) process.env.TERM = before;
});
