import { setTimeout as delay } from 'node:timers/promises';
import { formatTime } from '../output/format.ts';
import { terminalWidth } from '../output/width.ts';
import type { Console } from '../console.ts';
import type { Deployment } from '../deployment.ts';
import { plainLines } from '../watch/plain-lines.ts';
import { renderView } from '../watch/render-view.ts';
import { canDraw, Screen, type Terminal } from '../watch/screen.ts';
import { SnapshotReader, type Watched } from '../watch/snapshot-reader.ts';
import type { Snapshot } from '../watch/snapshot.ts';

/** Lines of a view that is printed once and does not have to fit a terminal. */
const PRINTED_HEIGHT = 40;

export interface WatchOptions {
  /** Between two readings, in milliseconds. */
  readonly interval: number;
  /** Show one view and end. */
  readonly once?: boolean;
  readonly json?: boolean;
}

export interface WatchContext {
  readonly console: Console;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly now?: () => Date;
}

/** Somebody who is shown one snapshot after the other. */
interface Viewer {
  show(snapshot: Snapshot): void;
  /** Tells that a reading has failed; the next one may not. */
  fail(reason: string): void;
  close(): void;
}

/**
 * Shows what a deployment does, until it is interrupted: a view that keeps its place in a terminal,
 * else a line for each reading, or with `json` a JSON text for each.
 *
 * @throws the SDK's error when already the first reading fails: later ones are tried again
 */
export async function watch(
  deployment: Watched & Pick<Deployment, 'stackName'>,
  { interval, once = false, json = false }: WatchOptions,
  { console, signal, terminal, now = () => new Date() }: WatchContext,
): Promise<void> {
  const reader = new SnapshotReader(deployment);
  const title = deployment.stackName;
  const first = await reader.read(now());
  if (once) return console.result(json ? toJson(first) : printedView(first, title));
  const viewer = json
    ? jsonViewer(console)
    : canDraw(terminal)
      ? screenViewer(terminal, `${title}, every ${interval / 1_000} s; Ctrl-C ends`)
      : lineViewer(console);
  try {
    viewer.show(first);
    while (await pause(interval, signal)) await showNext(reader, viewer, { now, signal });
  } finally {
    viewer.close();
  }
}

const toJson = (snapshot: Snapshot): string => JSON.stringify(snapshot);

const printedView = (snapshot: Snapshot, title: string): string =>
  renderView(snapshot, { title, width: terminalWidth(), height: PRINTED_HEIGHT })
    .map((line) => line.trimEnd())
    .join('\n');

/** Returns whether to go on. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

async function showNext(
  reader: SnapshotReader,
  viewer: Viewer,
  { now, signal }: { readonly now: () => Date; readonly signal: AbortSignal },
): Promise<void> {
  try {
    const snapshot = await reader.read(now());
    if (!signal.aborted) viewer.show(snapshot);
  } catch (error) {
    const { name, message } = error as Error;
    if (!signal.aborted) viewer.fail(`${name}: ${message}`);
  }
}

function screenViewer(terminal: Terminal, title: string): Viewer {
  let latest: Snapshot | null = null;
  let notice = '';
  const draw = (): void => {
    if (latest !== null) screen.draw(renderView(latest, { title, notice, ...screen.size }));
  };
  const screen = new Screen(terminal, draw);
  screen.open();
  return {
    show: (snapshot) => {
      [latest, notice] = [snapshot, ''];
      draw();
    },
    fail: (reason) => {
      notice = `Out of date: ${reason}`;
      draw();
    },
    close: () => screen.close(),
  };
}

function lineViewer(console: Console): Viewer {
  let before: Snapshot | null = null;
  return {
    show: (snapshot) => {
      for (const line of plainLines(snapshot, before)) console.result(line);
      before = snapshot;
    },
    fail: (reason) => console.note(`${formatTime(new Date().toISOString())}  ${reason}`),
    close: () => undefined,
  };
}

const jsonViewer = (console: Console): Viewer => ({
  show: (snapshot) => console.result(toJson(snapshot)),
  fail: (reason) => console.note(reason),
  close: () => undefined,
});
