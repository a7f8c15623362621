/**
 * Maps a sequence with at most so many items under way at once. It reads no further ahead than that,
 * gives results as they come, in no particular order, and ends with the first failure.
 */
export async function* mapAtOnce<T, Result>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<Result>,
): AsyncGenerator<Result> {
  const running = new Map<Promise<Result>, Promise<[Promise<Result>, Result]>>();
  for await (const item of items) {
    start(running, work(item));
    if (running.size === atOnce) yield await next(running);
  }
  while (running.size > 0) yield await next(running);
}

type Running<Result> = Map<Promise<Result>, Promise<[Promise<Result>, Result]>>;

function start<Result>(running: Running<Result>, result: Promise<Result>): void {
  const done = result.then((value): [Promise<Result>, Result] => [result, value]);
  // It shows when it is waited for, which may be after another one has failed.
  done.catch(() => undefined);
  running.set(result, done);
}

async function next<Result>(running: Running<Result>): Promise<Result> {
  const [result, value] = await Promise.race(running.values());
  running.delete(result);
  return value;
}
